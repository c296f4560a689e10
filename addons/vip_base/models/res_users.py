from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.groups import DECIDER_GROUPS
from ..tools.prefetch import RARE
from ..tools.sql import NamesMany2one

#: Who declares it, and who may know it.
KNOWS_PERSONS = f"base.group_erp_manager,{DECIDER_GROUPS}"


class ResUsers(models.Model):
    """Several logins of one person: what concerns one, no other of them decides."""

    _inherit = "res.users"

    vip_same_person_id = NamesMany2one(
        "res.users",
        string="Same person as",
        index="btree_not_null",
        copy=False,
        groups=KNOWS_PERSONS,
        help="The first login of this person, if this is a further one. Nobody decides "
        "by one login on what concerns another.",
        prefetch=RARE,
    )
    vip_login_ids = fields.Many2many(
        "res.users",
        string="All logins of this person",
        compute="_compute_vip_login_ids",
        compute_sudo=True,
        groups=KNOWS_PERSONS,
    )

    @api.depends("vip_same_person_id", "partner_id")
    def _compute_vip_login_ids(self):
        everybody = self.with_context(active_test=False)
        for user in everybody:
            first = user.vip_same_person_id or user
            further = everybody.search([("vip_same_person_id", "in", first.ids)])
            logins = user | first | further
            user.vip_login_ids = logins | logins.partner_id.user_ids

    @api.constrains("vip_same_person_id")
    def _check_vip_same_person_id(self):
        everybody = self.with_context(active_test=False)
        for user in everybody.filtered("vip_same_person_id"):
            first = user.vip_same_person_id
            if (
                first == user
                or first.vip_same_person_id
                or everybody.search_count(
                    [("vip_same_person_id", "=", user.id)], limit=1
                )
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” is declared the same person as a first login, which is "
                        "not itself a further one.",
                        user.login,
                    )
                )

    def write(self, vals):
        if "vip_same_person_id" not in vals:
            return super().write(vals)
        before = {user.id: user.vip_same_person_id.id for user in self}
        result = super().write(vals)
        # As superuser: who declares it may not write the log.
        self.env["vip.audit.log"].sudo()._record(
            self,
            "changed",
            old=lambda user: {"vip_same_person_id": before[user.id]},
            new=lambda user: {"vip_same_person_id": user.vip_same_person_id.id},
        )
        return result

    def _same_person(self):
        """Return all logins of these people, these among them."""
        # As superuser: which logins are one person's, nothing else of them.
        return self | self.sudo().vip_login_ids.sudo(self.env.su)
