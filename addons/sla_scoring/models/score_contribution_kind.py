from odoo import fields, models


class ScoreContributionKind(models.Model):
    """The catalogue of what offsets deductions, and by how much (REQUIREMENTS P3)."""

    _name = "score.contribution.kind"
    _description = "Kind of Contribution"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    points = fields.Float(
        digits=(8, 2), required=True, help="What one such contribution offsets."
    )
    description = fields.Text(translate=True, help="What counts, and how it is shown.")

    _points_positive = models.Constraint(
        "CHECK (points > 0)", "A contribution gives more than zero points."
    )
