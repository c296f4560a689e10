from odoo import api, models

from odoo.addons.sla_promise.engine.obligations import Obligation


class SlaObligation(models.Model):
    """A promise of our own on a ticket."""

    _inherit = "sla.obligation"

    @api.model
    def _declared(self):
        thanks = Obligation(
            "vip_sample_wing.thanks",
            self.env._("Thanks"),
            self.env._("the guest"),
            by_answer=True,
        )
        return {**super()._declared(), thanks.key: thanks}
