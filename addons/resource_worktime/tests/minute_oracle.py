"""Working time counted minute by minute, from what a calendar is meant to say.

Independent of Odoo and of the engine: other arithmetic, other zone library. Instants are
epoch minutes.
"""

from bisect import bisect_left
from datetime import date, datetime, timedelta, timezone
from itertools import compress
from zoneinfo import ZoneInfo


def instant(zone, day, hour):
    """Return the epoch minute of an hour of a local date, as Odoo reads the wall clock.

    An hour that is skipped is read with the offset before the change, one that occurs
    twice is its second occurrence.
    """
    wall = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
    first, second = (wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    twice = first.utcoffset() > second.utcoffset()
    moment = (second if twice else first).astimezone(timezone.utc)
    return int(moment.timestamp()) // 60


class Minutes:
    """The worked minutes of a calendar between two local dates.

    :param weeks: one or two dicts of weekday → [(from, to, period)] in hours
    :param leaves: [(from, to)] in epoch minutes
    :param makeup: {date: weekday whose hours are worked if nobody works otherwise}
    """

    def __init__(self, zone, weeks, leaves, makeup, first: date, last: date):
        begin = instant(zone, first, 0)
        # One byte for each minute: 1 if it is worked.
        marks = bytearray(instant(zone, last, 24) - begin)

        def mark(low, high, value):
            low, high = max(low - begin, 0), max(high - begin, 0)
            marks[low:high] = value * len(marks[low:high])

        for number in range(first.toordinal(), last.toordinal() + 1):
            day = date.fromordinal(number)
            week = weeks[(number - 1) // 7 % 2 % len(weeks)]
            hours = self._work(week.get(day.weekday(), ()))
            if not hours and day in makeup:
                hours = self._work(week.get(makeup[day], ()))
            for opening, closing in hours:
                mark(instant(zone, day, opening), instant(zone, day, closing), b"\1")
        for low, high in leaves:
            mark(low, high, b"\0")
        self.worked = list(compress(range(begin, begin + len(marks)), marks))

    @staticmethod
    def _work(hours):
        return [(begin, end) for begin, end, period in hours if period != "lunch"]

    def between(self, start, stop):
        return bisect_left(self.worked, stop) - bisect_left(self.worked, start)

    def add(self, start, count):
        return self.worked[bisect_left(self.worked, start) + count - 1] + 1

    def subtract(self, stop, count):
        return self.worked[bisect_left(self.worked, stop) - count]


def difference(counted, expected):
    """Return the first minutes that only one of two lists has, as ``(extra, lacking)``.

    Two lists of a month's minutes are too long to be shown side by side.
    """
    counted, expected = set(counted), set(expected)
    return sorted(counted - expected)[:5], sorted(expected - counted)[:5]
