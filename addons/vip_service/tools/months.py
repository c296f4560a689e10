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
