from odoo import fields, models

ASPECTS = [
    ("attitude", "Attitude"),
    ("accuracy", "Accuracy"),
    ("procedure", "Procedure"),
    ("record", "Record keeping"),
]


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
