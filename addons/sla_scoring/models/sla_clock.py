import logging
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import clock as engine
from ..engine import states
from ..engine.worktime import ALWAYS, NoWorkingTime, to_datetime, to_epoch
from ..tools.loose_many2one import LooseMany2one
from ..tools.verdicts import Terms, counted_spans, outcome, stopped
from .sla_span import epoch

_logger = logging.getLogger(__name__)

METRICS = [
    (states.FIRST_RESPONSE, "First response"),
    (states.RESOLUTION, "Resolution"),
]
STATES = [
    (states.RUNNING, "Running"),
    (states.PAUSED, "Paused"),
    (states.MET, "Met"),
    (states.MISSED, "Missed"),
    (states.CANCELLED, "Cancelled"),
]
#: Columns of a new clock and their SQL types, in the order of insertion.
INSERTED = {
    "ticket_id": "int",
    "company_id": "int",
    "policy_id": "int",
    "target_id": "int",
    "metric": "varchar",
    "tier_id": "int",
    "partner_id": "int",
    "calendar_id": "int",
    "seconds": "int",
    "pause_on_client": "bool",
    "pause_on_third_party": "bool",
    "item_limit": "bool",
    "key_client": "bool",
    "warn_percent": "int",
    "started_at": "bigint",
    "state": "varchar",
    "due_at": "bigint",
    "stopped_at": "bigint",
    "overrun_seconds": "int",
    "warn_at": "bigint",
    "next_event_at": "bigint",
}
#: Columns that judging changes.
JUDGED = (
    "state",
    "due_at",
    "stopped_at",
    "overrun_seconds",
    "warn_at",
    "next_event_at",
)


class Live(NamedTuple):
    """A clock that is not cancelled, as read for judging."""

    id: int
    ticket_id: int
    company_id: int
    target_id: int
    calendar_id: int | None
    tier_id: int | None
    partner_id: int | None
    key_client: bool
    state: str
    stopped_at: int | None
    warned: bool
    terms: Terms


def _as_column(name, alias):
    """Return the SQL for a value that arrives as epoch seconds or as it is."""
    column = SQL("%s.%s", SQL.identifier(alias), SQL.identifier(name))
    if INSERTED[name] == "bigint":
        return SQL("to_timestamp(%s) AT TIME ZONE 'UTC'", column)
    return column


def _arrays(names, rows):
    columns = zip(*rows, strict=True)
    return SQL(", ").join(
        SQL("%s::%s[]", list(column), SQL(INSERTED[name]))
        for name, column in zip(names, columns, strict=True)
    )


def _names(names):
    return SQL(", ").join(map(SQL.identifier, names))


