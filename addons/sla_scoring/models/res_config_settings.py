from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    score_review_days = fields.Integer(
        related="company_id.score_review_days", readonly=False
    )
    score_appeal_days = fields.Integer(
        related="company_id.score_appeal_days", readonly=False
    )
    score_answer_days = fields.Integer(
        related="company_id.score_answer_days", readonly=False
    )
    score_coaching_threshold = fields.Float(
        related="company_id.score_coaching_threshold", readonly=False
    )
    score_award_points = fields.Float(
        related="company_id.score_award_points", readonly=False
    )
