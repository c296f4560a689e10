"""Working time as a value: which seconds are worked, answered by bisection.

Plain Python without the ORM. Every instant is an integer of seconds since 1970 in UTC,
every duration an integer of seconds.

Conventions
-----------
* A span ``(start, stop)`` is worked from its first second up to, not including, ``stop``.
* A result that falls exactly at closing time is closing time, not the next opening;
  counting backwards, one that falls exactly at opening time is opening time.
* Counting from outside working time begins at the next opening (backwards: at the
  closing time before).
* Counting zero seconds moves nothing, not even into working time.
* A working day is a local date with any working time. *n* working days on is the same
  wall-clock time on the n-th working date after the one on which counting begins; if
  nobody works at that time it is the closing time before it.
* A wall-clock time that a change to summer time skips is read with the offset before
  the change; one that occurs twice is read as the second occurrence, as Odoo does.
"""

from bisect import bisect_left, bisect_right
from calendar import timegm
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate

import pytz

DAY = 86400
#: The horizon of :data:`ALWAYS`: the instants that a naive datetime can name.
FIRST_INSTANT = timegm(datetime.min.timetuple())
LAST_INSTANT = timegm(datetime.max.timetuple())
#: Nothing is due later: it has a name in every zone.
LAST_DUE = LAST_INSTANT - 2 * DAY


class OutsideHorizon(Exception):
    """The answer lies before or after the horizon over which the calendar is known.

    :attr:`later` tells on which side it has to be extended.
    """

    def __init__(self, later):
        super().__init__("after the horizon" if later else "before the horizon")
        self.later = later


class NoWorkingTime(OutsideHorizon):
    """Nobody ever works in this calendar, so nothing can be promised on it."""


def to_epoch(at):
    """Return the instant of a naive UTC datetime (or the integer itself, unchanged).

    >>> to_epoch(datetime(1970, 1, 2)), to_epoch(86400)
    (86400, 86400)
    """
    return at if isinstance(at, int) else timegm(at.utctimetuple())


def to_datetime(instant):
    """Return an instant as a naive UTC datetime, ``None`` as ``None``.

    >>> to_datetime(86400)
    datetime.datetime(1970, 1, 2, 0, 0)
    """
    return (
        None if instant is None else datetime(1970, 1, 1) + timedelta(seconds=instant)
    )


def merged(spans):
    """Return the union of any ``(start, stop)`` spans: sorted, disjoint, none empty.

    >>> merged([(5, 9), (1, 3), (3, 4), (7, 8), (9, 9)])
    [(1, 4), (5, 9)]
    """
    result = []
    for start, stop in sorted(spans):
        if start >= stop:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(stop, result[-1][1]))
        else:
            result.append((start, stop))
    return result


def without(spans, others):
    """Return what of sorted, disjoint spans is left when others are taken away.

    >>> without([(1, 4), (6, 9)], [(0, 2), (3, 7)])
    [(2, 3), (7, 9)]
    """
    result, at = [], 0
    for start, stop in spans:
        while at < len(others) and others[at][1] <= start:
            at += 1
        here = at
        while here < len(others) and others[here][0] < stop:
            low, high = others[here]
            if low > start:
                result.append((start, low))
            start = max(start, high)
            here += 1
        if start < stop:
            result.append((start, stop))
    return result