class SlaClock(models.Model):
    """One promise on one ticket.

    A clock keeps the target, tier and calendar it was made under: a later change of
    the policy does not touch it. Rows are written by the ticket's sync and by the due
    job only, in SQL.
    """

    _name = "sla.clock"
    _description = "Clock"
    _log_access = False
    _order = "due_at, id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", readonly=True
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    policy_id = LooseMany2one("sla.policy", readonly=True)
    target_id = LooseMany2one("sla.target", readonly=True)
    metric = fields.Selection(METRICS, required=True, readonly=True)
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
    pause_on_client = fields.Boolean(string="Pause for client", readonly=True)
    pause_on_third_party = fields.Boolean(string="Pause for third party", readonly=True)
    item_limit = fields.Boolean(string="Item limit", readonly=True)
    key_client = fields.Boolean(string="Key client", readonly=True)
    warn_percent = fields.Integer(string="Warn at %", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    started_at = fields.Datetime(string="Started at", required=True, readonly=True)
    due_at = fields.Datetime(string="Due at", readonly=True, help="Empty while paused.")
    warn_at = fields.Datetime(string="Warn at", readonly=True)
    warned_at = fields.Datetime(string="Warned at", readonly=True)
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
    failures = fields.Integer(
        readonly=True, help="How often the due job could not handle this clock."
    )
    replaced_by_id = LooseMany2one("sla.clock", string="Replaced by", readonly=True)
    explanation = fields.Html(compute="_compute_explanation")

    _ticket_idx = models.Index("(ticket_id)")
    _next_event_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    _live_uniq = models.UniqueIndex("(ticket_id, metric) WHERE state <> 'cancelled'")

    @api.depends_context("lang")
    @api.depends("ticket_id", "metric")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for clock in self:
            number = clock.ticket_id.number or ""
            clock.display_name = f"{number} {metrics.get(clock.metric, '')}".strip()

    @api.depends_context("lang", "tz")
    def _compute_explanation(self):
        for clock in self:
            clock.explanation = clock._explanation_table()

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def _info(self):
        """Return one JSON-able dict per clock for the widgets; times as ISO text."""
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        return [
            {
                "id": clock.id,
                "ticket_id": clock.ticket_id.id,
                "metric": clock.metric,
                "metric_label": metrics[clock.metric],
                "state": clock.state,
                "due_at": fields.Datetime.to_string(clock.due_at),
                "started_at": fields.Datetime.to_string(clock.started_at),
                "stopped_at": fields.Datetime.to_string(clock.stopped_at),
                "warn_at": fields.Datetime.to_string(clock.warn_at),
                "seconds": clock.seconds,
                "overrun_seconds": clock.overrun_seconds,
                "paused_seconds_left": clock._paused_seconds_left(),
                # As superuser: only the names of what was promised.
                "policy": clock.policy_id.sudo().exists().name or "",
                "target": clock.target_id.sudo().exists().display_name or "",
            }
            for clock in self
        ]

    def _paused_seconds_left(self):
        """Return the working seconds that a paused clock has left, else False."""
        self.ensure_one()
        if self.state != states.PAUSED:
            return False
        return self.seconds - sum(part.seconds for part in self._explain())

    def _client_info(self):
        """Return what a client may see of the clocks: what is promised and when."""
        keys = ("metric", "metric_label", "state", "due_at", "stopped_at")
        return [{key: info[key] for key in keys} for info in self._info()]

    def _explain(self, at=None):
        """Return how the due time comes about: parts that sum to the promise.

        :param at: naive UTC; now if not given
        :return: list of :class:`~..engine.clock.Part` with naive UTC datetimes; the
            last one has no stop while nothing is counting
        """
        self.ensure_one()
        self.check_access("read")
        clock = self.sudo()  # who may read the clock may know its timeline
        ticket = clock.ticket_id
        timeline = self.env["sla.span"].sudo()._timelines(ticket.ids).get(ticket.id)
        if not timeline:
            return []
        terms = clock._terms()
        responded = ticket.first_response_at
        stop = stopped(terms, timeline, to_epoch(responded) if responded else None)
        if stop is None and clock.stopped_at:
            stop = to_epoch(clock.stopped_at)
        parts = engine.explain(
            terms.started,
            terms.seconds,
            counted_spans(terms, timeline),
            stop,
            max(to_epoch(at or fields.Datetime.now()), timeline[-1].start),
            clock._worktime(terms.started),
        )
        return [
            part._replace(start=to_datetime(part.start), stop=to_datetime(part.stop))
            for part in parts
        ]

    def _explain_rows(self):
        """Return the parts of :meth:`_explain` with why, where and who, as dicts."""
        spans = self.sudo().ticket_id.span_ids.sorted(
            lambda span: (span.start, span.id)
        )
        rows = []
        for part in self._explain():
            span = spans.filtered(lambda span, at=part.start: span.start <= at)[-1:]
            rows.append(
                {
                    **part._asdict(),
                    "reason": "" if part.counted else self._uncounted_reason(span),
                    "user": span.user_id.exists().name or "",
                    "team": span.team_id.exists().name or "",
                    "stage": span.stage_id.exists().name or "",
                }
            )
        return rows

    def _uncounted_reason(self, span):
        if not span.active:
            return self.env._("archived")
        if span.cancels:
            return self.env._("cancelled")
        if span.solved:
            return self.env._("solved")
        if span.waiting_on == "client":
            return self.env._("waiting for the client")
        return self.env._("waiting for a third party")

    def _explanation_table(self):
        """Return the explanation as an HTML table in the reader's time zone."""
        self.ensure_one()

        def local(at):
            return at and fields.Datetime.context_timestamp(self, at).strftime(
                "%Y-%m-%d %H:%M:%S"
            )

        rows = Markup().join(
            Markup("<tr>%s</tr>")
            % Markup().join(
                Markup("<td>%s</td>") % cell
                for cell in (
                    local(part["start"]),
                    local(part["stop"]) or "…",
                    _hms(part["seconds"]) if part["counted"] else part["reason"],
                    part["stage"],
                    part["user"] or part["team"],
                )
            )
            for part in self._explain_rows()
        )
        heads = (
            self.env._("From"),
            self.env._("To"),
            self.env._("Counted"),
            self.env._("Stage"),
            self.env._("Held by"),
        )
        head = Markup().join(Markup("<th>%s</th>") % text for text in heads)
        return Markup(
            '<table class="table table-sm"><thead><tr>%s</tr></thead>'
            "<tbody>%s</tbody></table>"
        ) % (head, rows)

    def _terms(self):
        self.ensure_one()
        return Terms(
            self.metric,
            to_epoch(self.started_at),
            self.seconds,
            self.pause_on_client,
            self.pause_on_third_party,
            self.warn_percent,
        )

    def _worktime(self, start):
        """Return the working time of this clock, from ``start`` (epoch seconds)."""
        self.ensure_one()
        return self._worktime_of(self.company_id.id, self.calendar_id.id, start, {})

    # ------------------------------------------------------------------
    # Following the timeline
    # ------------------------------------------------------------------

    @api.model
    def _follow(self, changes, responded):
        """Bring the clocks of changed tickets up to date with their timelines.

        :param changes: list of :class:`~..tools.timeline.Change`
        :param responded: {ticket id: epoch seconds of the first response} of all of
            these tickets that have been answered
        """
        old = [
            change.ticket_id
            for change in changes
            if not change.new and (change.counting or change.facts)
        ]
        timelines = self.env["sla.span"]._timelines(old) if old else {}
        for change in changes:
            if change.new:
                timelines[change.ticket_id] = (change.moment,)
        now = {change.ticket_id: change.at for change in changes}
        known = {}
        judged = self._judge(
            self._live(old) if old else [], timelines, responded, now, known
        )
        matched = [change for change in changes if change.new or change.facts]
        if matched:
            self._promise(matched, judged, timelines, responded, known)
        touched = {clock.ticket_id for clock, _out in judged.values()}
        touched.update(change.ticket_id for change in matched)
        self._refresh_tickets(touched)

    @api.model
    def _answer(self, found, now):
        """Judge the first response clocks of tickets that have been answered.

        :param found: {ticket id: epoch seconds of the answer}
        :param now: epoch seconds at which it became known
        """
        clocks = [
            clock
            for clock in self._live(found)
            if clock.terms.metric == states.FIRST_RESPONSE and clock.state != states.MET
        ]
        if clocks:
            timelines = self.env["sla.span"]._timelines(found)
            self._judge(clocks, timelines, found, dict.fromkeys(found, now), {})
            self._refresh_tickets(found)

    @api.model
    def _judge(self, clocks, timelines, responded, now, known):
        """Judge clocks by their timelines and write what has changed.

        :return: {(ticket id, metric): (Live, Outcome or None if it is closed for good)}
        """
        result, updates, missed, kept = {}, [], [], []
        for clock in clocks:
            ticket = clock.ticket_id
            out = None
            if self._may_change(clock, timelines[ticket]):
                out = self._outcome(
                    clock.company_id,
                    clock.calendar_id,
                    clock.terms,
                    timelines[ticket],
                    responded.get(ticket),
                    now[ticket],
                    known,
                )
                if not self._changes(clock, out):
                    out = None
            if out is not None:
                updates.append((clock.id, *self._judged_values(out, clock.warned)))
                if out.state == states.MISSED:
                    missed.append(clock.id)
                elif clock.state == states.MISSED:
                    kept.append(clock.id)
            result[ticket, clock.terms.metric] = (clock, out)
        self._update(updates)
        breaches = self.env["sla.breach"]
        breaches._withdraw(kept)
        breaches._record(missed)
        return result

    @api.model
    def _may_change(self, clock, timeline):
        """Tell whether events can still change this clock.

        Solving again what was reopened is the same promise; the rest that is met
        stays met. What was missed and has stopped changes only by late evidence.
        """
        if clock.state == states.MET:
            last = timeline[-1]
            return clock.terms.metric == states.RESOLUTION and not (
                last.solved or last.cancels
            )
        return True

    @api.model
    def _changes(self, clock, out):
        """Tell whether this outcome is to be written."""
        if clock.state != states.MISSED:
            return True
        if clock.stopped_at is not None:
            return out.state == states.MET
        if out.state == states.CANCELLED:
            return False
        return out.state != states.MISSED or out.stop is not None

    @api.model
    def _promise(self, changes, judged, timelines, responded, known):
        """Match changed tickets anew: make clocks, replace those that are bettered."""
        matches = self.env["sla.policy"]._match(
            [(change, timelines[change.ticket_id][0].start) for change in changes]
        )
        cancelled, rows = [], []
        for change in changes:
            timeline = timelines[change.ticket_id]
            if timeline[-1].cancels:
                continue
            key_client, promises = matches[change.ticket_id]
            for metric, promise in promises.items():
                clock, current = judged.get((change.ticket_id, metric), (None, None))
                calendar_id = promise.calendar(change.team_calendar_id)
                if clock is None:
                    if not change.new and self._too_late(
                        metric, timeline, responded.get(change.ticket_id)
                    ):
                        continue
                    start = timeline[0].start
                elif (
                    current is None
                    or current.state not in states.OPEN_STATES
                    or promise.rematch == "keep"
                    or self._is_same(clock, change, promise, calendar_id, key_client)
                ):
                    continue
                else:
                    restart = promise.rematch == "restart"
                    start = change.at if restart else clock.terms.started
                terms = self._new_terms(change, promise, calendar_id, start, known)
                out = self._outcome(
                    change.company_id,
                    calendar_id,
                    terms,
                    timeline,
                    responded.get(change.ticket_id),
                    change.at,
                    known,
                )
                if clock is not None:
                    if promise.rematch == "better" and current.until < out.until:
                        continue
                    cancelled.append((clock.id, change.ticket_id, metric, change.at))
                rows.append(
                    (
                        change.ticket_id,
                        change.company_id,
                        promise.policy_id,
                        promise.target_id,
                        metric,
                        change.tier_id,
                        change.partner_id,
                        calendar_id,
                        terms.seconds,
                        terms.pause_on_client,
                        terms.pause_on_third_party,
                        promise.item_limit,
                        key_client,
                        terms.warn_percent,
                        terms.started,
                        *self._judged_values(out, False),
                    )
                )
        self._replace(cancelled, rows)

    @api.model
    def _too_late(self, metric, timeline, responded):
        """Tell whether there is nothing left to promise on a ticket already served."""
        if metric == states.FIRST_RESPONSE:
            return responded is not None
        return timeline[-1].solved

    @api.model
    def _is_same(self, clock, change, promise, calendar_id, key_client):
        return (
            clock.target_id,
            clock.calendar_id,
            clock.tier_id,
            clock.partner_id,
            clock.key_client,
        ) == (
            promise.target_id,
            calendar_id,
            change.tier_id,
            change.partner_id,
            key_client,
        )

    @api.model
    def _new_terms(self, change, promise, calendar_id, start, known):
        key = ("terms", change.company_id, calendar_id, promise, start)
        if key not in known:
            worktime = self._worktime_of(change.company_id, calendar_id, start, known)
            known[key] = Terms(
                promise.metric,
                start,
                promise.seconds(start, worktime),
                promise.pause_on_client,
                promise.pause_on_third_party,
                promise.warn_percent,
            )
        return known[key]

    @api.model
    def _outcome(self, company_id, calendar_id, terms, timeline, responded, now, known):
        """Return the outcome of these terms; equal questions are answered once."""
        key = (company_id, calendar_id, terms, timeline, responded, now)
        if key not in known:
            worktime = self._worktime_of(company_id, calendar_id, terms.started, known)
            known[key] = outcome(terms, timeline, responded, now, worktime)
        return known[key]

    @api.model
    def _worktime_of(self, company_id, calendar_id, start, known):
        """Return the working time of a calendar of which at least ``start`` is known.

        A calendar that is gone or has lost its working time never stops a ticket: the
        promise then counts around the clock, and the log says so.
        """
        key = (company_id, calendar_id)
        if key not in known:
            calendar = self.env["resource.calendar"].sudo().browse(calendar_id or ())
            company = self.env["res.company"].sudo().browse(company_id)
            worktime = calendar.exists()._worktime(company, start, start)
            try:
                worktime.add(start, 1)
            except NoWorkingTime:
                _logger.warning("Working schedule %s has no working time", calendar_id)
                worktime = ALWAYS
            known[key] = worktime
        return known[key]

    @api.model
    def _judged_values(self, out, warned):
        """Return the values of JUDGED, also the last columns of INSERTED."""
        return (
            out.state,
            out.due,
            out.stop,
            out.overrun,
            out.warn,
            out.next_event(warned),
        )

    # ------------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------------

    @api.model
    def _live(self, ticket_ids):
        """Return the clocks of tickets that are not cancelled, as Live, by one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, ticket_id, company_id, target_id, calendar_id, tier_id,
                       partner_id, COALESCE(key_client, FALSE), state, %s,
                       warned_at IS NOT NULL, metric, %s, seconds,
                       COALESCE(pause_on_client, FALSE),
                       COALESCE(pause_on_third_party, FALSE), COALESCE(warn_percent, 0)
                  FROM sla_clock
                 WHERE ticket_id = ANY(%s) AND state <> 'cancelled'
                 ORDER BY id
                """,
                epoch("stopped_at"),
                epoch("started_at"),
                list(ticket_ids),
            )
        )
        return [Live(*row[:11], Terms(*row[11:])) for row in rows]

    @api.model
    def _update(self, rows):
        """Write judged values: rows of (clock id, *JUDGED)."""
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET (%s) = ROW(%s)
                  FROM unnest(%s::int[], %s) v (id, %s)
                 WHERE c.id = v.id
                """,
                _names(JUDGED),
                SQL(", ").join(_as_column(name, "v") for name in JUDGED),
                [row[0] for row in rows],
                _arrays(JUDGED, [row[1:] for row in rows]),
                _names(JUDGED),
            )
        )

    @api.model
    def _replace(self, cancelled, rows):
        """Cancel clocks (id, ticket, metric, at), insert new ones, link the two."""
        if cancelled:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE sla_clock c
                       SET state = 'cancelled', next_event_at = NULL,
                           stopped_at = to_timestamp(v.at) AT TIME ZONE 'UTC'
                      FROM unnest(%s::int[], %s::bigint[]) v (id, at)
                     WHERE c.id = v.id
                    """,
                    [row[0] for row in cancelled],
                    [row[3] for row in cancelled],
                )
            )
        if not rows:
            return
        names = tuple(INSERTED)
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO sla_clock (%s)
                SELECT %s FROM unnest(%s) v (%s)
                RETURNING id, ticket_id, metric, state
                """,
                _names(names),
                SQL(", ").join(_as_column(name, "v") for name in names),
                _arrays(names, rows),
                _names(names),
            )
        )
        if cancelled:
            new = {(ticket, metric): id_ for id_, ticket, metric, _state in inserted}
            self.env.cr.execute(
                SQL(
                    "UPDATE sla_clock c SET replaced_by_id = v.new "
                    "FROM unnest(%s::int[], %s::int[]) v (id, new) WHERE c.id = v.id",
                    [row[0] for row in cancelled],
                    [new[row[1], row[2]] for row in cancelled],
                )
            )
        self.env["sla.breach"]._record(
            [id_ for id_, _ticket, _metric, state in inserted if state == states.MISSED]
        )

    @api.model
    def _refresh_tickets(self, ticket_ids):
        """Keep the earliest due time of what is still owed on the tickets."""
        if not ticket_ids:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE helpdesk_ticket t
                   SET sla_due_at = d.due_at
                  FROM (SELECT i.id, min(c.due_at) AS due_at
                          FROM unnest(%s::int[]) i (id)
                          LEFT JOIN sla_clock c ON c.ticket_id = i.id
                           AND (c.state IN ('running', 'paused')
                                OR c.state = 'missed' AND c.stopped_at IS NULL)
                         GROUP BY i.id) d
                 WHERE t.id = d.id AND t.sla_due_at IS DISTINCT FROM d.due_at
                """,
                sorted(ticket_ids),
            )
        )


def _hms(seconds):
    """Return seconds as hours, minutes and seconds.

    >>> _hms(3725)
    '1:02:05'
    """
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
