from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP, STAFF_GROUPS


class HelpdeskTicket(models.Model):
    """One fixed contact owns a request to its end, whoever works on it (S6)."""

    _inherit = "helpdesk.ticket"

    vip_owner_id = fields.Many2one(
        "res.users",
        string="Owner",
        copy=False,
        tracking=True,
        index="btree_not_null",
        domain=[("share", "=", False)],
        groups=STAFF_GROUPS,
        help="The client's one contact for this request, to its end: who first held it. "
        "Handing the ticket over does not change it; the owner, the leader of the team "
        "or a service manager may.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Who is assigned at first owns the request."""
        for vals in vals_list:
            if vals.get("user_id"):
                vals.setdefault("vip_owner_id", vals["user_id"])
        return super().create(vals_list)

    def write(self, vals):
        """Let the first holder own the request; guard who passes it on."""
        if "vip_owner_id" in vals:
            self._check_may_pass_on()
        if not vals.get("user_id") or "vip_owner_id" in vals:
            return super().write(vals)
        # As superuser: whoever assigns a ticket may not read who owns it.
        unowned = self.browse(self.sudo().filtered(lambda t: not t.vip_owner_id).ids)
        # The owner first: its own check has nothing to ask of the system.
        owned = {**vals, "vip_owner_id": vals["user_id"]}
        if unowned:
            super(HelpdeskTicket, unowned).write(owned)
        return super(HelpdeskTicket, self - unowned).write(vals)

    def _check_may_pass_on(self):
        if self.env.su or self.env.user.has_group(MANAGER_GROUP):
            return
        # As superuser: only who owns it and who leads its team.
        for ticket in self.sudo():
            owner = ticket.vip_owner_id or self.env.user
            if self.env.user not in owner + ticket.team_id.user_id:
                raise AccessError(
                    self.env._(
                        "“%(ticket)s” is owned by %(owner)s: only its owner, the leader "
                        "of the team or a service manager gives it to somebody else.",
                        ticket=ticket.display_name,
                        owner=owner.name,
                    )
                )
