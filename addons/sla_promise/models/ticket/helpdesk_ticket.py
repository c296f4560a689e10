from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.prefetch import RARE
from odoo.addons.vip_base.tools.times import event_time

#: Ticket columns whose change may concern the timeline.
COLUMNS = frozenset(
    (
        "user_id",
        "team_id",
        "stage_id",
        "category_id",
        "priority",
        "partner_id",
        "active",
    )
)
#: Ticket columns that only this file writes.
OURS = frozenset(("first_response_at", "first_response_doubtful"))
#: Ticket values that nobody sets.
READ_ONLY = OURS | {"sla_due_at", "sla_paused"}
#: Where the tickets wait that were changed after the last look at their timeline.
PENDING = "sla_promise.pending"
#: What of teams is read beside their tickets: their hours, and who is of them.
OF_TEAMS = ("resource_calendar_id", "user_id", "user_ids", "wait_needs_asking")
#: Tickets that are matched again together.
BATCH = 2000
#: What those change who intervene.
STEERING = frozenset({"user_id", "team_id", "priority"})


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    clock_ids = fields.One2many(
        "sla.clock", "ticket_id", string="Promises", readonly=True, groups=STAFF_GROUPS
    )
    span_ids = fields.One2many(
        "sla.span",
        "ticket_id",
        string="Timeline",
        readonly=True,
        groups=STAFF_GROUPS,
        context={"active_test": False},
    )
    notice_ids = fields.One2many(
        "sla.notice",
        "ticket_id",
        string="Escalation",
        readonly=True,
        groups=STAFF_GROUPS,
    )
    escalated_to_ids = fields.Many2many(
        "res.users",
        string="Escalated to",
        compute="_compute_escalated_to_ids",
        search="_search_escalated_to_ids",
        groups=STAFF_GROUPS,
        help="Who was told of it, apart from who holds it.",
    )
    sla_has_notices = fields.Boolean(
        string="Escalated",
        compute="_compute_escalated_to_ids",
        groups=STAFF_GROUPS,
        help="Something came due of its escalation.",
    )
    first_response_at = fields.Datetime(
        string="First response",
        readonly=True,
        copy=False,
        groups=STAFF_GROUPS,
        prefetch=RARE,
    )
    first_response_doubtful = fields.Boolean(
        string="First response doubtful",
        readonly=True,
        copy=False,
        groups=STAFF_GROUPS,
        help="What counted as first response became known more than 15 minutes after it "
        "took place: an e-mail that arrived late, or a contact that was logged late. "
        "Without a first response: what was written to the client did not arrive.",
        prefetch=RARE,
    )
    sla_clock_info = fields.Json(
        string="Running clocks", compute="_compute_sla_clock_info", groups=STAFF_GROUPS
    )
    no_promise_ids = fields.One2many(
        "sla.no.promise",
        "ticket_id",
        string="No promise",
        readonly=True,
        groups=STAFF_GROUPS,
    )
    sla_tier_id = fields.Many2one(
        "vip.tier",
        string="Tier of the promises",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=STAFF_GROUPS,
        help="The client's tier that took effect while the ticket was open. "
        "Empty: the tier when the request arrived.",
        prefetch=RARE,
    )

    @api.depends_context("lang")
    @api.depends("clock_ids", "no_promise_ids")
    def _compute_sla_clock_info(self):
        """What the clocks say of themselves, and where a policy promises nothing."""
        none = self.env["sla.clock"]
        of_ticket = none._of_tickets(self._origin.ids)
        unpromised = self.env["sla.no.promise"]._of_tickets(self._origin.ids)
        for ticket in self:
            info = of_ticket.get(ticket._origin.id, none)._shown()._info()
            if ticket._origin.id in unpromised:
                info += ticket.no_promise_ids._info(info)
            ticket.sla_clock_info = info

    @api.depends("notice_ids.user_id", "user_id")
    def _compute_escalated_to_ids(self):
        self.env["sla.notice"].flush_model(["ticket_id", "action", "state", "user_id"])
        told, noticed = {}, set()
        # Everybody at work on a ticket may know who was told of it.
        for ticket_id, user_id, tells in self.env.execute_query(
            SQL(
                "SELECT ticket_id, user_id, action = 'notify' AND state <> 'dropped'"
                " FROM sla_notice WHERE ticket_id = ANY(%s) ORDER BY created_at, id",
                self._origin.ids,
            )
        ):
            noticed.add(ticket_id)
            if tells and user_id:
                told.setdefault(ticket_id, []).append(user_id)
        users = self.env["res.users"]
        for ticket in self:
            ids = dict.fromkeys(told.get(ticket._origin.id, ()))
            ticket.escalated_to_ids = users.browse(ids) - ticket.user_id
            ticket.sla_has_notices = ticket._origin.id in noticed

    @api.model
    def _search_escalated_to_ids(self, operator, value):
        if operator != "in":
            return NotImplemented
        # As superuser: only which tickets; rules of tickets still apply.
        notices = self.env["sla.notice"].sudo()
        query = notices._search(
            [
                ("user_id", "in", value),
                ("action", "=", "notify"),
                ("state", "!=", "dropped"),
                ("ticket_id.user_id", "not in", value),
            ]
        )
        return [("id", "in", query.subselect("ticket_id"))]

    # ------------------------------------------------------------------
    # Noticing changes
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._sla_check_hands_off(vals)
            if not self.env.su:
                # A default in the caller's context must not fill them either.
                vals.update(dict.fromkeys((*OURS, "sla_tier_id"), False))
        tickets = super().create(vals_list)
        tickets._sla_sync(created=True, written=True)
        return tickets

    def write(self, vals):
        self._sla_check_hands_off(vals)
        if "sla_tier_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("The tier of the promises follows from what happens.")
            )
        if "partner_id" in vals:
            self._sla_forget_tier(vals["partner_id"])
        steered = self._sla_intervening(vals)
        result = super().write(vals)
        if steered:
            self.env["sla.intervention"]._notice(steered, vals, self.env.user)
        if "company_id" in vals:
            self._sla_move_clocks()
            # Policies, tiers and working hours are those of the company.
            self._sla_sync(written=True, rematch=True)
        elif not COLUMNS.isdisjoint(vals):
            self._sla_sync(written=True)
        if not self.env["sla.policy"]._watched_fields().isdisjoint(vals):
            # Something has changed that only some policies look at.
            self._sla_rematch()
        return result

    def _sla_intervening(self, vals):
        """Return those of these tickets on which writing ``vals`` may be an intervention.

        Work on what one holds, or takes because nobody does, is work as usual.
        """
        if self.env.su or STEERING.isdisjoint(vals):
            return self.browse()
        user = self.env.user
        takes = vals.get("user_id") == user.id
        others = self.filtered(
            lambda ticket: (
                ticket.user_id != user
                and (ticket.user_id or not takes)
                and ticket._sla_differs(vals)
            )
        )
        return others.filtered(lambda ticket: ticket._answers_for(user))

    def _sla_differs(self, vals):
        """Tell whether writing ``vals`` changes who has this ticket, or its priority."""
        return any(
            vals[name] != self._fields[name].convert_to_write(self[name], self)
            for name in STEERING & vals.keys()
        )

    def _sla_move_clocks(self):
        """Show the clocks to the company that has the tickets now."""
        self.flush_recordset(["company_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET company_id = t.company_id
                  FROM helpdesk_ticket t
                 WHERE t.id = c.ticket_id AND t.id = ANY(%s)
                   AND c.company_id <> t.company_id
                """,
                self.ids,
            )
        )
        self.env["sla.clock"].invalidate_model(["company_id"], flush=False)

    def _sla_check_hands_off(self, vals):
        if not self.env.su and not READ_ONLY.isdisjoint(vals):
            raise AccessError(
                self.env._("First responses and due times follow from what happens.")
            )

    def _write_multi(self, vals_list):
        """Notice every change that the ORM stores, also of late recomputations."""
        result = super()._write_multi(vals_list)
        if any(not COLUMNS.isdisjoint(vals) for vals in vals_list):
            self._sla_pend()
        return result

    def _sla_pend(self):
        """Look at the timelines before the commit, unless somebody does it earlier."""
        precommit = self.env.cr.precommit
        pending = precommit.data.get(PENDING)
        if pending is None:
            pending = precommit.data[PENDING] = {}
            # As superuser: the timeline follows the ticket, whoever changed it.
            precommit.add(self.env["helpdesk.ticket"].sudo()._sla_sync_pending)
        seen = event_time(self.env), not self.env.su
        pending.update(dict.fromkeys(self._ids, seen))

    @api.model
    def _sla_sync_pending(self):
        """Bring the timelines up to date that nobody has looked at since a change."""
        by_time = {}
        for ticket_id, seen in self.env.cr.precommit.data.pop(PENDING, {}).items():
            by_time.setdefault(seen, []).append(ticket_id)
        for (at, by_hand), ticket_ids in by_time.items():
            self.browse(ticket_ids)._sla_sync(at, written=True, by_hand=by_hand)

    # ------------------------------------------------------------------
    # The one function
    # ------------------------------------------------------------------

    def _sla_sync(
        self,
        at=None,
        created=False,
        written=False,
        rematch=False,
        reapply=None,
        by_hand=None,
        known=None,
    ):
        """Bring the timelines and clocks of these tickets up to date.

        Compares each ticket with what was last seen of it; nothing happens without a
        difference. A fixed number of queries for any number of tickets.

        :param at: when it happened (naive UTC, whole seconds); the event time of the
            environment if not given
        :param created: the tickets have just been made: what they are now they have
            been since their opening
        :param written: this transaction has written these tickets
        :param rematch: something that policies look at has changed that the timeline
            does not show
        :param reapply: :class:`~...engine.matching.Reapply` if policies are applied again
            to what is open, else None
        :param by_hand: a person changed them; as the environment says if not given
        :param known: when it became known, if later than it happened
        """
        at = to_epoch(at or event_time(self.env))
        known = at if known is None else to_epoch(known)
        by_hand = not self.env.su if by_hand is None else by_hand
        self._sla_flush()
        # As superuser: nobody but this code writes timelines and clocks.
        spans = self.env["sla.span"].sudo()
        noticed = spans._notice(
            *(self._ids, at, created, written, rematch, by_hand, known)
        )
        if written and not noticed:
            # At most the timeline has got longer.
            self._sla_forget_timeline()
            return
        if noticed:
            follower = self.env["sla.clock"]._follower(known, reapply)
            noticed = follower.book.pause(noticed)
            changes = spans._changes(noticed, created)
            if changes:
                follower.follow(changes, self._sla_responses(changes))
            self._sla_changed()
            return
        self._sla_forget()

    @api.model
    def _sla_responses(self, changes):
        """Return {ticket id: epoch seconds of its first response} of changed tickets.

        What became the first response by these changes is stored.
        """
        responded = {
            change.ticket_id: change.first_response_at
            for change in changes
            if change.first_response_at is not None
        }
        found = {
            change.ticket_id: change.at
            for change in changes
            if change.ticket_id not in responded
            and (change.answered or change.moment.closed and not change.moment.cancels)
        }
        self._sla_store_response(found)
        return {**responded, **found}

    @api.model
    def _sla_store_response(self, found, doubtful=()):
        """Store first responses in SQL: {ticket id: epoch seconds}."""
        if not found:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE helpdesk_ticket t
                   SET first_response_at = to_timestamp(v.at) AT TIME ZONE 'UTC',
                       first_response_doubtful = v.doubtful
                  FROM unnest(%s::int[], %s::bigint[], %s::bool[]) v (id, at, doubtful)
                 WHERE t.id = v.id
                """,
                list(found),
                list(found.values()),
                [ticket_id in doubtful for ticket_id in found],
            )
        )

    def _sla_flush(self):
        """Write to the database what the comparison reads there."""
        self.flush_recordset()
        self.env["helpdesk.ticket.stage"].flush_model()
        self.env["helpdesk.ticket.team"].flush_model(OF_TEAMS)
        self.env["res.company"].flush_model(["resource_calendar_id"])
        pending = self.env.cr.precommit.data.get(PENDING)
        if pending:
            for ticket_id in self._ids:
                pending.pop(ticket_id, None)

    def _sla_changed(self):
        """Drop cached values, and let screens show anew what was written in SQL."""
        self._sla_forget()
        self.env["vip.live"]._changed(self)

    def _sla_forget(self):
        """Drop cached values that were written in SQL."""
        self.invalidate_recordset(
            [
                "sla_due_at",
                "sla_paused",
                "first_response_at",
                "first_response_doubtful",
                "clock_ids",
                "notice_ids",
                "escalated_to_ids",
                "sla_has_notices",
                "contact_ids",
                "sla_clock_info",
                "vip_next_actions",
            ],
            flush=False,
        )
        self.env["sla.clock"].invalidate_model(flush=False)
        self.env["vip.contact"].invalidate_model(flush=False)
        self._sla_forget_timeline()

    def _sla_forget_timeline(self):
        self.invalidate_recordset(["span_ids", "sla_nothing_asked"], flush=False)
        self.env["sla.span"].invalidate_model(flush=False)

    # ------------------------------------------------------------------
    # Matching again for what the timeline knows nothing of
    # ------------------------------------------------------------------

    def _sla_forget_tier(self, partner_id):
        """Another client brings its own tier at opening; a colleague keeps the tier."""
        # As superuser: the tier of the promises follows from what happens.
        client = self.env["res.partner"].sudo().browse(partner_id)._vip_client()
        self.sudo().filtered(
            lambda ticket: ticket.sla_tier_id and ticket.commercial_partner_id != client
        ).sla_tier_id = False

    def _client_moved(self):
        """Promise what the client to which the contact has moved has today."""
        result = super()._client_moved()
        # As superuser: the tier of the promises follows from what happens.
        for ticket in self.sudo():
            tiers = ticket.partner_id._tier_at(
                ticket.company_id._vip_local_date(event_time(self.env)),
                ticket.company_id,
            )
            tier = tiers.get(ticket.partner_id.id)
            ticket.sla_tier_id = tier if tier != ticket.vip_tier_id else False
        self._sla_rematch()
        return result

    def _sla_rematch(self, at=None, reapply=None):
        """Match these tickets again, as far as something is still owed on them.

        :param at: when it happened (naive UTC); the event time if not given
        :param reapply: as :meth:`_sla_sync`
        """
        for first in range(0, len(self), BATCH):
            self[first : first + BATCH]._sla_sync(at, rematch=True, reapply=reapply)
