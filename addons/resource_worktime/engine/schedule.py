"""What a calendar says as a value: hours of a fortnight, closed times, make-up days.

Plain Python without the ORM; instants and zones as in :mod:`.worktime`. A
:class:`Schedule` is all that one version of a calendar's working time means, so that
the working time of then can be told long after the calendar has changed or is gone.

Conventions
-----------
* *Undated* configuration (:class:`Hours`) holds from an instant on, until other hours
  do; the first holds for all time before. A change at an earlier instant than the last
  one replaces it from there on.
* *Dated* configuration (closed times, make-up days) holds for its dates, whatever the
  hours are then and whenever it was entered.
* A make-up day works only where the hours of that date do not.
* Two schedules mean the same if they give the same working time, however it is said:
  lines that meet, other names of a zone, a holiday on a Sunday make no difference.
"""

import json
from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

import pytz

from .worktime import (
    DAY,
    FIRST_INSTANT,
    LAST_INSTANT,
    WorkTime,
    merged,
    to_datetime,
    to_epoch,
    without,
)

#: Days of the pattern: Monday of the first week (of even number) to the second Sunday.
FORTNIGHT = 14
#: Ordinal of the first day of 1970.
EPOCH_DAY = datetime(1970, 1, 1).toordinal()
#: Instead of a weekday: a make-up day has hours of its own.
OWN = -1
#: Two schedules are compared over so many years of what one date says.
MOST_YEARS = 100


