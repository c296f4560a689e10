"""Judging one promise on one timeline. Pure; every instant is an epoch integer (UTC).

A promise of ``seconds`` of work starts at ``start``. The timeline says in which spans
the clock counts. The promise is due at the instant at which the counted working time
reaches ``seconds``. Everything is judged by event times: when the question is asked
changes nothing about a clock that has stopped.
"""

from typing import NamedTuple

from .rounds import end
from .states import CANCELLED, MET, MISSED, OPEN_STATES, PAUSED, RUNNING
from .terms import MOST_SECONDS, Judged, is_owed
from .timeline import cancelled_since


class Span(NamedTuple):
    """A stretch of the timeline; ``stop`` is None while it goes on."""

    start: int
    stop: int | None
    counted: bool


class Verdict(NamedTuple):
    """What is true of a clock.

    ``due``: when the promise runs out, None while nothing is counting.
    ``stop``: when the clock stopped, None if it did not.
    ``remaining``: working seconds left of the promise, never negative.
    ``overrun``: counted working seconds between due and stop of a clock that was
    missed and has stopped, else None. It is 0 when nobody worked in between.
    """

    state: str
    due: int | None
    stop: int | None
    remaining: int
    overrun: int | None


class Part(NamedTuple):
    """A line of an explanation: from when to when, counted or not, how much of it."""

    start: int
    stop: int | None
    counted: bool
    seconds: int


def judge(start, seconds, spans, stopped_at, now, worktime, binds=None, late=None):
    """Return the :class:`Verdict` over a promise as of ``now``.

    * The timeline is read up to the stop, or up to now: its last span is taken to go on.
      So the due time of a stopped clock is the one that held when it stopped.
    * A stop exactly at the due time keeps the promise. Without a stop it is missed from
      the first second after the due time.
    * A clock that pauses, or stops, while nothing is counting has no due time; one that
      stops so has kept its promise. A due time already passed is never lost again; one
      that pauses exactly then has used no more than it may: it is due when it goes on.
    * A span counts from the start of the promise at the earliest; gaps do not count.
    * A promise that starts outside working time begins to count at the next opening.
    * One that did not bind when its limit passed is due when it begins to.

    :param start: when the promise was made
    :param seconds: the promised working time, greater than zero
    :param spans: :class:`Span` in order of time, disjoint; later ones may be unknown
    :param stopped_at: when the promised thing happened, or None
    :param worktime: a ``WorkTime`` that covers all of it
    :param binds: from when on it can be missed; None: always
    :param late: function that gives the ``WorkTime`` of what comes after the due time;
        None: the same

    >>> from odoo.addons.resource_worktime.engine.worktime import ALWAYS
    >>> judge(0, 100, [Span(0, 30, True), Span(30, 80, False), Span(80, None, True)],
    ...       None, 90, ALWAYS)
    Verdict(state='running', due=150, stop=None, remaining=60, overrun=None)
    >>> judge(0, 100, [Span(0, 30, True), Span(30, None, False)], None, 900, ALWAYS)
    Verdict(state='paused', due=None, stop=None, remaining=70, overrun=None)
    >>> judge(0, 100, [Span(0, None, True)], 100, 900, ALWAYS)
    Verdict(state='met', due=100, stop=100, remaining=0, overrun=None)
    >>> judge(0, 100, [Span(0, None, True)], 101, 900, ALWAYS)
    Verdict(state='missed', due=100, stop=101, remaining=0, overrun=1)
    >>> judge(0, 100, [Span(0, None, True)], 0, 900, ALWAYS)
    Verdict(state='met', due=100, stop=0, remaining=100, overrun=None)
    >>> spans = [Span(0, 100, True), Span(100, 170, False), Span(170, None, True)]
    >>> [judge(0, 100, spans, None, at, ALWAYS).state for at in (100, 169, 170, 171)]
    ['paused', 'paused', 'running', 'missed']
    >>> judge(0, 100, [Span(0, None, True)], None, 100, ALWAYS).state
    'running'
    >>> judge(0, 100, [Span(0, None, True)], None, 101, ALWAYS)
    Verdict(state='missed', due=100, stop=None, remaining=0, overrun=None)
    >>> judge(0, 100, [Span(0, None, True)], 170, 900, ALWAYS, binds=150)
    Verdict(state='missed', due=150, stop=170, remaining=0, overrun=20)
    """
    timeline = _timeline(start, spans, stopped_at, now)
    limit = _due(seconds, timeline, worktime)
    due = _binding(limit, binds)
    end = max(start, now if stopped_at is None else stopped_at)
    done = _counted(timeline, end, worktime)
    remaining = max(0, seconds - done)
    if due is not None and due < end:
        overrun = None
        if stopped_at is not None:
            overrun = done - seconds
            if late is not None or due != limit:
                after = worktime if late is None else late()
                overrun = _counted(_from(due, timeline), end, after)
            overrun = min(overrun, MOST_SECONDS)
        return Verdict(MISSED, due, stopped_at, 0, overrun)
    if stopped_at is not None:
        return Verdict(MET, due, stopped_at, remaining, None)
    counting = bool(timeline) and timeline[-1].counted and timeline[-1].stop is None
    return Verdict(RUNNING if counting else PAUSED, due, None, remaining, None)


