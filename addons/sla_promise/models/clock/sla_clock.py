from contextlib import suppress
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.resource_worktime.models.resource_worktime_source import CHANGED
from odoo.addons.vip_base.tools import past_rows
from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.sql import (
    IntegerArray,
    KeylessMany2one,
    LooseMany2one,
    array,
    fetch_together,
    remembered,
)
from odoo.addons.vip_base.tools.written import written_length

from ...engine import states
from ...engine.follower import Follower
from ...engine.terms import VERDICT
from ...tools.metric import Metric
from .book import INSERT, SqlBook

METRICS = [
    (states.FIRST_RESPONSE, "First response"),
    (states.NEXT_RESPONSE, "Next response"),
    (states.UPDATE, "Periodic update"),
    (states.FEEDBACK, "Feedback"),
    (states.RESOLUTION, "Resolution"),
    (states.HAND_OVER, "Hand-over"),
    (states.HANDLING, "Handling started"),
]
STATES = [
    (states.RUNNING, "Running"),
    (states.PAUSED, "Paused"),
    (states.MET, "Met"),
    (states.MISSED, "Missed"),
    (states.CANCELLED, "Cancelled"),
]
#: What :meth:`SlaClock._info` says of a clock, beside what is joined to it.
TOLD = (
    *("ticket_id", "metric", "round", "state", "replaced_by_id"),
    *("started_at", "due_at", "warn_at", "stopped_at"),
    *("seconds", "extended_seconds", "overrun_seconds", "left_seconds"),
)
#: By which column of a clock which table is joined, and what is read of a target and of
#: a reason there.
JOINED = {"policy": "sla_policy", "target": "sla_target", "match": "sla_match"}
PROMISED = ("metric", "duration", "unit", "no_promise")
WON = ("policy_id", "decided_by", "facts")

#: Whether a clock c may count by working time of before: of its hours there is a later
#: version, or its team or company has other hours, and it does not know of that yet.
ANEW = """
    COALESCE(%(c)s.stopped_at IS NULL AND %(c)s.state IN %(open)s AND (
        EXISTS (
            SELECT FROM resource_worktime_version w
              JOIN resource_worktime_version n
                ON n.calendar_id = w.calendar_id AND n.number = w.number + 1
               AND COALESCE(n.company_id, 0) = COALESCE(w.company_id, 0)
             WHERE w.id = %(c)s.version_id)
        OR EXISTS (
            SELECT FROM sla_calendar_switch w
              JOIN helpdesk_ticket t ON t.id = %(c)s.ticket_id
             WHERE w.pending AND w.old_calendar_id IS NOT DISTINCT FROM %(c)s.calendar_id
               AND COALESCE(w.company_id = %(c)s.company_id, TRUE)
               AND COALESCE(w.team_id = t.team_id, w.team_id IS NULL))), FALSE)
"""


