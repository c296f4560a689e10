from odoo import models


class SlaBreach(models.Model):
    """What a missed promise costs whom, for whoever decides on it or its excuse."""

    _inherit = "sla.breach"

    def _breach_stakes(self):
        entries = self.env["score.entry"].search(
            [("breach_id", "in", self.ids)], order="id"
        )
        nothing = self.env._(
            "No points are drafted yet: they are once the promise is kept at last."
        )
        if self.scored_at:
            nothing = self.env._("No rule charges anybody for it.")
        return [*super()._breach_stakes(), entries._points_stake(nothing)]