class Makeup(NamedTuple):
    """A date that is worked although the hours would not have it.

    With the hours of a weekday (0 is Monday) of the same week, or, if that is
    :data:`OWN`, from ``start`` to ``stop`` in seconds of the wall clock.
    """

    ordinal: int
    weekday: int
    start: int = 0
    stop: int = 0


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours worked in each fortnight, in a zone.

    :param days: for each of 14 days ``(start, stop)`` pairs in seconds of the wall clock
        since midnight; 86400 is the midnight at the end. None: flexible hours, of which
        nobody can say when they are worked

    >>> weekday = ((9 * 3600, 17 * 3600),)
    >>> office = Hours("UTC", (*[weekday] * 5, (), ()) * 2)
    >>> office.week_seconds() // 3600
    40
    >>> lunch = ((9 * 3600, 12 * 3600), (12 * 3600, 17 * 3600))
    >>> office.means(Hours("Etc/UTC", (*[lunch] * 5, (), ()) * 2))
    True
    """

    zone: str
    days: tuple | None

    def means(self, other):
        """Tell whether these are the same hours at the same instants."""
        return self._union() == other._union() and same_zone(self.zone, other.zone)

    def week_seconds(self):
        """Return how many seconds a week has on average, changes of the clock aside."""
        days = self._union() or ()
        return sum(stop - start for day in days for start, stop in day) // 2

    def works(self):
        """Tell whether anybody ever works, make-up days aside."""
        return self.days is not None and any(self.days)

    def on(self, ordinal, makeup=()):
        """Return the pairs of wall-clock seconds of a date.

        :param makeup: make-up days of that date
        """
        own = self.days[(ordinal - 1) % FORTNIGHT]
        if own or not makeup:
            return own
        monday = ordinal - 1 - (ordinal - 1) % 7
        return [
            pair
            for day in makeup
            for pair in (
                [(day.start, day.stop)]
                if day.weekday == OWN
                else self.days[(monday + day.weekday) % FORTNIGHT]
            )
        ]

    def spans(self, low, high, makeup):
        """Return the spans worked from low to high, in no order, some may meet.

        :param makeup: {ordinal: make-up days of that date}
        """
        if self.days is None or not (makeup or any(self.days)):
            return []
        zone = pytz.timezone(self.zone)
        first = to_datetime(low).toordinal() - 1
        last = min(to_datetime(high).toordinal() + 1, datetime.max.toordinal() - 1)
        result = []
        for ordinal, offset in _dates(zone, max(first, 2), last):
            pairs = self.on(ordinal, makeup.get(ordinal, ()))
            if not pairs:
                continue
            if offset is None:  # the clock may change: ask for each end
                midnight = datetime.fromordinal(ordinal)
                found = [
                    (_at(zone, midnight, start), _at(zone, midnight, stop))
                    for start, stop in pairs
                ]
            else:
                dawn = (ordinal - EPOCH_DAY) * DAY - offset
                found = [(dawn + start, dawn + stop) for start, stop in pairs]
            result += [
                (max(start, low), min(stop, high))
                for start, stop in found
                if start < high and stop > low
            ]
        return result

    def _union(self):
        return None if self.days is None else [merged(day) for day in self.days]


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that one version of a calendar's working time means.

    :param pieces: ``(instant, Hours)`` in order of time: from when on which hours hold;
        the first instant is :data:`~.worktime.FIRST_INSTANT`
    :param closed: ``(start, stop)`` pairs in which nobody works, sorted and disjoint
    :param makeup: sorted :class:`Makeup`

    Nine to five until noon of the second day, then nine to six:

    >>> hour = 3600
    >>> nine_to = lambda stop: Hours("UTC", (((9 * hour, stop * hour),),) * 14)
    >>> schedule = Schedule.of(nine_to(17), closed=[(2 * 24 * hour, 3 * 24 * hour)])
    >>> later = schedule.changed(36 * hour, nine_to(18), schedule.closed, ())
    >>> [(a // hour, b // hour) for a, b in later.worktime(0, 96 * hour).intervals]
    [(9, 17), (33, 42), (81, 90)]
    >>> later.gained_lost(schedule, 0, 96 * hour)
    ([(147600, 151200), (320400, 324000)], [])
    """

    pieces: tuple
    closed: tuple
    makeup: tuple

    @classmethod
    def of(cls, hours, closed=(), makeup=()):
        """Return a schedule whose hours have always been these."""
        return cls(
            ((FIRST_INSTANT, hours),), tuple(merged(closed)), tuple(sorted(makeup))
        )

    @property
    def hours(self):
        """The hours that hold from the last change on."""
        return self.pieces[-1][1]

    def changed(self, at, hours, closed, makeup):
        """Return what holds after a change at an instant: hours from then on, dates all.

        Equal if nothing is said anew; see :meth:`means` for what makes a difference.
        """
        pieces = self.pieces
        if not hours.means(self.hours):
            pieces = tuple(piece for piece in pieces if piece[0] < at)
            if not pieces or not hours.means(pieces[-1][1]):
                pieces += ((at if pieces else FIRST_INSTANT, hours),)
        return Schedule(pieces, tuple(merged(closed)), tuple(sorted(makeup)))

    def same_hours(self, other):
        """Tell whether both have the same undated part over all time."""
        return len(self.pieces) == len(other.pieces) and all(
            at == since and mine.means(theirs)
            for (at, mine), (since, theirs) in zip(
                self.pieces, other.pieces, strict=True
            )
        )

    def means(self, other):
        """Tell whether both give the same working time."""
        if self == other:
            return True
        return self.same_hours(other) and self.dated_changes(other) == ([], [])

    def dated_changes(self, older):
        """Return the spans gained and lost by dates that the older schedule lacks.

        What differs in hours differs without an end and is left aside.
        """
        mine = Schedule(older.pieces, self.closed, self.makeup)
        gained, lost = [], []
        for low, high in merged(self._dated_edges(older)):
            low = max(low, FIRST_INSTANT + 400 * DAY)
            high = min(high, low + MOST_YEARS * 366 * DAY, LAST_INSTANT - 400 * DAY)
            if low < high:
                more, less = mine.gained_lost(older, low, high)
                gained, lost = gained + more, lost + less
        return gained, lost

    def gained_lost(self, older, low, high):
        """Return the spans worked by this and not by the older schedule, and reverse."""
        mine = self.worktime(low, high).intervals
        theirs = older.worktime(low, high).intervals
        return without(mine, theirs), without(theirs, mine)

    def worktime(self, low, high):
        """Return the working time from low to high (epoch seconds).

        Working days are counted in the zone that holds last.
        """
        makeup = {}
        for day in self.makeup:
            makeup.setdefault(day.ordinal, []).append(day)
        spans = []
        for number, (since, hours) in enumerate(self.pieces):
            until = (
                self.pieces[number + 1][0]
                if number + 1 < len(self.pieces)
                else LAST_INSTANT
            )
            start, stop = max(since, low), min(until, high)
            if start < stop:
                spans += hours.spans(start, stop, makeup)
        first = bisect_right(self.closed, (low, low)) - 1
        closed = self.closed[max(first, 0) :]
        return WorkTime(without(merged(spans), closed), (low, high), self.hours.zone)

    def ends(self, later, beyond):
        """Tell whether it is hopeless to look for work after an instant (or before)."""
        if later:
            ended = self.ended_at()
            return ended is not None and ended <= beyond
        dates = [(day.ordinal - EPOCH_DAY - 1) * DAY for day in self.makeup]
        edges = [at for at, _hours in self.pieces[1:]] + dates
        return not (self.pieces[0][1].works() or any(at < beyond for at in edges))

    def ended_at(self):
        """Return an instant from which on nobody works any more, None if there is none.

        A leave of more than a hundred years has no end.
        """
        for start, stop in self.closed:
            if stop - start > MOST_YEARS * 366 * DAY:
                return start
        if self.hours.works():
            return None
        # Wherever it is, a date ends less than two days after it began in UTC.
        dates = [(day.ordinal - EPOCH_DAY + 3) * DAY for day in self.makeup]
        return max([self.pieces[-1][0], *dates])

    def _dated_edges(self, other):
        """Return spans around all that the dated parts have not in common."""
        edges = list(set(self.closed).symmetric_difference(other.closed))
        for day in set(self.makeup).symmetric_difference(other.makeup):
            noon = to_epoch(datetime.fromordinal(day.ordinal)) + DAY // 2
            # Wherever it is, the date is within.
            edges.append((noon - 2 * DAY, noon + 2 * DAY))
        return edges

    # Keeping

    def to_json(self):
        """Return this as text; the same schedule gives the same text.

        >>> schedule = Schedule.of(Hours("UTC", ((),) * 14), [(1, 2)], [Makeup(9, 0)])
        >>> Schedule.from_json(schedule.to_json()) == schedule
        True
        """
        return json.dumps(
            {
                "pieces": [
                    [None if at == FIRST_INSTANT else at, hours.zone, hours.days]
                    for at, hours in self.pieces
                ],
                "closed": self.closed,
                "makeup": self.makeup,
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text):
        """Return the schedule that :meth:`to_json` wrote."""
        known = json.loads(text)
        return cls(
            tuple(
                (
                    FIRST_INSTANT if at is None else at,
                    Hours(zone, days and tuple(tuple(map(tuple, d)) for d in days)),
                )
                for at, zone, days in known["pieces"]
            ),
            tuple(map(tuple, known["closed"])),
            tuple(Makeup(*day) for day in known["makeup"]),
        )

    def digest(self):
        """Return a short text that is the same for the same schedule only."""
        return sha256(self.to_json().encode()).hexdigest()[:32]


@lru_cache(maxsize=256)
def same_zone(one, other):
    """Tell whether two names stand for the same zone since 1970.

    >>> same_zone("Asia/Shanghai", "PRC"), same_zone("Asia/Shanghai", "Asia/Manila")
    (True, False)
    """
    return one == other or _rules(one) == _rules(other)


def _rules(name):
    """Return the offsets of a zone since 1970 with the instants they begin."""
    zone = pytz.timezone(name)
    changes = getattr(zone, "_utc_transition_times", None)
    if not changes:
        return [zone.utcoffset(datetime(1970, 1, 1))]
    rules = []
    for at, (offset, *_rest) in zip(changes, zone._transition_info, strict=True):
        since = max(at, datetime(1970, 1, 1))
        if rules and rules[-1][0] == since:
            rules.pop()
        if not rules or rules[-1][1] != offset:
            rules.append((since, offset))
    return [offset for _since, offset in rules] if len(rules) == 1 else rules


def _dates(zone, first, last):
    """Yield (ordinal, offset) of dates; the offset is None around a change of the clock.

    Offsets are seconds east of Greenwich. To ask a zone for each instant takes longer
    than all the rest.
    """
    changes = [
        at.toordinal() for at in getattr(zone, "_utc_transition_times", None) or ()
    ]
    ordinal = first
    while ordinal <= last:
        place = bisect_right(changes, ordinal + 1)
        until = min(changes[place] - 2 if place < len(changes) else last, last)
        near = place and changes[place - 1] >= ordinal - 1
        if near or until < ordinal:
            yield ordinal, None
            ordinal += 1
            continue
        offset = zone.utcoffset(datetime.fromordinal(ordinal)).total_seconds()
        for number in range(ordinal, until + 1):
            yield number, int(offset)
        ordinal = until + 1


def _at(zone, midnight, seconds):
    """Return the instant of a wall-clock time of a date, as the host reads it.

    The midnight at the end of a date is the end of its last second.
    """
    if seconds == DAY:
        return _at(zone, midnight, DAY - 1) + 1
    return int(zone.localize(midnight + timedelta(seconds=seconds)).timestamp())
