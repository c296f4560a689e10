from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    score_review_days = fields.Integer(
        related="company_id.score_review_days", readonly=False
    )
    score_coaching_threshold = fields.Float(
        related="company_id.score_coaching_threshold", readonly=False
    )
    score_award_points = fields.Float(
        related="company_id.score_award_points", readonly=False
    )
