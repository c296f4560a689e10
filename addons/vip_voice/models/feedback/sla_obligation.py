from odoo import api, models

from odoo.addons.sla_promise.engine.obligations import Obligation

#: That a client gets an answer to what it said.
REPLY = "vip_voice.reply"
#: Of a complaint: a first word to the client, whether it is right, the written answer,
#: and the report to who is told beside the client.
ACKNOWLEDGE = "vip_voice.acknowledge"
DECISION = "vip_voice.decision"
ANSWER = "vip_voice.answer"
REPORT = "vip_voice.report"


class SlaObligation(models.Model):
    """What is owed to who has told us something (REQUIREMENTS V1, V3)."""

    _inherit = "sla.obligation"

    @api.model
    def _declared(self):
        client = self.env._("the client")
        told = {"for_client": True}
        declared = (
            Obligation(
                REPLY,
                self.env._("Answer to the feedback"),
                client,
                by_answer=True,
                **told,
            ),
            Obligation(
                ACKNOWLEDGE,
                self.env._("First word on the complaint"),
                client,
                by_answer=True,
                **told,
            ),
            Obligation(
                DECISION, self.env._("Complaint upheld or refused"), client, duration=3
            ),
            Obligation(
                ANSWER,
                self.env._("Written answer to the complaint"),
                client,
                duration=15,
                **told,
            ),
            Obligation(
                REPORT,
                self.env._("Report of the complaint"),
                self.env._("the regulator"),
                duration=3,
            ),
        )
        return {**super()._declared(), **{one.key: one for one in declared}}