@dataclass(frozen=True, slots=True)
class WorkTime:
    """The working time of one calendar over a horizon; immutable.

    :param intervals: ``(start, stop)`` pairs, sorted and disjoint, inside the horizon
    :param horizon: ``(from, to)``: what is known about; nothing is asserted outside
    :param zone: name of the time zone in which working days are counted

    Two days from 9 to 17 o'clock, in hours for legibility:

    >>> hour = 3600
    >>> work = WorkTime([(9 * hour, 17 * hour), (33 * hour, 41 * hour)], (0, 48 * hour))
    >>> work.add(16 * hour, 2 * hour) // hour
    34
    >>> work.add(16 * hour, 1 * hour) // hour  # closing time, not the next opening
    17
    >>> work.subtract(34 * hour, 2 * hour) // hour
    16
    >>> work.between(16 * hour, 34 * hour) // hour
    2
    """

    intervals: tuple
    horizon: tuple
    zone: str = "UTC"
    #: See :class:`GrowingWorkTime`: of no version.
    version = None
    _starts: tuple = field(init=False, repr=False, compare=False)
    _stops: tuple = field(init=False, repr=False, compare=False)
    _before: tuple = field(init=False, repr=False, compare=False)
    _until: tuple = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        pairs = tuple((start, stop) for start, stop in self.intervals)
        low, high = self.horizon
        edges = [low, *(edge for pair in pairs for edge in pair), high]
        if sorted(edges) != edges or any(start == stop for start, stop in pairs):
            raise ValueError("intervals must be sorted, disjoint and in the horizon")
        pairs = tuple(merged(pairs))
        until = tuple(accumulate(stop - start for start, stop in pairs))
        for name, value in (
            ("intervals", pairs),
            ("horizon", (low, high)),
            ("_starts", tuple(start for start, _stop in pairs)),
            ("_stops", tuple(stop for _start, stop in pairs)),
            ("_before", (0, *until[:-1]) if pairs else ()),
            ("_until", until),
        ):
            object.__setattr__(self, name, value)

    def covers(self, start, stop):
        """Tell whether the horizon includes everything from start to stop."""
        return self.horizon[0] <= start and stop <= self.horizon[1]

    def add(self, start, seconds):
        """Return the instant at which ``seconds`` of work counted from start are done.

        :raise OutsideHorizon: the work is not done within the horizon
        :raise NoWorkingTime: there is none in the whole horizon
        """
        if seconds <= 0:
            return self._not_negative(start, seconds)
        target = self._done(start) + seconds
        at = bisect_left(self._until, target)
        try:
            return self._stops[at] - self._until[at] + target
        except IndexError:
            raise self._missing(later=True) from None

    def subtract(self, stop, seconds):
        """Return the instant from which ``seconds`` of work are done at stop.

        :raise OutsideHorizon: the horizon has not that much work before stop
        :raise NoWorkingTime: there is none in the whole horizon
        """
        if seconds <= 0:
            return self._not_negative(stop, seconds)
        target = self._done(stop) - seconds
        if target < 0 or not self._until:
            raise self._missing(later=False)
        at = bisect_right(self._before, target) - 1
        return self._starts[at] - self._before[at] + target

    def between(self, start, stop):
        """Return the seconds worked from start to stop; negative if stop is earlier.

        :raise OutsideHorizon: start or stop is not in the horizon
        """
        return self._done(stop) - self._done(start)

    def add_days(self, start, days):
        """Return the same wall-clock time ``days`` working days on.

        Counting begins at start, or at the next opening if nobody works at start;
        closing time still belongs to its day. The promise of a target in working days
        is ``between(start, add_days(start, days))`` seconds of work: a promise that
        begins with the opening is therefore due at the closing time before the same
        hour, which is the same working time.

        >>> day, hour = 86400, 3600
        >>> pairs = [(d * day + 9 * hour, d * day + 17 * hour) for d in (0, 1, 4, 5)]
        >>> work = WorkTime(pairs, (0, 6 * day))
        >>> divmod(work.add_days(1 * day + 16 * hour, 1) // hour, 24)
        (4, 16)
        >>> divmod(work.add_days(1 * day + 20 * hour, 1) // hour, 24)  # from the opening
        (5, 9)
        >>> divmod(work.add_days(17 * hour, 1) // hour, 24)  # closing time stays so
        (1, 17)

        :raise OutsideHorizon: that day is outside the horizon
        :raise NoWorkingTime: there is none in the whole horizon
        """
        if days <= 0:
            return self._not_negative(start, days)
        zone = pytz.timezone(self.zone)
        closing = self._closes(start)
        # The last second of work says to which date a closing time at 24:00 belongs.
        begin = start - 1 if closing else self._opening(start)
        local = datetime.fromtimestamp(begin, zone)
        date = local.date()
        for _day in range(days):
            midnight = datetime.combine(date + timedelta(days=1), datetime.min.time())
            opening = self._opening(_instant(zone, midnight))
            date = datetime.fromtimestamp(opening, zone).date()
        wall = datetime.combine(date, local.time())
        target = _instant(zone, wall) + closing
        return target if self._works(target) else self._closing(target)

    def spans(self, start, stop):
        """Return the ``(start, stop)`` pairs of work inside the given range.

        >>> WorkTime([(2, 5), (7, 9)], (0, 10)).spans(4, 8)
        [(4, 5), (7, 8)]

        :raise OutsideHorizon: start or stop is not in the horizon
        """
        self._check(start)
        self._check(stop)
        if start >= stop:
            return []
        first = bisect_right(self._stops, start)
        last = bisect_left(self._starts, stop)
        return [
            (max(start, low), min(stop, high))
            for low, high in self.intervals[first:last]
        ]

    def _done(self, at):
        """Return the seconds worked from the beginning of the horizon until ``at``."""
        low, high = self.horizon
        if not low <= at <= high:
            raise OutsideHorizon(later=at > high)
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        rest = self._stops[index] - at
        return self._until[index] - rest if rest > 0 else self._until[index]

    def _works(self, at):
        """Tell whether somebody works just before or just after ``at``."""
        index = bisect_left(self._stops, at)
        return index < len(self._stops) and self._starts[index] <= at

    def _closes(self, at):
        """Tell whether ``at`` is a closing time."""
        index = bisect_left(self._stops, at)
        return index < len(self._stops) and self._stops[index] == at

    def _opening(self, at):
        """Return ``at`` if work goes on then, else the next opening."""
        self._check(at)
        index = bisect_right(self._stops, at)
        if index == len(self._stops):
            raise self._missing(later=True)
        return max(at, self._starts[index])

    def _closing(self, at):
        """Return the last closing time not after ``at``."""
        self._check(at)
        index = bisect_right(self._stops, at) - 1
        if index < 0:
            raise self._missing(later=False)
        return self._stops[index]

    def _check(self, at):
        low, high = self.horizon
        if not low <= at <= high:
            raise OutsideHorizon(later=at > high)

    def _missing(self, later):
        error = OutsideHorizon if self.intervals else NoWorkingTime
        return error(later)

    @staticmethod
    def _not_negative(at, amount):
        if amount < 0:
            raise ValueError("a duration cannot be negative")
        return at


