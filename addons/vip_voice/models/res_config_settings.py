from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    vip_voice_team_id = fields.Many2one(
        related="company_id.vip_voice_team_id", readonly=False
    )
    vip_question_rest = fields.Integer(
        related="company_id.vip_question_rest", readonly=False
    )
    vip_low_grade = fields.Integer(related="company_id.vip_low_grade", readonly=False)
