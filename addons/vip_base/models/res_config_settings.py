from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    vip_home = fields.Boolean(related="company_id.vip_home", readonly=False)
    vip_decisions_mail = fields.Boolean(
        related="company_id.vip_decisions_mail", readonly=False
    )
