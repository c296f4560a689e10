from odoo import fields, models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.sql import NamesMany2one

from ..engine import quality

ASPECTS = [
    ("attitude", "Attitude"),
    ("accuracy", "Accuracy"),
    ("procedure", "Procedure"),
    ("record", "Record keeping"),
]


class ScoreReviewCard(models.Model):
    """What is looked at in a quality review, and how much each item weighs."""

    _name = "score.review.card"
    _description = "Quality Review Card"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = NamesMany2one("res.company", help="Empty: every company.")
    pass_percent = fields.Float(
        string="Passed from (%)",
        default=80.0,
        digits=(5, 1),
        tracking=True,
        help="Reviews below this, and those with a critical item missed, fail.",
    )
    item_ids = fields.One2many("score.review.item", "card_id", copy=True)

    _pass_percent_range = models.Constraint(
        "CHECK (pass_percent BETWEEN 0 AND 100)",
        "The limit lies between 0 and 100 %.",
    )


class ScoreReviewItem(models.Model):
    """One item of a quality review card."""

    _name = "score.review.item"
    _description = "Quality Review Item"
    _order = "card_id, sequence, id"

    card_id = fields.Many2one(
        "score.review.card", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    aspect = fields.Selection(ASPECTS, required=True, default="attitude")
    name = fields.Char(string="Item", required=True, translate=True)
    guide = fields.Text(translate=True, help="How to judge it.")
    weight = fields.Float(
        digits=(6, 2),
        default=1.0,
        required=True,
        help="How much it counts beside the other items.",
    )
    critical = fields.Boolean(
        string="Critical item", help="Missed, it fails the whole review."
    )

    _weight_positive = models.Constraint(
        "CHECK (weight > 0)", "An item weighs more than zero."
    )


class ScoreReviewLine(models.Model):
    """How one item was met on one ticket; weight and gravity are frozen."""

    _name = "score.review.line"
    _description = "Quality Review Line"
    _inherit = ["vip.hands.off.mixin"]
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

    def _guarded_fields(self):
        return self._all_but({"score", "comment"} if self else ())

    def _hands_off(self, names):
        return AccessError(self.env._("A review is scored, not rewritten."))

    def _edited_by_hand(self, vals):
        """Let the reviewer score while the review is open, and nobody else."""
        self.review_id._check_reviewer()
        return vals
