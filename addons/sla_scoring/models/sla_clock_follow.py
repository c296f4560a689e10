import logging

from odoo import api, models

from ..engine import states
from ..engine.worktime import ALWAYS, NoWorkingTime
from ..tools.escalation import compiled
from ..tools.rounds import Course, begins, open_round
from ..tools.story import tell
from ..tools.verdicts import Terms, ending, outcome

_logger = logging.getLogger(__name__)

#: Metrics of which a contact may begin a round.
BEGUN_BY_CONTACT = frozenset((states.NEXT_RESPONSE, states.UPDATE))


class SlaClock(models.Model):
    """Following the story of tickets: judging clocks, making and replacing them."""

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
            if not change.new and (change.counting or change.facts or change.taken)
        ]
        timelines = self.env["sla.span"]._timelines(old) if old else {}
        live = self._live(old) if old else []
        heard = self._by_contact(live)
        again = self._turned(changes, timelines)
        facts = [c for c in changes if c.facts and not c.new]
        if (again or facts) and self._recurs():
            heard.update(change.ticket_id for change in (*again, *facts))
        else:
            again = []
        for change in changes:
            if change.new:
                timelines[change.ticket_id] = (change.moment,)
        stories = self._stories(timelines, responded, heard)
        known = {}
        now = {change.ticket_id: change.at for change in changes}
        judged = self._judge(live, stories, now, known)
        matched = [change for change in changes if change.new or change.facts]
        if matched or again:
            self._promise([*matched, *again], judged, stories, known)
        touched = {ticket_id for ticket_id, _metric in judged}
        touched.update(change.ticket_id for change in matched)
        self._refresh_tickets(touched)

    @api.model
    def _hear(self, ticket_ids, responded, now):
        """Bring clocks up to date with contacts that have become known.

        :param responded: as :meth:`_follow`
        :param now: epoch seconds at which they became known
        """
        promised = BEGUN_BY_CONTACT & {promise.metric for promise in self._promises()}
        live = [clock for clock in self._live(ticket_ids) if self._may_hear(clock)]
        if not live and not promised:
            return
        stories = self._stories(
            self.env["sla.span"]._timelines(ticket_ids), responded, ticket_ids
        )
        known = {}
        judged = self._judge(live, stories, dict.fromkeys(stories, now), known)
        if promised:
            present = self.env["sla.span"]._present(list(stories), now)
            self._promise(present, judged, stories, known, promised)
        self._refresh_tickets(stories)

    @api.model
    def _may_hear(self, clock):
        """Tell whether a contact concerns this clock, or the rounds after it."""
        return clock.terms.metric != states.RESOLUTION

    @api.model
    def _by_contact(self, live):
        """Return the tickets whose clocks depend on contacts after the first."""
        return {
            clock.ticket_id
            for clock in live
            if clock.terms.metric in states.BY_CONTACT and clock.owed
        }

    @api.model
    def _promises(self):
        return (
            promise
            for rule in self.env["sla.policy"]._rules()
            for promise in rule.promises
        )

    @api.model
    def _recurs(self):
        """Tell whether any policy promises something that comes in several rounds."""
        return any(
            promise.metric in BEGUN_BY_CONTACT or promise.course != Course()
            for promise in self._promises()
        )

    @api.model
    def _turned(self, changes, timelines):
        """Return changes, not of facts, that solve or reopen: a round may begin."""
        return [
            change
            for change in changes
            if change.counting
            and not (change.new or change.facts)
            and len(timelines[change.ticket_id]) > 1
            and timelines[change.ticket_id][-2].solved != change.moment.solved
        ]

    @api.model
    def _stories(self, timelines, responded, heard):
        """Return {ticket id: Story}; contacts are read for the tickets in ``heard``."""
        answers, asks = self.env["sla.contact"]._of(heard) if heard else ({}, {})
        return {
            ticket_id: tell(
                moments,
                responded.get(ticket_id),
                answers.get(ticket_id, ()),
                asks.get(ticket_id, ()),
            )
            for ticket_id, moments in timelines.items()
        }

    @api.model
    def _judge(self, clocks, stories, now, known):
        """Judge clocks by the stories of their tickets and write what has changed.

        :return: {(ticket id, metric): [(Live, Outcome or None if nothing changes)]}
        """
        result, updates, missed, kept = {}, [], [], []
        for clock in clocks:
            ticket = clock.ticket_id
            story = stories[ticket]
            out = None
            if self._may_change(clock, story.moments):
                out = self._outcome(
                    clock.company_id,
                    clock.calendar_id,
                    clock.terms,
                    story,
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
            result.setdefault((ticket, clock.terms.metric), []).append((clock, out))
        self._update(updates)
        breaches = self.env["sla.breach"]
        breaches._withdraw(kept)
        breaches._record(missed)
        return result

    @api.model
    def _may_change(self, clock, timeline):
        """Tell whether events can still change this clock.

        Solving again what was reopened is the same promise, unless each reopening is
        promised anew; the rest that is met stays met. What was missed and has stopped
        changes only by late evidence.
        """
        if clock.state == states.MET:
            last = timeline[-1]
            return (
                clock.terms.metric == states.RESOLUTION
                and not clock.terms.course.new_on_reopening
                and not (last.solved or last.cancels)
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
    def _promise(self, changes, judged, stories, known, metrics=None):
        """Match tickets: make clocks of rounds that begin, replace what is bettered.

        :param metrics: only these; None: all
        """
        policies = self.env["sla.policy"]
        first = [c for c in changes if c.new or c.facts]
        matches = policies._match([(c, stories[c.ticket_id].opening) for c in first])
        again = [c for c in changes if not c.new]
        later = policies._match([(c, c.at) for c in again]) if again else {}
        cancelled, rows = [], []
        for change in changes:
            story = stories[change.ticket_id]
            if story.moments[-1].cancels:
                continue
            key_client, promises = matches.get(change.ticket_id, (False, {}))
            for metric, promise in promises.items():
                clock, out = _running(judged.get((change.ticket_id, metric), ()))
                if clock is None:
                    continue
                if clock.terms.began > story.opening:
                    promise = later[change.ticket_id][1].get(metric)
                if promise is not None:
                    row = self._rematch(
                        clock, out, change, promise, key_client, story, known
                    )
                    if row:
                        rows.append(row)
                        cancelled.append(
                            (clock.id, change.ticket_id, metric, change.at)
                        )
            for number, begin, key, promise in self._beginnings(
                change, judged, story, matches, later, metrics
            ):
                terms, calendar_id = self._new_terms(
                    change, promise, begin, begin, known
                )
                out = self._outcome(
                    change.company_id, calendar_id, terms, story, change.at, known
                )
                if out.state != states.CANCELLED:
                    rows.append(
                        self._new_row(
                            change, promise, calendar_id, key, number, terms, out
                        )
                    )
        self._replace(cancelled, rows)

    @api.model
    def _beginnings(self, change, judged, story, matches, later, metrics):
        """Return (number, begin, key client, Promise) of the rounds to be promised.

        A new ticket is promised all of its rounds, also those that are over with its
        making; another one what goes on now and no clock of it covers. What counts from
        the opening is promised under the policies of that day, a later round under
        those of the day on which it begins.
        """
        result = []
        key_client, promises = matches.get(change.ticket_id, (False, {}))
        if not change.new:
            key_again, again = later[change.ticket_id]
        else:
            key_again, again = key_client, promises
        for metric in promises.keys() | again.keys():
            if metrics is not None and metric not in metrics:
                continue
            clocks = judged.get((change.ticket_id, metric), ())
            if any((clock if out is None else out).owed for clock, out in clocks):
                continue
            promise = promises.get(metric) or again[metric]
            if change.new:
                starts = begins(metric, story, promise.course)
                result += [
                    (number, begin, key_client, promise)
                    for number, begin in enumerate(starts, 1)
                ]
                continue
            found = open_round(metric, story, promise.course)
            if found is None:
                continue
            number, begin = found
            if any(clock.terms.began == begin for clock, _out in clocks):
                continue
            key = key_client
            if begin > story.opening:
                key, promise = key_again, again.get(metric)
                if begin < change.at:
                    match = self.env["sla.policy"]._match([(change, begin)])
                    key, promise = match[change.ticket_id]
                    promise = promise.get(metric)
            elif metric not in promises:
                continue
            if promise is not None:
                last = max((clock.round for clock, _out in clocks), default=0)
                result.append((max(number, last + 1), begin, key, promise))
        return result

    @api.model
    def _rematch(self, clock, out, change, promise, key_client, story, known):
        """Return the row of the clock that takes the place of this one, or None."""
        if promise.rematch == "keep" or self._is_same(
            clock, change, promise, promise.calendar(change.team_calendar_id), key_client
        ):
            return None
        start = change.at if promise.rematch == "restart" else clock.terms.started
        terms, calendar_id = self._new_terms(
            change, promise, start, clock.terms.began, known
        )
        new = self._outcome(
            change.company_id, calendar_id, terms, story, change.at, known
        )
        if promise.rematch == "better" and out.until < new.until:
            return None
        # Nobody is told a second time by the same levels counted from the same start.
        same = (clock.terms.started, clock.terms.level_ids) == (start, terms.level_ids)
        fired = clock.fired if same else 0
        return self._new_row(
            change, promise, calendar_id, key_client, clock.round, terms, new, fired
        )

    @api.model
    def _new_row(
        self, change, promise, calendar_id, key_client, number, terms, out, fired=0
    ):
        """Return the values of INSERTED for a new clock."""
        return (
            change.ticket_id,
            change.company_id,
            promise.policy_id,
            promise.target_id,
            promise.metric,
            number,
            change.tier_id,
            change.partner_id,
            calendar_id,
            terms.seconds,
            terms.pause_on_client,
            terms.pause_on_third_party,
            promise.item_limit,
            key_client,
            terms.level_ids,
            terms.levels,
            fired,
            terms.started,
            None if terms.began == terms.started else terms.began,
            terms.course.from_solving,
            terms.course.new_on_reopening,
            *self._judged_values(out, fired),
        )

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
    def _new_terms(self, change, promise, start, began, known):
        """Return (Terms, calendar id) of a promise that counts from ``start``."""
        calendar_id = promise.calendar(change.team_calendar_id)
        key = ("terms", change.company_id, calendar_id, promise, start, began)
        if key not in known:
            worktime = self._worktime_of(change.company_id, calendar_id, start, known)
            seconds = promise.seconds(start, worktime)
            known[key] = Terms(
                promise.metric,
                start,
                seconds,
                promise.pause_on_client,
                promise.pause_on_third_party,
                *compiled(promise.levels, seconds),
                began,
                promise.course,
            )
        return known[key], calendar_id

    @api.model
    def _outcome(self, company_id, calendar_id, terms, story, now, known):
        """Return the outcome of these terms; equal questions are answered once."""
        stop, lapse = ending(terms, story)
        key = (company_id, calendar_id, terms, story.counting, stop, lapse, now)
        if key not in known:
            worktime = self._worktime_of(company_id, calendar_id, terms.started, known)
            known[key] = outcome(terms, story.moments, stop, lapse, now, worktime)
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


def _running(clocks):
    """Return the (Live, Outcome) among these that runs or pauses, else two Nones."""
    for clock, out in clocks:
        if out is not None and out.state in states.OPEN_STATES:
            return clock, out
    return None, None
