from odoo import fields, models

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.prefetch import RARE


class ResPartner(models.Model):
    """Who wants to be asked nothing. A merge keeps that of any of those merged."""

    _inherit = "res.partner"

    vip_no_questions = fields.Boolean(
        string="Wants no questions",
        groups=STAFF_GROUPS,
        prefetch=RARE,
        help="This person, or everybody of this client, is asked neither about services "
        "nor about us as a whole. That a complaint is settled is still asked.",
    )

    def write(self, vals):
        """Keep in the audit log who wanted no questions any more, or some again."""
        if "vip_no_questions" not in vals:
            return super().write(vals)
        wanted = bool(vals["vip_no_questions"])
        # As superuser: whether it is so already, whoever may read it.
        changed = self.sudo().filtered(lambda one: one.vip_no_questions != wanted)
        result = super().write(vals)
        self.env["vip.audit.log"]._record(
            changed,
            "changed",
            old={"vip_no_questions": not wanted},
            new={"vip_no_questions": wanted},
        )
        return result
