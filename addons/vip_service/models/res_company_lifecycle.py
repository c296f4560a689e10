from odoo import fields, models

from odoo.addons.vip_base.tools.groups import SETTINGS_GROUPS


class ResCompany(models.Model):
    """By which activity clients are active, loyal or dormant (REQUIREMENTS T5)."""

    _inherit = "res.company"

    vip_active_months = fields.Integer(
        string="Active within",
        default=3,
        groups=SETTINGS_GROUPS,
        help="A client with any activity in the last so many months is active; one that "
        "had activity before is dormant.",
    )
    vip_loyal_months = fields.Integer(
        string="Loyal from",
        default=9,
        groups=SETTINGS_GROUPS,
        help="An active client with activity in so many of the last twelve months is "
        "loyal.",
    )
    vip_lifecycle_month = fields.Date(
        string="Life cycle judged up to",
        readonly=True,
        copy=False,
        groups=SETTINGS_GROUPS,
    )

    _vip_active_months_range = models.Constraint(
        "CHECK (vip_active_months BETWEEN 1 AND 36)",
        "A client is active within 1 to 36 months.",
    )
    _vip_loyal_months_range = models.Constraint(
        "CHECK (vip_loyal_months BETWEEN 1 AND 12)",
        "A client is loyal from 1 to 12 months.",
    )
