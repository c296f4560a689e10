from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP, MANAGER_GROUP, STAFF_GROUPS
from odoo.addons.vip_base.tools.host_terms import host_term
from odoo.addons.vip_base.tools.times import at_context, event_time
from odoo.addons.vip_base.tools.written import written_moment

from ..tools.automatic import AUTOMATIC, RECEIVED, Received
from ..tools.opened_at import OPENED_AT


class OpenedAt(fields.Datetime):
    """Datetime that reads, sorts and is searched as :func:`~..tools.opened_at.opened_at_sql`."""

    def to_sql(self, model, alias):
        made = SQL.identifier(
            alias, "create_date", to_flush=model._fields["create_date"]
        )
        return SQL(
            "COALESCE(%s, date_trunc('second', %s))", super().to_sql(model, alias), made
        )


class HelpdeskTicket(models.Model):
    """When a client's request arrived, for which tier, and who owns it.

    One fixed contact owns a request to its end, whoever works on it (S6).
    """

    _inherit = "helpdesk.ticket"
    _vip_auditors_read = True

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

    # Of the host; here a company below a client is that client's.
    commercial_partner_id = fields.Many2one(
        "res.partner",
        related=None,
        compute="_compute_commercial_partner_id",
        store=True,
    )

    # Serves the client's page, newest first. No index without need: a move gives the
    # ticket a new entry in each.
    _client_opened = models.Index(f"(commercial_partner_id, ({OPENED_AT}) DESC)")

    @api.depends("partner_id.commercial_partner_id", "partner_id.head_client_id")
    def _compute_commercial_partner_id(self):
        for ticket in self:
            ticket.commercial_partner_id = ticket.partner_id._vip_client()

    # CRUD

    contact_ids = fields.One2many(
        "vip.contact",
        "ticket_id",
        string="Contacts",
        readonly=True,
        groups=STAFF_GROUPS,
    )

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
        tickets._check_own_company()
        tickets._refresh_unforeseen_tiers(vals_list)
        return tickets

    def write(self, vals):
        """Guard what only the system writes, where a request goes and who passes it on.

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
        if {"company_id", "team_id"} & vals.keys():
            self._check_own_company()
        # A colleague of the same client changes nothing: the tier at opening is kept.
        moved = [ticket.id for ticket in before if ticket._whose() != before[ticket]]
        self.browse(moved)._refresh_opening_tiers()
        return result

    def _whose(self):
        # As superuser: who changes a ticket may not read every client.
        ticket = self.sudo()
        return ticket.partner_id._vip_client(), ticket.company_id

    def _check_own_company(self):
        """Check that these tickets did not go where their writer may not see them.

        :raise AccessError: to a company of others, or to a team of one
        """
        if self.env.su:
            return
        # Known without asking, but for archived ones.
        usual = set(self.env.user._get_company_ids())
        # As superuser: only of which company a ticket and its team are.
        for ticket in self.sudo():
            company = ticket.company_id | ticket.team_id.company_id
            if usual.issuperset(company._ids):
                continue
            if company - self.env.user.company_ids:
                raise AccessError(
                    self.env._(
                        "“%s” would belong to a company that you do not work in.",
                        ticket.display_name,
                    )
                )

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

    def _client_moved(self):
        """See to open tickets whose contact has got another client; a hook.

        The new client brings its tier at opening, as when the ticket gets another contact.
        """
        self._refresh_opening_tiers()

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
        rows = self.env["res.partner"]._tier_rows(sorted(wanted), kept=True)
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

    # Contacts with the client

    def _message_track_post_template(self, changes):
        tickets = self.with_context(**{AUTOMATIC: True})
        return super(HelpdeskTicket, tickets)._message_track_post_template(changes)

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Let the e-mail of one of us be an answer that is passed on to the client."""
        receivers = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if isinstance(self.env.context.get(RECEIVED), Received):
            contacts, now = self.env["vip.contact"], event_time(self.env)
            contacts._mailed_by_staff(message, receivers, now)
        return receivers

    def _log_contact(self, at=None, outgoing=True, kind="call"):
        """Take note of a contact with each ticket's client that left no message.

        :param at: naive UTC; the event time of the environment if not given
        :param outgoing: we spoke to the client, else the client to us
        """
        at = at or event_time(self.env)
        self.env["vip.contact"]._log(self, at, outgoing, kind)

    def _spared_by_late_contact(self, at):
        """Return whom a late contact may spare: who holds these tickets; a hook.

        :param at: when the contact is said to have taken place, naive UTC
        """
        return self.user_id

    def _log_contact_by_hand(self, kind, at, body, evidence="", files=()):
        """Take note of a contact by the current user, with an internal note.

        :param kind: ``call``, ``visit`` or ``chat``
        :param at: when it took place (naive UTC), from the opening of the ticket to now
        :param body: what the internal note says, HTML or text
        :param evidence: for one that is logged late: how it can be checked
        :param files: ``ir.attachment`` records that prove it
        :raise AccessError: the user may not write the ticket
        :raise UserError: it took place before the opening or in the future, or the user
            is the client
        """
        self.ensure_one()
        self.check_access("write")
        if self.partner_id and self.partner_id == self.env.user.partner_id:
            raise UserError(
                self.env._(
                    "You are the client of this ticket; somebody else serves it."
                )
            )
        now = event_time(self.env)
        at = self._check_contact_time(at, now)
        note = self.with_context(clean_context(self.env.context)).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.env["vip.contact"]._log_by_hand(self, kind, at, note, now, evidence, files)

    def _check_contact_time(self, at, now):
        """Return when a contact took place, to the second; refuse what cannot be.

        People pick minutes: in the minute of the opening it was at the opening.
        """
        at = self.env["vip.contact"]._check_not_ahead(at, now)
        opened = self.opened_at
        if at < opened.replace(second=0):
            raise UserError(
                self.env._(
                    "A contact with the client is not before the opening of the ticket "
                    "(%s).",
                    written_moment(self.env, opened),
                )
            )
        return max(at, opened)
