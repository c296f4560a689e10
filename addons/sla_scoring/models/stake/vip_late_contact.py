from odoo import models


class VipLateContact(models.Model):
    """What points hang on whether a late contact counts."""

    _inherit = "vip.late.contact"

    def _stakes(self):
        entries = self.env["score.entry"].search(
            [("breach_id.clock_id", "in", self.sla_clock_ids.ids)], order="id"
        )
        return [*super()._stakes(), entries._points_stake()]
