from odoo import api, models

from odoo.addons.sla_promise.engine.obligations import Obligation

#: That a client gets an answer to what it said.
REPLY = "vip_voice.reply"


class SlaObligation(models.Model):
    """What is owed to who has told us something (REQUIREMENTS V1, V3)."""

    _inherit = "sla.obligation"

    @api.model
    def _declared(self):
        reply = Obligation(
            REPLY,
            self.env._("Answer to the feedback"),
            self.env._("the client"),
            for_client=True,
            by_answer=True,
        )
        return {**super()._declared(), reply.key: reply}
