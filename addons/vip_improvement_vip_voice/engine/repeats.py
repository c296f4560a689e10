"""When a cause repeats: so many cases within so many days, or a rise against before."""

from datetime import timedelta

#: A rise: at least so many times as many as in the days before.
RISE = 2


def repeats(times, at, cases, days):
    """Return how many cases there were within the days before ``at``; 0: no repeat.

    :param times: when cases happened, in order
    :param cases: from so many on it is a repeat; half as many are one if they are at least
        twice as many as in the days before

    >>> from datetime import date
    >>> seen = [date(2024, 3, day) for day in (1, 4, 20, 25, 28)]
    >>> repeats(seen, date(2024, 3, 30), 3, 30), repeats(seen, date(2024, 3, 10), 3, 30)
    (5, 2)
    >>> repeats(seen, date(2024, 3, 10), 5, 30), repeats([], date(2024, 3, 10), 3, 30)
    (0, 0)
    """
    since = at - timedelta(days=days)
    now = sum(since < one <= at for one in times)
    before = sum(since - timedelta(days=days) < one <= since for one in times)
    rises = 2 * now >= cases and now >= RISE * max(before, 1)
    return now if now >= cases or rises else 0


def would_have(times, cases, days):
    """Return when improvements would have been opened; the next one not within the days.

    >>> from datetime import date
    >>> seen = [date(2024, 3, 1), date(2024, 3, 4), date(2024, 3, 5), date(2024, 6, 1)]
    >>> would_have(seen, 3, 30)
    [datetime.date(2024, 3, 4)]
    >>> would_have(seen, 9, 30)
    []
    """
    found = []
    for at in times:
        rests = found and at - found[-1] <= timedelta(days=days)
        if not rests and repeats(times, at, cases, days):
            found.append(at)
    return found
