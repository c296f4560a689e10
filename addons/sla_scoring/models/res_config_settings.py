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
    sla_escalation_id = fields.Many2one(
        related="company_id.sla_escalation_id", readonly=False
    )
    sla_head_office_team_id = fields.Many2one(
        related="company_id.sla_head_office_team_id", readonly=False
    )
    sla_head_office_user_id = fields.Many2one(
        related="company_id.sla_head_office_user_id", readonly=False
    )
    sla_digest_minutes = fields.Integer(
        related="company_id.sla_digest_minutes", readonly=False
    )