def instants(
    start,
    offsets,
    spans,
    stopped_at,
    now,
    worktime,
    seconds=None,
    binds=None,
    late=None,
):
    """Return when the counted working time reaches each of ``offsets``.

    Only what is known: nothing from the first offset on that is not reached while
    nothing is counting, nor what would be reached at or after the stop.

    :param offsets: seconds of counted working time above zero, in ascending order;
        other arguments as `judge`: what lies beyond ``seconds`` counts from the due time
    :return: tuple, not longer than the offsets

    >>> from odoo.addons.resource_worktime.engine.worktime import ALWAYS
    >>> spans = [Span(0, 30, True), Span(30, 80, False), Span(80, None, True)]
    >>> instants(0, (20, 100, 160), spans, None, 90, ALWAYS)
    (20, 150, 210)
    >>> instants(0, (20, 100, 160), spans, 210, 300, ALWAYS)
    (20, 150)
    >>> instants(0, (20, 100), spans[:2], None, 40, ALWAYS)
    (20,)
    >>> instants(0, (20, 100, 160), [Span(0, None, True)], None, 90, ALWAYS, 100, 150)
    (150, 150, 210)
    """
    if not offsets:
        return ()
    timeline = _timeline(start, spans, stopped_at, now)
    due = None
    if seconds is not None and (late is not None or binds is not None):
        due = _binding(_due(seconds, timeline, worktime), binds)
    result = []
    for offset in offsets:
        if due is not None and offset > seconds:
            after = worktime if late is None else late()
            at = _due(offset - seconds, _from(due, timeline), after)
        else:
            at = _binding(_due(offset, timeline, worktime), binds)
        if at is None or stopped_at is not None and at >= stopped_at:
            break
        result.append(at)
    return tuple(result)


def explain(start, seconds, spans, stopped_at, now, worktime, binds=None):
    """Return the :class:`Part` list that explains the due time; arguments as `judge`.

    The parts follow each other up to the due time and their seconds sum exactly to the
    promise. A last one that is not counted leads from a limit that was past already to
    when it began to bind. While nothing is counting the last part has no stop and the
    sum is what has been used: the promise less the remaining seconds of the verdict.

    >>> from odoo.addons.resource_worktime.engine.worktime import ALWAYS
    >>> spans = [Span(0, 30, True), Span(30, 80, False), Span(80, None, True)]
    >>> for part in explain(0, 100, spans, None, 90, ALWAYS):
    ...     print(*part)
    0 30 True 30
    30 80 False 0
    80 150 True 70
    """
    timeline = _timeline(start, spans, stopped_at, now)
    due = _due(seconds, timeline, worktime)
    parts = []
    for span in timeline:
        if due is not None and span.start >= due:
            break
        stop = span.stop
        if due is not None:
            stop = due if stop is None else min(stop, due)
        used = worktime.between(span.start, stop) if span.counted else 0
        parts.append(Part(span.start, stop, span.counted, used))
    if due is not None and binds is not None and due < binds:
        parts.append(Part(due, binds, False, 0))
    return parts


def _timeline(start, spans, stopped_at, now):
    """Return the spans from start until the stop (or now), the last one going on.

    A span that begins at now is the current one; one that begins at the stop is not,
    unless the promise began with it.
    """
    stopped = stopped_at is not None
    end = max(start, stopped_at if stopped else now)
    timeline = []
    for span in spans:
        if span.start > end or stopped and start < span.start == end:
            break
        if span.stop is None or span.stop > start:
            timeline.append(span._replace(start=max(start, span.start)))
    if timeline:
        last = timeline[-1].stop
        if last is not None and (last > end or stopped and last == end):
            timeline[-1] = timeline[-1]._replace(stop=None)
    return timeline


