"""What the timeline of a ticket makes of one of its clocks. Plain Python, no ORM."""

from typing import NamedTuple

from ..engine.clock import Span, instants, judge
from ..engine.states import CANCELLED, FIRST_RESPONSE, MET, MISSED, OPEN_STATES, RUNNING
from .timeline import cancelled_since, counts, solved_since


class Terms(NamedTuple):
    """A promise as a clock keeps it; times in epoch seconds.

    ``levels``: after how many seconds each level of its escalation is reached.
    """

    metric: str
    started: int
    seconds: int
    pause_on_client: bool
    pause_on_third_party: bool
    levels: tuple


class Outcome(NamedTuple):
    """What is true of a clock; ``until``: its due time if it went on counting now.

    ``levels``: the instants of the levels, as far as they are known.
    """

    state: str
    due: int | None
    stop: int | None
    overrun: int | None
    warn: int | None
    until: int | None
    levels: tuple = ()

    def next_event(self, fired):
        """Return when the due job must look at the clock, None if it need not.

        A level reached before a late stop is still to be fired after it.

        :param fired: how many of its levels are fired
        """
        # Only a clock that paused with its very last second has a due time then.
        due = self.due if self.state in OPEN_STATES else None
        level = self.levels[fired] if fired < len(self.levels) else None
        return min((at for at in (level, due) if at is not None), default=None)


def counted_spans(terms, timeline):
    """Return the timeline as the engine reads it for these terms."""
    return [
        Span(
            moment.start,
            moment.stop,
            counts(moment, terms.pause_on_client, terms.pause_on_third_party),
        )
        for moment in timeline
    ]


def stopped(terms, timeline, responded):
    """Return when the promised thing happened, None if it has not."""
    if terms.metric == FIRST_RESPONSE:
        return responded
    return solved_since(timeline)


def outcome(terms, timeline, responded, now, worktime):
    """Return the :class:`Outcome` of a clock as of ``now``.

    A ticket that is cancelled before the promise is due is owed nothing more; one that
    was late by then has its breach, measured up to the cancellation.

    :param responded: when the client was first answered, None if not yet
    """
    spans = counted_spans(terms, timeline)
    stop = stopped(terms, timeline, responded)
    cancelled = cancelled_since(timeline) if stop is None else None
    end = stop if cancelled is None else cancelled
    verdict = judge(terms.started, terms.seconds, spans, end, now, worktime)
    if cancelled is not None and verdict.state != MISSED:
        return Outcome(CANCELLED, verdict.due, cancelled, None, None, None)
    warn = until = None
    if end is None:
        until = verdict.due
        if until is None:
            until = worktime.add(now, verdict.remaining)
    levels = ()
    if verdict.state != MET:  # of a kept promise there is nothing left to tell
        levels = instants(terms.started, terms.levels, spans, end, now, worktime)
    if verdict.state == RUNNING and levels and levels[0] < verdict.due:
        warn = levels[0]
    return Outcome(
        verdict.state, verdict.due, verdict.stop, verdict.overrun, warn, until, levels
    )
