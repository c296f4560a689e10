"""Calendar months as their first day."""

from datetime import date

import babel.dates
from dateutil.relativedelta import relativedelta

from odoo.tools.misc import babel_locale_parse, get_lang


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
