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
    score_sharing = fields.Selection(related="company_id.score_sharing", readonly=False)
    score_podium = fields.Boolean(related="company_id.score_podium", readonly=False)
    score_close_second = fields.Boolean(
        related="company_id.score_close_second", readonly=False
    )
    score_award_max = fields.Float(related="company_id.score_award_max", readonly=False)
