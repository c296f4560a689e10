from odoo import models


class VipTier(models.Model):
    """A tier tells in its chatter when its thresholds came from a back-test."""

    _name = "vip.tier"
    _inherit = ["vip.tier", "mail.thread"]

    def _threshold_lines(self):
        """Return how the tier is reached, a line of text each, to be read by people."""
        self.ensure_one()
        matches = dict(self._fields["match"]._description_selection(self.env))
        labels = {
            name: self._fields[name]._description_string(self.env)
            for name in ("match", "grace_reviews")
        }
        return [
            f"{labels['match']}: {matches[self.match]}",
            f"{labels['grace_reviews']}: {self.grace_reviews}",
            *(criterion._threshold_text() for criterion in self.criterion_ids),
        ]
