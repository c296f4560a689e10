"""What the story of a ticket makes of one of its clocks. Plain Python, no ORM."""

from typing import NamedTuple

from .clock import Span, instants, judge
from .rounds import end
from .states import CANCELLED, MET, MISSED, OPEN_STATES, RUNNING
from .terms import Judged, is_owed
from .timeline import cancelled_since


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

    @property
    def owed(self):
        """Whether the promised thing is still to come, in time or late."""
        return is_owed(self.state, self.stop)

    def judged(self, fired):
        """Return it as a clock keeps it, with the instant of its next event.

        :param fired: how many of its levels are fired
        """
        return Judged(
            self.state,
            self.due,
            self.stop,
            self.overrun,
            self.warn,
            self.next_event(fired),
            self.levels,
        )

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
    counts, metric = terms.course.counts, terms.metric
    return [
        Span(moment.start, moment.stop, counts(moment, metric)) for moment in timeline
    ]


def ending(terms, story):
    """Return (stop, lapse): when it happened, or when it was owed no more; or None.

    A ticket that is cancelled is owed nothing more.
    """
    stop, lapse = end(terms.metric, terms.began_at, story, terms.course)
    if stop is None and lapse is None:
        lapse = cancelled_since(story.moments)
    return stop, lapse


def outcome(terms, moments, stop, lapse, now, worktime):
    """Return the :class:`Outcome` of a clock as of ``now``.

    A promise that lapses before it is due is cancelled; one that was late by then has
    its breach, measured up to the lapse.

    :param stop: when the promised thing happened, None if it has not
    :param lapse: when nothing was owed any more, None if it still is
    """
    start, seconds = terms.started_at, terms.seconds
    spans = counted_spans(terms, moments)
    over = lapse if stop is None else stop
    verdict = judge(start, seconds, spans, over, now, worktime)
    if stop is None and lapse is not None and verdict.state != MISSED:
        return Outcome(CANCELLED, verdict.due, lapse, None, None, None)
    warn = until = None
    if over is None:
        until = verdict.due
        if until is None:
            until = worktime.add(now, verdict.remaining)
    levels = ()
    if verdict.state != MET:  # of a kept promise there is nothing left to tell
        levels = instants(start, terms.level_offsets, spans, over, now, worktime)
    if verdict.state == RUNNING and levels and levels[0] < verdict.due:
        warn = levels[0]
    return Outcome(
        verdict.state, verdict.due, verdict.stop, verdict.overrun, warn, until, levels
    )


def outcome_of_stopped(clock, story, now, worktime):
    """Return the outcome of a clock that has stopped and keeps its stop.

    Only its due time and overrun are found anew, such as after an outage was declared.
    """
    terms, stopped_at = clock.terms, clock.judged.stopped_at
    read = (counted_spans(terms, story.moments), stopped_at, now, worktime)
    state, due, stop, _remaining, overrun = judge(
        terms.started_at, terms.seconds, *read
    )
    if state == MET and ending(terms, story) == (None, stop):
        state = CANCELLED  # in time after all when it was owed no more
    levels = ()
    if state == MISSED:
        levels = instants(terms.started_at, terms.level_offsets, *read)
    return Outcome(state, due, stop, overrun, None, None, levels)
