from odoo import models

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.prefetch import RARE
from odoo.addons.vip_base.tools.sql import NamesMany2one


class ResUsers(models.Model):
    """The unit in which somebody works: an adviser's branch."""

    _inherit = "res.users"

    unit_id = NamesMany2one(
        "vip.unit", index="btree_not_null", groups=STAFF_GROUPS, prefetch=RARE
    )
