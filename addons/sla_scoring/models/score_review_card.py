from odoo import fields, models


class ScoreReviewCard(models.Model):
    """What is looked at in a quality review, and how much each item weighs."""

    _name = "score.review.card"
    _description = "Quality Review Card"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
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