class SlaClock(models.Model):
    """One promise on one ticket.

    A clock keeps the target, tier and calendar it was made under: a later change of
    the policy does not touch it. Its columns are those of ``engine/terms.py``. Rows are
    written in SQL: by a follower through the book, when something happens to the
    ticket, and by the due job. A merge of clients and a ticket that moves to another
    company carry over whose they are.
    """

    _name = "sla.clock"
    _description = "Clock"
    _log_access = False
    _order = "due_at, id"

    ticket_id = KeylessMany2one("helpdesk.ticket", required=True, readonly=True)
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    policy_id = LooseMany2one("sla.policy", readonly=True)
    target_id = LooseMany2one("sla.target", readonly=True)
    match_id = LooseMany2one("sla.match", string="Why this policy", readonly=True)
    metric = Metric(METRICS, required=True, readonly=True)
    round = fields.Integer(
        required=True,
        default=1,
        readonly=True,
        help="Which time this is promised on the ticket: a promise that comes again is "
        "kept in rounds.",
    )
    began_at = fields.Datetime(
        string="Round began at",
        readonly=True,
        help="Empty: when the clock started.",
    )
    from_solving = fields.Boolean(string="Counts from solving", readonly=True)
    new_on_reopening = fields.Boolean(string="New when reopened", readonly=True)
    tier_id = LooseMany2one("vip.tier", readonly=True)
    partner_id = LooseMany2one("res.partner", string="Contact", readonly=True)
    calendar_id = LooseMany2one(
        "resource.calendar",
        string="Working hours",
        readonly=True,
        help="Empty: around the clock.",
    )
    seconds = fields.Integer(
        string="Promised seconds",
        required=True,
        readonly=True,
        help="The promise in seconds of working time.",
    )
    extended_seconds = fields.Integer(
        string="Extended by",
        readonly=True,
        help="How much of the promised seconds was added by decisions.",
    )
    pause_on_client = fields.Boolean(string="Pause for client", readonly=True)
    pause_on_third_party = fields.Boolean(string="Pause for third party", readonly=True)
    pause_on_outage = fields.Boolean(string="Pause in outages", readonly=True)
    around_the_clock = fields.Boolean(
        string="Around the clock",
        readonly=True,
        help="Of the working hours only the time zone counts.",
    )
    version_id = LooseMany2one(
        "resource.worktime.version",
        string="Version of working time",
        readonly=True,
        help="By which its limit is found. What has stopped or was missed keeps it.",
    )
    binds_at = fields.Datetime(
        string="Binds from",
        readonly=True,
        help="It cannot be missed before: it was promised, or its working time was "
        "changed, only then. Empty: from its start.",
    )
    earlier = IntegerArray(
        string="Earlier working time",
        readonly=True,
        help="Of calendars in which it counted before: a version, and until when "
        "(epoch seconds), for each.",
    )
    item_limit = fields.Boolean(string="Item limit", readonly=True)
    key_client = fields.Boolean(string="Key client", readonly=True)
    level_ids = IntegerArray(
        string="Levels", readonly=True, help="Of its escalation, in order of time."
    )
    level_offsets = IntegerArray(
        string="Level offsets",
        readonly=True,
        help="After how many seconds of working time each level is reached.",
    )
    level_at = IntegerArray(
        string="Levels at",
        readonly=True,
        help="When each level is reached, as far as it is known (epoch seconds).",
    )
    levels_fired = fields.Integer(
        string="Levels fired", readonly=True, help="How many of the levels came true."
    )
    state = fields.Selection(STATES, required=True, readonly=True)
    started_at = fields.Datetime(string="Started at", required=True, readonly=True)
    due_at = fields.Datetime(string="Due at", readonly=True, help="Empty while paused.")
    left_seconds = fields.Integer(
        string="Left while it waits",
        readonly=True,
        help="Seconds of working time left of a promise that waits.",
    )
    judged_anew = fields.Boolean(
        string="Being judged anew",
        compute="_compute_judged_anew",
        help="Working time has changed; the job has not judged this promise by it yet.",
    )
    warn_at = fields.Datetime(string="Warn at", readonly=True)
    next_event_at = fields.Datetime(
        string="Next event at",
        readonly=True,
        help="When the due job must look at this clock again.",
    )
    stopped_at = fields.Datetime(string="Stopped at", readonly=True)
    overrun_seconds = fields.Integer(
        string="Overrun",
        readonly=True,
        help="Seconds of working time between the due time and the stop.",
    )
    recorded_at = fields.Datetime(
        string="Recorded at",
        readonly=True,
        help="Since when its verdict is known. What was known before is kept.",
    )
    failures = fields.Integer(
        readonly=True, help="How often the due job could not handle this clock."
    )
    notice_ids = fields.One2many(
        "sla.notice", "clock_id", string="Escalation", readonly=True
    )
    replaced_by_id = LooseMany2one("sla.clock", string="Replaced by", readonly=True)
    why = fields.Char(
        string="Why this promise", compute="_compute_why", groups=STAFF_GROUPS
    )

    _next_event_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    #: What is owed now: serves the time left of tickets.
    _owed_idx = models.Index("(ticket_id, due_at) WHERE stopped_at IS NULL")
    #: What was kept lately: serves figures of a day and of a month.
    _met_idx = models.Index("(company_id, stopped_at) WHERE state = 'met'")
    #: One live clock per round; in one index with all clocks of a ticket.
    _live_uniq = models.UniqueIndex(
        "(ticket_id, metric, round, (CASE WHEN state = 'cancelled'"
        " OR replaced_by_id IS NOT NULL THEN id ELSE 0 END))"
    )
    #: What goes on by a version of working time, which may have changed.
    _version_idx = models.Index(
        "(version_id, ticket_id) WHERE stopped_at IS NULL AND version_id IS NOT NULL"
    )
    _earlier_idx = models.Index(
        "(ticket_id) WHERE stopped_at IS NULL AND earlier <> '{}'"
    )

    def init(self):
        """Make the database keep each verdict that is overturned."""
        settled = SQL("OLD.state IN ('met', 'missed', 'cancelled')")
        past_rows.keep(self.env.cr, self._table, VERDICT, settled)
        INSERT.install(self.env)

    @api.depends_context("lang")
    @api.depends("ticket_id", "metric", "round")
    def _compute_display_name(self):
        for clock in self:
            number = clock.ticket_id.number or ""
            clock.display_name = f"{number} {clock._label()}".strip()

    @api.depends("match_id")
    @api.depends_context("lang")
    def _compute_why(self):
        for clock in self:
            # As superuser: only the words of why this policy won.
            clock.why = clock.match_id.sudo().text

    @api.model
    def _book(self, at=None):
        """Return the book of all clocks; ``at`` as of :meth:`_follower`."""
        # As superuser: clocks follow the ticket, whoever works on it.
        return SqlBook(self.sudo().env, at)

    @api.model
    def _follower(self, at=None, reapply=None):
        """Return who lets the clocks follow what happens.

        :param at: when it becomes known (epoch seconds); the event time if not given
        :param reapply: :class:`~...engine.matching.Reapply` if policies are applied again
            to what is open, else None
        """
        self._settle_worktime()
        return Follower(self._book(at), reapply)

    @api.model
    def _settle_worktime(self):
        """Let what this transaction has changed of working time count before judging.

        What cannot stay is refused when the transaction ends; it stops no ticket.
        """
        if CHANGED in self.env.cr.precommit.data:
            with suppress(ValidationError):
                self.env["resource.calendar"]._keep_worktime()

    @api.model
    @remembered()
    def _is_switch_pending(self):
        """Tell whether running promises may count by hours that a team had before."""
        return bool(
            self.env.execute_query(
                SQL("SELECT 1 FROM sla_calendar_switch WHERE pending LIMIT 1")
            )
        )

    def _verdicts_known(self, at):
        """Return what was known of these promises at an instant.

        :param at: naive UTC
        :return: {clock id: {"state", "due_at", "stopped_at", "overrun_seconds"}} of those
            that were known to be met, missed or cancelled
        """
        # As superuser: what these clocks said, which the reader may read, at that time.
        found = self.env["vip.past.row"].sudo()._known(self, VERDICT, at)
        return {
            clock_id: {
                **said,
                "due_at": _instant(said["due_at"]),
                "stopped_at": _instant(said["stopped_at"]),
            }
            for clock_id, said in found.items()
            if said["state"] not in states.OPEN_STATES
        }

    @api.model
    def _metrics(self):
        """Return [(metric, label)] of all that is promised, obligations too."""
        return self._fields["metric"]._description_selection(self.env)

    def _label(self):
        """Return what is promised, and for the how-manieth time if not for the first."""
        self.ensure_one()
        return self._label_of(self.metric, self.round)

    @api.model
    def _label_of(self, metric, number):
        """Return what a metric promises, for the how-manieth time if not for the first."""
        label = dict(self._metrics()).get(metric, metric)
        obligation = self.env["sla.obligation"]._declared().get(metric)
        if obligation:
            label = self.env._("%(what)s, to %(whom)s", what=label, whom=obligation.to)
        return f"{label} {number}" if number > 1 else label

    # ------------------------------------------------------------------
    # What it says of itself
    # ------------------------------------------------------------------

    def _compute_judged_anew(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM sla_clock c WHERE c.id = ANY(%s) AND %s",
                array(self._origin.ids),
                self._anew("c")["judged_anew"],
            )
        )
        found = {row[0] for row in rows}
        for clock in self:
            clock.judged_anew = clock._origin.id in found

    @api.model
    def _anew(self, alias):
        """Return {field: SQL} of what waits to be judged anew, to be read with a clock."""
        clock = SQL.identifier(alias)
        return {"judged_anew": SQL(ANEW, c=clock, open=states.OPEN_STATES)}

    @api.model
    def _of_tickets(self, ticket_ids, why=False):
        """Return {ticket id: its clocks}; what :meth:`_info` says is read at once.

        One query for the clocks and their promises.

        :param why: also why they were made; whoever may read a clock may know it
        """
        if not ticket_ids:
            return {}
        query = self._search([("ticket_id", "in", ticket_ids)], order=self._order)
        links = JOINED if why else {n: t for n, t in JOINED.items() if n != "match"}
        joined = {
            link: query.left_join(query.table, f"{link}_id", table, "id", link)
            for link, table in links.items()
        }
        own = {
            f"{link}_id": SQL.identifier(alias, "id") for link, alias in joined.items()
        }
        names = dict.fromkeys(("name", "version"))
        policies = self.env["sla.policy"]
        parts = [
            (self, query.table, dict.fromkeys(TOLD) | own | self._anew(query.table)),
            (policies, joined["policy"], names),
            (self.env["sla.target"], joined["target"], dict.fromkeys(PROMISED)),
        ]
        if why:
            runner_up = query.left_join(
                joined["match"], "runner_up_id", "sla_policy", "id", "runner_up"
            )
            won = dict.fromkeys(WON) | {"runner_up_id": SQL.identifier(runner_up, "id")}
            parts += [
                (self.env["sla.match"], joined["match"], won),
                (policies, runner_up, names),
            ]
        clocks = fetch_together(query, *parts)
        return {ticket.id: own for ticket, own in clocks.grouped("ticket_id").items()}

    def _info(self):
        """Return one JSON-able dict per clock for the widgets; times as ISO text."""
        return [
            {
                "id": clock.id,
                "ticket_id": clock.ticket_id.id,
                "metric": clock.metric,
                "metric_label": clock._label(),
                "round": clock.round,
                "state": clock.state,
                "due_at": fields.Datetime.to_string(clock.due_at),
                "started_at": fields.Datetime.to_string(clock.started_at),
                "stopped_at": fields.Datetime.to_string(clock.stopped_at),
                "warn_at": fields.Datetime.to_string(clock.warn_at),
                "seconds": clock.seconds,
                "extended_seconds": clock.extended_seconds,
                "overrun_seconds": clock.overrun_seconds,
                "left_seconds": clock.state == states.PAUSED and clock.left_seconds,
                "judged_anew": clock.judged_anew,
                # As superuser: only the name and version of what was promised.
                "policy": clock.policy_id.sudo().display_name or "",
                "target": clock._target_text(),
            }
            for clock in self
        ]

    def _target_text(self):
        """Return the name of what was promised, with its extension."""
        # As superuser: only the name.
        target = self.target_id.sudo().display_name or ""
        if not self.extended_seconds:
            return target
        return self.env._(
            "%(target)s, extended by %(time)s",
            target=target,
            time=written_length(self.env, self.extended_seconds),
        )

    def _shown(self):
        """Return of each promise the latest round, and what else is still owed.

        Cancelled clocks are history.
        """
        live = self.filtered(
            lambda clock: clock.state != states.CANCELLED and not clock.replaced_by_id
        )
        last = {}
        for clock in live.sorted("round"):
            last[clock.ticket_id, clock.metric] = clock
        return live.filtered(
            lambda clock: (
                clock == last[clock.ticket_id, clock.metric]
                or clock.state in states.OPEN_STATES
                or (clock.state == states.MISSED and not clock.stopped_at)
            )
        )

    # ------------------------------------------------------------------
    # In the words of the client to whom it was made
    # ------------------------------------------------------------------

    def _client_promise(self, at):
        """Return the texts of ``helpdesk.ticket._client_promises`` for one clock."""
        self.ensure_one()
        state = self._client_state(at)
        due = self.due_at
        return {
            "metric": self.metric,
            "label": self._client_label(),
            "state": state,
            "state_label": self._client_state_labels()[state],
            "due": self.ticket_id._client_time(due, at),
            "stopped": self.ticket_id._client_time(self.stopped_at, at),
            # Without a due time after those with one.
            "rank": (not due, due or self.started_at),
        }

    def _client_state(self, at):
        """Return the state as of ``at``, judged by the due time and not by the job."""
        if self.state == states.MET:
            return "kept"
        if self.state == states.MISSED or self.due_at and self.due_at < at:
            return "late"
        if self.state == states.RUNNING:
            return "promised"
        waits = self.ticket_id.stage_id.waiting_on == "client"
        return "waiting" if waits else "on_hold"

    def _client_label(self):
        obligation = self.env["sla.obligation"]._declared().get(self.metric)
        return obligation.label if obligation else self._client_labels()[self.metric]

    def _client_labels(self):
        """Return {metric: name}: agent and client call a promise by the same name."""
        return dict(self._fields["metric"]._description_selection(self.env))

    def _client_state_labels(self):
        return {
            "promised": self.env._("Promised"),
            "waiting": self.env._("Waiting for you"),
            "on_hold": self.env._("On hold"),
            "kept": self.env._("Kept"),
            "late": self.env._("Late"),
        }


def _instant(text):
    """Return the naive UTC instant of a timestamp as JSON has it."""
    return text and datetime.fromisoformat(text)
