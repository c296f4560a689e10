from odoo import fields, models

from odoo.addons.vip_base.tools.groups import DECIDER_GROUPS


class ResUsers(models.Model):
    _inherit = "res.users"

    staff_number = fields.Char(
        groups=f"base.group_erp_manager,{DECIDER_GROUPS}",
        help="By which payroll knows this person; it stands in the workbook of a month.",
    )
