"""Calendar months as their first day."""

from datetime import date

from dateutil.relativedelta import relativedelta


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