def _due(seconds, timeline, worktime):
    """Return when the counted working time reaches ``seconds``, None if not known.

    Reached exactly when counting ends, it is when counting goes on.
    """
    if seconds <= 0:
        raise ValueError("a promise needs a duration greater than zero")
    for span in timeline:
        if not span.counted:
            continue
        if not seconds:
            return span.start  # it goes on with nothing left
        if span.stop is None:
            return worktime.add(span.start, seconds)
        used = worktime.between(span.start, span.stop)
        if used >= seconds and (due := worktime.add(span.start, seconds)) < span.stop:
            return due
        seconds -= used
    return None


def _binding(limit, binds):
    """Return when a limit comes into force: at the earliest when it begins to bind."""
    return limit if limit is None or binds is None else max(limit, binds)


def _from(at, timeline):
    """Return what of a timeline comes after an instant."""
    return [
        span._replace(start=max(at, span.start))
        for span in timeline
        if span.stop is None or span.stop > at
    ]


def _counted(timeline, end, worktime):
    """Return the counted working seconds of the timeline until ``end``."""
    return sum(
        worktime.between(span.start, end if span.stop is None else min(span.stop, end))
        for span in timeline
        if span.counted and span.start < end
    )


class Outcome(NamedTuple):
    """What is true of a clock; ``until``: its due time if it went on counting now.

    ``levels``: the instants of the levels, as far as they are known; ``left``: how much
    working time is left while it waits.
    """

    state: str
    due: int | None
    stop: int | None
    overrun: int | None
    warn: int | None
    until: int | None
    levels: tuple = ()
    left: int | None = None

    @property
    def open(self):
        """Whether it may still be kept."""
        return self.state in OPEN_STATES

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
            self.left,
        )

    def next_event(self, fired):
        """Return when the due job must look at the clock, None if it need not.

        A level reached before a late stop is still to be fired after it.

        :param fired: how many of its levels are fired
        """
        # A clock that waits has a due time only where that begins to bind meanwhile.
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


def outcome(terms, moments, stop, lapse, now, worktime, late=None):
    """Return the :class:`Outcome` of a clock as of ``now``.

    A promise that lapses before it is due is cancelled; one that was late by then has
    its breach, measured up to the lapse.

    :param stop: when the promised thing happened, None if it has not
    :param lapse: when nothing was owed any more, None if it still is
    :param late: see `judge`
    """
    start, seconds, binds = terms.started_at, terms.seconds, terms.basis.binds_at
    spans = counted_spans(terms, moments)
    over = lapse if stop is None else stop
    verdict = judge(start, seconds, spans, over, now, worktime, binds, late)
    if stop is None and lapse is not None and verdict.state != MISSED:
        return Outcome(CANCELLED, verdict.due, lapse, None, None, None)
    warn = until = None
    if over is None:
        until = verdict.due
        if until is None:
            until = worktime.add(now, verdict.remaining)
    levels = ()
    if verdict.state != MET:  # of a kept promise there is nothing left to tell
        read = (spans, over, now, worktime, seconds, binds, late)
        levels = instants(start, terms.level_offsets, *read)
    if verdict.state == RUNNING and levels and levels[0] < verdict.due:
        warn = levels[0]
    left = verdict.remaining if verdict.state == PAUSED else None
    return Outcome(
        *(verdict.state, verdict.due, verdict.stop, verdict.overrun),
        *(warn, until, levels, left),
    )


def outcome_of_stopped(clock, story, now, worktime, late=None):
    """Return the outcome of a clock that has stopped and keeps its stop.

    Only its due time and overrun are found anew, such as after an outage was declared.

    :param late: see `judge`
    """
    terms, stopped_at = clock.terms, clock.judged.stopped_at
    read = (counted_spans(terms, story.moments), stopped_at, now, worktime)
    binds = terms.basis.binds_at
    state, due, stop, _remaining, overrun = judge(
        terms.started_at, terms.seconds, *read, binds, late
    )
    if state == MET and ending(terms, story) == (None, stop):
        state = CANCELLED  # in time after all when it was owed no more
    levels = ()
    if state == MISSED:
        levels = instants(
            *(terms.started_at, terms.level_offsets, *read),
            *(terms.seconds, binds, late),
        )
    return Outcome(state, due, stop, overrun, None, None, levels)