class GrowingWorkTime:
    """A :class:`WorkTime` without an end: its maker extends the horizon on demand.

    Answers the same questions; the only refusal left is :class:`NoWorkingTime`.

    :param known: what is known so far
    :param grow: ``grow(worktime, later)`` returns a WorkTime with a horizon that goes
        further (to the past unless later) or raises :class:`NoWorkingTime` when it is
        hopeless to look any further
    :param version: what its maker calls the state of the calendar from which it is

    >>> def grow(known, later):
    ...     low, high = known.horizon
    ...     more = [(at, at + 8) for at in range(high, high + 48, 24)]
    ...     return WorkTime([*known.intervals, *more], (low, high + 48))
    >>> work = GrowingWorkTime(WorkTime([(0, 8)], (0, 24)), grow)
    >>> work.add(0, 100)
    292
    >>> work.horizon
    (0, 312)
    """

    __slots__ = ("_grow", "_known", "version")

    def __init__(self, known, grow, version=None):
        self._known = known
        self._grow = grow
        self.version = version

    @property
    def known(self):
        """What is known so far, as a :class:`WorkTime`."""
        return self._known

    @property
    def horizon(self):
        return self._known.horizon

    @property
    def intervals(self):
        return self._known.intervals

    @property
    def zone(self):
        return self._known.zone

    def covers(self, start, stop):
        """See :meth:`WorkTime.covers`."""
        return self._known.covers(start, stop)

    def add(self, start, seconds):
        """See :meth:`WorkTime.add`."""
        return self._ask(WorkTime.add, start, seconds)

    def subtract(self, stop, seconds):
        """See :meth:`WorkTime.subtract`."""
        return self._ask(WorkTime.subtract, stop, seconds)

    def between(self, start, stop):
        """See :meth:`WorkTime.between`."""
        return self._ask(WorkTime.between, start, stop)

    def add_days(self, start, days):
        """See :meth:`WorkTime.add_days`."""
        return self._ask(WorkTime.add_days, start, days)

    def spans(self, start, stop):
        """See :meth:`WorkTime.spans`."""
        return self._ask(WorkTime.spans, start, stop)

    def _ask(self, question, *args):
        while True:
            try:
                return question(self._known, *args)
            except OutsideHorizon as error:
                self._known = self._grow(self._known, error.later)


