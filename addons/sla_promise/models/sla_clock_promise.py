from odoo import api, models

from ..engine import states
from ..engine.escalation import compiled
from ..engine.rounds import begins, open_round
from ..engine.verdicts import Terms

#: What a ticket is matched to where it is not matched: (key client, {metric: Promise}).
NOTHING = (False, {})


class SlaClock(models.Model):
    """Making the clocks of rounds that begin, replacing those that are bettered."""

    _inherit = "sla.clock"

    @api.model
    def _promise(self, changes, judged, stories, known, metrics=None):
        """Match tickets: make clocks of rounds that begin, replace what is bettered.

        What counts from the opening is promised under the policies of that day, a later
        round under those of the day on which it begins.

        :param metrics: only these; None: all
        """
        policies = self.env["sla.policy"]
        fresh = [change for change in changes if change.new or change.facts]
        old = [change for change in changes if not change.new]
        first = policies._match([(c, stories[c.ticket_id].opening) for c in fresh])
        later = policies._match([(c, c.at) for c in old]) if old else {}
        cancelled, rows = [], []
        for change in changes:
            story = stories[change.ticket_id]
            if story.moments[-1].cancels:
                continue
            at_first = first.get(change.ticket_id, NOTHING)
            at_last = later.get(change.ticket_id, at_first)
            replaced = self._replacements(
                change, judged, story, at_first, at_last, known
            )
            cancelled += [
                (clock.id, change.ticket_id, clock.terms.metric, change.at)
                for clock, _row in replaced
            ]
            rows += [row for _clock, row in replaced]
            for number, begin, key_client, promise in self._beginnings(
                change, judged, story, at_first, at_last, metrics
            ):
                rows += self._new_clock(
                    change, promise, key_client, number, begin, story, known
                )
        self._replace(cancelled, rows)
        self._waive(first)

    @api.model
    def _replacements(self, change, judged, story, first, later, known):
        """Return [(Live, row of the clock that takes its place)] of a changed ticket."""
        result = []
        for metric in first[1]:
            clock, out = _running(judged.get((change.ticket_id, metric), ()))
            if clock is None:
                continue
            match = first if clock.terms.began == story.opening else later
            if metric in match[1]:
                row = self._rematch(clock, out, change, *match, story, known)
                if row:
                    result.append((clock, row))
        return result

    @api.model
    def _rematch(self, clock, out, change, key_client, promises, story, known):
        """Return the row of the clock that takes the place of this one, or None."""
        promise = promises[clock.terms.metric]
        calendar_id = promise.calendar(change.team_calendar_id)
        if promise.rematch == "keep" or self._is_same(
            clock, change, promise, calendar_id, key_client
        ):
            return None
        start = change.at if promise.rematch == "restart" else clock.terms.started
        terms = self._new_terms(
            change, promise, calendar_id, start, clock.terms.began, known
        )
        new = self._outcome(
            change.company_id, calendar_id, terms, story, change.at, known
        )
        if promise.rematch == "better" and out.until < new.until:
            return None
        # Nobody is told a second time by the same levels counted from the same start.
        same = (clock.terms.started, clock.terms.level_ids) == (start, terms.level_ids)
        return self._new_row(
            change,
            promise,
            calendar_id,
            key_client,
            clock.round,
            terms,
            new,
            clock.fired if same else 0,
        )

    @api.model
    def _beginnings(self, change, judged, story, first, later, metrics):
        """Return (number, begin, key client, Promise) of the rounds to be promised.

        A new ticket is promised all of its rounds, also those that are over with its
        making; another one what goes on now and no clock of it covers.
        """
        result = []
        for metric in first[1].keys() | later[1].keys():
            clocks = judged.get((change.ticket_id, metric), ())
            if metrics is not None and metric not in metrics or _owed(clocks):
                continue
            if change.new:
                promise = first[1][metric]
                starts = begins(metric, story, promise.course)
                result += [
                    (number, begin, first[0], promise)
                    for number, begin in enumerate(starts, 1)
                ]
            else:
                result += self._next_round(change, metric, clocks, story, first, later)
        return result

    @api.model
    def _next_round(self, change, metric, clocks, story, first, later):
        """Return the round of a metric that goes on and has no clock, as a list."""
        promise = first[1].get(metric) or later[1][metric]
        found = open_round(metric, story, promise.course)
        if found is None or any(c.terms.began == found[1] for c, _out in clocks):
            return []
        number, begin = found
        key_client, promises = first
        if begin > story.opening:
            key_client, promises = later
            if begin < change.at:
                # Late evidence: the round began some time ago.
                match = self.env["sla.policy"]._match([(change, begin)])
                key_client, promises = match[change.ticket_id]
        if metric not in promises:
            return []
        last = max((clock.round for clock, _out in clocks), default=0)
        return [(max(number, last + 1), begin, key_client, promises[metric])]

    @api.model
    def _new_clock(self, change, promise, key_client, number, begin, story, known):
        """Return the row of the clock of a round as a list; empty if it has lapsed."""
        calendar_id = promise.calendar(change.team_calendar_id)
        terms = self._new_terms(change, promise, calendar_id, begin, begin, known)
        # A new ticket is judged as of its opening, or after outages since.
        now = story.moments[-1].start if change.new else change.at
        out = self._outcome(change.company_id, calendar_id, terms, story, now, known)
        if out.state == states.CANCELLED:
            return []
        return [
            self._new_row(change, promise, calendar_id, key_client, number, terms, out)
        ]

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
            promise.match_id,
            promise.metric,
            number,
            change.tier_id,
            change.partner_id,
            calendar_id,
            terms.seconds,
            terms.pause_on_client,
            terms.pause_on_third_party,
            terms.pause_on_outage,
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
    def _new_terms(self, change, promise, calendar_id, start, began, known):
        """Return the Terms of a promise that counts from ``start``."""
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
                promise.pause_on_outage,
            )
        return known[key]


def _owed(clocks):
    """Tell whether one of the judged clocks still owes what it promised."""
    return any((clock if out is None else out).owed for clock, out in clocks)


def _running(clocks):
    """Return the (Live, Outcome) among these that runs or pauses, else two Nones."""
    for clock, out in clocks:
        if out is not None and out.state in states.OPEN_STATES:
            return clock, out
    return None, None
