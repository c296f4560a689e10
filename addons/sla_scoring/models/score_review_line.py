from odoo import fields, models
from odoo.exceptions import AccessError

from ..engine import quality
from .score_review_item import ASPECTS


class ScoreReviewLine(models.Model):
    """How one item was met on one ticket; weight and gravity are frozen."""

    _name = "score.review.line"
    _description = "Quality Review Line"
    _log_access = False
    _order = "review_id, sequence, id"
    _rec_name = "item_id"

    review_id = fields.Many2one(
        "score.review", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="review_id.company_id", store=True)
    item_id = fields.Many2one(
        "score.review.item", required=True, ondelete="restrict", readonly=True
    )
    guide = fields.Text(related="item_id.guide")
    sequence = fields.Integer(readonly=True)
    aspect = fields.Selection(ASPECTS, readonly=True)
    weight = fields.Float(digits=(6, 2), readonly=True)
    critical = fields.Boolean(string="Critical item", readonly=True)
    score = fields.Selection(
        [
            (quality.MET, "Fully met"),
            (quality.PARTLY, "Partly met"),
            (quality.MISSED, "Not met"),
            (quality.NOT_APPLICABLE, "Does not apply"),
        ]
    )
    comment = fields.Char()

    _item_uniq = models.UniqueIndex("(review_id, item_id)")

    def write(self, vals):
        """Let the reviewer score while the review is open, and nobody else."""
        if not self.env.su:
            if not vals.keys() <= {"score", "comment"}:
                raise AccessError(self.env._("A review is scored, not rewritten."))
            self.review_id._check_reviewer()
        return super().write(vals)