class JoinedWorkTime:
    """The working time of somebody who changes from one calendar to another.

    Seconds are added and measured by the calendar that counts at each instant.

    :param earlier: pairs of a working time and the instant until which it counts, in
        order of time
    :param last: the working time that counts from the last of these instants on

    >>> two, three = WorkTime([(0, 2), (10, 12)], (0, 20)), WorkTime([(9, 15)], (0, 20))
    >>> work = JoinedWorkTime([(two, 11)], three)
    >>> work.between(1, 14), work.between(14, 1), work.add(1, 5), work.add(1, 1)
    (5, -5, 14, 2)
    >>> work.spans(1, 14)
    [(1, 2), (10, 11), (11, 14)]
    """

    __slots__ = ("_earlier", "_last")

    def __init__(self, earlier, last):
        self._earlier = tuple(earlier)
        self._last = last

    @property
    def version(self):
        """Of the last calendar."""
        return self._last.version

    @property
    def zone(self):
        """Of the last calendar."""
        return self._last.zone

    def between(self, start, stop):
        """See :meth:`WorkTime.between`."""
        if stop < start:
            return -self.between(stop, start)
        done = 0
        for worktime, until in self._earlier:
            if start < until:
                done += worktime.between(start, min(stop, until))
                start = min(stop, until)
        return done + self._last.between(start, stop)

    def add(self, start, seconds):
        """See :meth:`WorkTime.add`."""
        for worktime, until in self._earlier:
            if start < until:
                done = worktime.between(start, until)
                if done >= seconds:
                    return worktime.add(start, seconds)
                start, seconds = until, seconds - done
        return self._last.add(start, seconds)

    def spans(self, start, stop):
        """See :meth:`WorkTime.spans`."""
        found = []
        for worktime, until in self._earlier:
            if start < until:
                found += worktime.spans(start, min(stop, until))
                start = min(stop, until)
        return found + self._last.spans(start, stop)


class CertainWorkTime(GrowingWorkTime):
    """A working time that has an answer to whatever it is asked; it never refuses.

    Where its maker gives up it goes on around the clock. What would be done after
    :data:`LAST_DUE` is done then.

    >>> def grow(known, later):
    ...     raise NoWorkingTime(later)
    >>> work = CertainWorkTime(WorkTime([(10, 20)], (0, 100)), grow)
    >>> work.add(0, 10), work.add(0, 50)
    (20, 140)
    >>> work.add(0, 10**12) == LAST_DUE
    True
    """

    __slots__ = ()

    def add(self, start, seconds):
        """See :meth:`WorkTime.add`."""
        return self._by(LAST_DUE, WorkTime.add, start, seconds)

    def subtract(self, stop, seconds):
        """See :meth:`WorkTime.subtract`; not before :data:`FIRST_INSTANT`."""
        return self._by(FIRST_INSTANT, WorkTime.subtract, stop, seconds)

    def add_days(self, start, days):
        """See :meth:`WorkTime.add_days`."""
        try:
            return self._by(LAST_DUE, WorkTime.add_days, start, days)
        except OverflowError:  # days after the last one that has a name
            return LAST_DUE

    def _by(self, limit, question, at, amount):
        """Return an answer that does not go beyond a limit."""
        try:
            answer = self._ask(question, at, amount)
        except OutsideHorizon:
            return limit
        return min(answer, limit) if limit == LAST_DUE else max(answer, limit)

    def _ask(self, question, *args):
        while True:
            try:
                return super()._ask(question, *args)
            except NoWorkingTime as error:
                known = _going_on(self._known, error.later)
                if known.horizon == self._known.horizon:
                    raise
                self._known = known


def _going_on(known, later):
    """Return a working time that goes on around the clock, or was nothing before."""
    low, high = known.horizon
    if not later:
        return WorkTime(known.intervals, (FIRST_INSTANT, high), known.zone)
    if high >= LAST_INSTANT:
        return known
    intervals = [*known.intervals, (high, LAST_INSTANT)]
    return WorkTime(intervals, (low, LAST_INSTANT), known.zone)


def endless(known):
    """Return a working time that goes on around the clock after its last work.

    >>> endless(WorkTime([(0, 8), (24, 32)], (0, 99))).add(4, 20)
    40
    >>> endless(WorkTime([], (0, 99))).add(4, 20)
    24
    """
    if not known.intervals:
        return WorkTime(ALWAYS.intervals, ALWAYS.horizon, known.zone)
    *before, (start, _stop) = known.intervals
    low = known.horizon[0]
    return WorkTime([*before, (start, LAST_INSTANT)], (low, LAST_INSTANT), known.zone)


@lru_cache
def around_the_clock(zone):
    """Return the working time of who always works, with the days of a zone.

    >>> berlin = around_the_clock("Europe/Berlin")
    >>> noon = to_epoch(datetime(2024, 3, 30, 11))  # before a change of the clock
    >>> (berlin.add_days(noon, 1) - noon) // 3600
    23
    """

    def grow(_known, later):
        raise NoWorkingTime(later)

    return CertainWorkTime(WorkTime(ALWAYS.intervals, ALWAYS.horizon, zone), grow)


def _instant(zone, wall):
    """Return the instant of a wall-clock time in a pytz zone."""
    return int(zone.localize(wall).timestamp())


#: No calendar: every second of every day is worked.
ALWAYS = WorkTime([(FIRST_INSTANT, LAST_INSTANT)], (FIRST_INSTANT, LAST_INSTANT))
