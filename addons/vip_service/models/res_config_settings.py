from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    vip_review_auto = fields.Boolean(
        related="company_id.vip_review_auto", readonly=False
    )
    vip_auto_approval = fields.Selection(
        related="company_id.vip_auto_approval", readonly=False
    )
    vip_proposal_days = fields.Integer(
        related="company_id.vip_proposal_days", readonly=False
    )
    vip_review_single = fields.Boolean(
        related="company_id.vip_review_single", readonly=False
    )
    vip_override_single = fields.Boolean(
        related="company_id.vip_override_single", readonly=False
    )
    vip_tell_clients = fields.Boolean(
        related="company_id.vip_tell_clients", readonly=False
    )
    vip_warn_clients = fields.Boolean(
        related="company_id.vip_warn_clients", readonly=False
    )
    vip_falls_every = fields.Selection(
        related="company_id.vip_falls_every", readonly=False
    )
    vip_entry_auto = fields.Boolean(related="company_id.vip_entry_auto", readonly=False)
    vip_review_day = fields.Integer(related="company_id.vip_review_day", readonly=False)
    vip_one_step_down = fields.Boolean(
        related="company_id.vip_one_step_down", readonly=False
    )
    vip_close_percent = fields.Integer(
        related="company_id.vip_close_percent", readonly=False
    )
    vip_active_months = fields.Integer(
        related="company_id.vip_active_months", readonly=False
    )
    vip_loyal_months = fields.Integer(
        related="company_id.vip_loyal_months", readonly=False
    )
    vip_answer_days = fields.Integer(
        related="company_id.vip_answer_days", readonly=False
    )
    vip_point_showings = fields.Integer(
        related="company_id.vip_point_showings", readonly=False
    )
