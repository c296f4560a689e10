from odoo import fields, models


class ScoreErrorCategory(models.Model):
    """What kind of mistake an error report is about."""

    _name = "score.error.category"
    _description = "Error Category"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    description = fields.Text(translate=True, help="When an error belongs here.")
