from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    vip_review_auto = fields.Boolean(
        related="company_id.vip_review_auto", readonly=False
    )
    vip_review_day = fields.Integer(related="company_id.vip_review_day", readonly=False)
