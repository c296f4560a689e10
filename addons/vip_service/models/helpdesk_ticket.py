from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP, MANAGER_GROUP, STAFF_GROUPS
from odoo.addons.vip_base.tools.host_terms import host_term
from odoo.addons.vip_base.tools.times import at_context, event_time

from ..tools.opened_at import OPENED_AT, OpenedAt


class HelpdeskTicket(models.Model):
    """When a client's request arrived, for which tier, and who owns it.

    One fixed contact owns a request to its end, whoever works on it (S6).
    """

    _inherit = "helpdesk.ticket"

    opened_at = OpenedAt(
        string="Opened at",
        readonly=True,
        copy=False,
        help="When the client's request arrived; history may lie before its recording.",
    )
    vip_tier_id = fields.Many2one(
        "vip.tier",
        string="Tier",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=STAFF_GROUPS,
        help="The client's tier when the request arrived.",
    )
    vip_tier_color = fields.Integer(
        related="vip_tier_id.color", string="Tier colour", groups=STAFF_GROUPS
    )
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

    # Serves the client's page, newest first. No index without need: a move gives the
    # ticket a new entry in each.
    _client_opened = models.Index(f"(commercial_partner_id, ({OPENED_AT}) DESC)")

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        """Note when a request arrived and for which tier; its first holder owns it."""
        now = event_time(self.env)
        for vals in vals_list:
            if vals.get("user_id"):
                vals.setdefault("vip_owner_id", vals["user_id"])
            if vals.get("opened_at"):
                self._check_may_set_opened_at()
            else:
                vals["opened_at"] = now
        self._set_opening_tiers(vals_list)
        tickets = super().create(vals_list)
        tickets._refresh_unforeseen_tiers(vals_list)
        return tickets

    def write(self, vals):
        """Guard what only the system writes and who passes a request on.

        A new client brings its tier at opening; the first holder owns the request.
        """
        if "vip_owner_id" in vals:
            self._check_may_pass_on()
        if not self.env.su and {"opened_at", "vip_tier_id"} & vals.keys():
            raise AccessError(
                self.env._("When a ticket was opened and for which tier is not edited.")
            )
        before = {}
        if {"partner_id", "company_id"} & vals.keys():
            before = {ticket: ticket._whose() for ticket in self}
        unowned = self._first_held(vals)
        if unowned:
            # The owner first: its own check has nothing to ask of the system.
            owned = {**vals, "vip_owner_id": vals["user_id"]}
            super(HelpdeskTicket, unowned).write(owned)
        result = super(HelpdeskTicket, self - unowned).write(vals)
        # A colleague of the same client changes nothing: the tier at opening is kept.
        moved = [ticket.id for ticket in before if ticket._whose() != before[ticket]]
        self.browse(moved)._refresh_opening_tiers()
        return result

    def _whose(self):
        # As superuser: who changes a ticket may not read every client.
        ticket = self.sudo()
        return ticket.partner_id.commercial_partner_id, ticket.company_id

    def _at(self, at):
        """Return these tickets so that changes happen at ``at`` (naive UTC)."""
        return self.with_context(**at_context(at))

    # When it was opened, and for which tier

    def _check_may_set_opened_at(self):
        if not self.env.su and not self.env.user.has_group(ADMIN_GROUP):
            raise AccessError(
                self.env._("Only an administrator may say when a ticket was opened.")
            )

    @api.model
    def _set_opening_tiers(self, vals_list):
        """Put each new ticket's tier at opening into its values, by one query."""
        keys = [self._opening_key(vals) for vals in vals_list]
        tiers = self._opening_tiers(keys)
        for vals, key in zip(vals_list, keys, strict=True):
            vals["vip_tier_id"] = tiers.get(key)

    def _refresh_unforeseen_tiers(self, vals_list):
        """See to new tickets whose client came as a default and not as a value."""
        pairs = zip(self, vals_list, strict=True)
        unforeseen = [
            ticket.id
            for ticket, vals in pairs
            if not vals.get("partner_id") and ticket.partner_id
        ]
        if unforeseen:
            self.browse(unforeseen)._refresh_opening_tiers()

    def _refresh_opening_tiers(self):
        """Write the tier that the tickets' present clients had at opening."""
        keys = {
            ticket: ticket._opening_key(
                {
                    "partner_id": ticket.partner_id.id,
                    "company_id": ticket.company_id.id,
                    "opened_at": ticket.opened_at,
                }
            )
            # As superuser: the tier at opening is written here only.
            for ticket in self.sudo()
        }
        tiers = self._opening_tiers(keys.values())
        by_tier = defaultdict(list)
        for ticket, key in keys.items():
            if ticket.vip_tier_id.id != (tiers.get(key) or False):
                by_tier[tiers.get(key)].append(ticket.id)
        for tier_id, ticket_ids in by_tier.items():
            # As superuser: as above.
            self.sudo().browse(ticket_ids).write({"vip_tier_id": tier_id})

    def _opening_key(self, vals):
        """Return (partner id, company id, date of opening in the company's zone)."""
        # As superuser: in which zone a company counts its days is no secret.
        team = self.env["helpdesk.ticket.team"].sudo().browse(vals.get("team_id"))
        company = (
            team.company_id
            or self.env["res.company"].sudo().browse(vals.get("company_id"))
            or self.env.company
        )
        opened_at = fields.Datetime.to_datetime(vals["opened_at"])
        return vals.get("partner_id"), company.id, company._vip_local_date(opened_at)

    @api.model
    def _opening_tiers(self, keys):
        wanted = {key for key in keys if key[0]}
        rows = self.env["res.partner"]._tier_rows(sorted(wanted))
        return {(row[0], row[1], row[2]): row[3] for row in rows}

    # Who owns it

    def _first_held(self, vals):
        """Return those of these tickets that ``vals`` give their first holder."""
        if not vals.get("user_id") or "vip_owner_id" in vals:
            return self.browse()
        # As superuser: whoever assigns a ticket may not read who owns it.
        return self.browse(self.sudo().filtered(lambda t: not t.vip_owner_id).ids)

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

    # Titles of windows that the host gives in English only

    def action_open_duplicate_wizard(self):
        action = super().action_open_duplicate_wizard()
        return dict(action, name=host_term(self.env, action["name"], "vip_service"))

    def action_view_duplicates(self):
        action = super().action_view_duplicates()
        return dict(action, name=host_term(self.env, action["name"], "vip_service"))
