import logging

from odoo import api, models

from ..engine import states
from ..engine.worktime import ALWAYS, NoWorkingTime
from ..tools.escalation import compiled
from ..tools.verdicts import Terms, outcome

_logger = logging.getLogger(__name__)


class SlaClock(models.Model):
    """Following the timeline: judging clocks, making and replacing them."""

    _inherit = "sla.clock"

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
                updates.append((clock.id, *self._judged_values(out, clock.fired)))
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
        return (
            out.state != states.MISSED
            or out.stop is not None
            or out.levels != clock.level_at
        )

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
                level_ids = self._level_ids(promise, terms, known)
                fired = self._fired_before(clock, terms, level_ids)
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
                        level_ids,
                        terms.levels,
                        fired,
                        terms.started,
                        *self._judged_values(out, fired),
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
                (),
            )
            levels = compiled(promise.levels, known[key].seconds)[1]
            known[key] = known[key]._replace(levels=levels)
        return known[key]

    @api.model
    def _level_ids(self, promise, terms, known):
        """Return the ids of the levels of a promise, in the order of its terms."""
        key = ("levels", promise.levels, terms.seconds)
        if key not in known:
            known[key] = compiled(promise.levels, terms.seconds)[0]
        return known[key]

    @api.model
    def _fired_before(self, clock, terms, level_ids):
        """Return how many levels its predecessor has fired: nobody is told twice."""
        if clock is None or clock.terms.started != terms.started:
            return 0
        return clock.fired if clock.level_ids == level_ids else 0

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
    def _judged_values(self, out, fired):
        """Return the values of JUDGED, also the last columns of INSERTED."""
        return (
            out.state,
            out.due,
            out.stop,
            out.overrun,
            out.warn,
            out.next_event(fired),
            out.levels,
        )
