import logging

from odoo import api, models

from odoo.addons.resource_worktime.engine.worktime import ALWAYS, NoWorkingTime

from ..engine import states
from ..engine.rounds import Course
from ..engine.story import tell
from ..engine.verdicts import ending, outcome

_logger = logging.getLogger(__name__)

#: Metrics of which a contact may begin a round.
BEGUN_BY_CONTACT = frozenset((states.NEXT_RESPONSE, states.UPDATE))


class SlaClock(models.Model):
    """Following the story of tickets: judging their clocks."""

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
        again, heard = self._concerned(changes, timelines, live)
        for change in changes:
            if change.new:
                timelines[change.ticket_id] = self.env["sla.span"]._opening(change)
        stories = self._stories(timelines, responded, heard)
        known = {}
        now = {change.ticket_id: change.at for change in changes}
        judged = self._judge(live, stories, now, known)
        matched = [change for change in changes if change.new or change.facts]
        if matched or again:
            self._promise([*matched, *again], judged, stories, known)

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

    @api.model
    def _may_hear(self, clock):
        """Tell whether a contact concerns this clock, or the rounds after it."""
        return clock.terms.metric != states.RESOLUTION

    @api.model
    def _concerned(self, changes, timelines, live):
        """Return (changes that may begin a round beside those that match anew, ids of
        the tickets whose contacts must be known).

        Contacts cost nothing where no promise depends on them.
        """
        again = self._turned(changes, timelines)
        facts = [change for change in changes if change.facts and not change.new]
        promises = list(self._promises()) if again or facts else []
        if not any(_recurs(promise) for promise in promises):
            again = []
        if not any(promise.metric in states.BY_CONTACT for promise in promises):
            facts = []
        heard = {
            clock.ticket_id
            for clock in live
            if clock.terms.metric in states.BY_CONTACT and clock.owed
        }
        return again, heard.union(change.ticket_id for change in (*again, *facts))

    @api.model
    def _promises(self):
        return (
            promise
            for rule in self.env["sla.policy"]._rules()
            for promise in rule.promises
        )

    @api.model
    def _turned(self, changes, timelines):
        """Return changes, not of facts, that solve or reopen: a round may begin."""
        return [
            change
            for change in changes
            if change.counting
            and not (change.new or change.facts)
            and _solved_before(timelines[change.ticket_id], change)
            not in (None, change.moment.solved)
        ]

    @api.model
    def _stories(self, timelines, responded, heard):
        """Return {ticket id: Story}; contacts are read for the tickets in ``heard``."""
        answers, asks = self.env["vip.contact"]._of(heard) if heard else ({}, {})
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


def _solved_before(timeline, change):
    """Return whether the ticket was solved just before the change; None if it is new."""
    before = (moment for moment in reversed(timeline) if moment.start < change.at)
    return next((moment.solved for moment in before), None)


def _recurs(promise):
    """Tell whether solving or reopening may begin a round of a promise."""
    return promise.metric in BEGUN_BY_CONTACT or promise.course != Course()
