"""When things happen: the instant of a change, calendar months, and their names.

An imported or replayed change carries the time at which it really happened. That time
travels in the context as an :class:`EventTime`. A remote call can put only JSON values
into a context, never an instance of this class, so nobody can back-date from outside.
A month is its first day.
"""

from dataclasses import dataclass
from datetime import date, datetime

import babel.dates
from dateutil.relativedelta import relativedelta

from odoo.tools.misc import babel_locale_parse, get_lang

CONTEXT_KEY = "vip_event_time"


@dataclass(frozen=True)
class EventTime:
    """A naive UTC instant in whole seconds."""

    at: datetime


def at_context(at):
    """Return the context entries that make ``at`` (naive UTC) the event time."""
    return {CONTEXT_KEY: EventTime(at.replace(microsecond=0))}


def event_time(env):
    """Return when the current change happens: naive UTC, whole seconds.

    The transaction's own time unless the code (never a remote client) said otherwise.
    """
    value = env.context.get(CONTEXT_KEY)
    if isinstance(value, EventTime):
        return value.at
    return env.cr.now().replace(microsecond=0)


def first_day(day):
    """Return the first day of the month of ``day``.

    >>> first_day(date(2024, 2, 29))
    datetime.date(2024, 2, 1)
    """
    return date(day.year, day.month, 1)


def add_months(month, count):
    """Return the first day of the month ``count`` months after ``month``.

    >>> add_months(date(2024, 1, 1), -1)
    datetime.date(2023, 12, 1)
    """
    return first_day(month) + relativedelta(months=count)


def month_end(month):
    """Return the last day of the month of ``month``.

    >>> month_end(date(2024, 2, 1))
    datetime.date(2024, 2, 29)
    """
    return add_months(month, 1) - relativedelta(days=1)


def days_of(day):
    """Return the days of the month of ``day`` until it, in order.

    >>> len(days_of(date(2024, 2, 29))), days_of(date(2024, 3, 1))
    (29, [datetime.date(2024, 3, 1)])
    """
    return [day.replace(day=number) for number in range(1, day.day + 1)]


def closes(month, every):
    """Return whether ``month`` is the last of a period of ``every`` months of the year.

    >>> [closes(date(2024, number, 1), 3) for number in (3, 4, 12)]
    [True, False, True]
    """
    return month.month % every == 0


def reviews_left(grace, shortfalls, next_number, every):
    """Return how many further reviews may find a shortfall before a fall is proposed.

    :param grace: reviews of grace of the tier
    :param shortfalls: reviews in a row that have found a shortfall so far
    :param next_number: the number (1 to 12) of the month that is reviewed next
    :param every: falls are proposed by the review of every so many months of the year

    >>> reviews_left(2, 1, 5, 1), reviews_left(0, 4, 5, 1)
    (1, 0)
    >>> reviews_left(0, 0, 5, 3), reviews_left(2, 0, 5, 3), reviews_left(0, 0, 12, 12)
    (1, 4, 0)
    """
    left = max(grace - shortfalls, 0)
    return left + -(next_number + left) % every


def last_months(month, count):
    """Return ``count`` months ending with ``month``, oldest first.

    >>> last_months(date(2024, 2, 1), 3)[0]
    datetime.date(2023, 12, 1)
    """
    return [add_months(month, offset) for offset in range(1 - count, 1)]


def month_name(env, month):
    """Return month and year as the language of ``env`` says them: "November 2026".

    The order of the two is the language's own, which a fixed pattern would not be.
    """
    if not month:
        return ""
    locale = babel_locale_parse(get_lang(env).code)
    return babel.dates.format_skeleton("yMMMM", month, locale=locale)


def free_periods(start, stop, taken):
    """Return the parts of a period that are not taken, as (start, stop) in order.

    A stop is exclusive; None has no end.

    :param taken: (start, stop) in order, none overlapping another

    >>> first, second, third, fourth = (date(2024, month, 1) for month in range(1, 5))
    >>> free_periods(first, None, [(second, third)])
    [(datetime.date(2024, 1, 1), datetime.date(2024, 2, 1)), (datetime.date(2024, 3, 1), None)]
    >>> free_periods(second, fourth, [(first, third)])
    [(datetime.date(2024, 3, 1), datetime.date(2024, 4, 1))]
    >>> free_periods(second, third, [(first, None)])
    []
    """
    last = stop or date.max
    free = []
    for begin, end in taken:
        if start < min(begin, last):
            free.append((start, min(begin, last)))
        start = max(start, end or date.max)
    if start < last:
        free.append((start, stop))
    return free
