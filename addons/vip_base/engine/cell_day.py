"""Months, days and instants as people type them.

What is clear is read: 2026-03, 2026年3月, 202603, 3/2026, March 2026, the first or last day
of a month. What may be read in two ways is not: 01/03/2026, 26-3, 2026.1 (a spreadsheet
drops the zero of 2026.10), a number of days that the spreadsheet counts.
"""

import re
from datetime import date, datetime, timedelta

from .cell_number import NOT_COUNTED, Doubtful
from .cell_text import TYPED, UNCOUNTED, clean, half_width

BAD_MONTH = "month"
BAD_DAY = "day"
BAD_INSTANT = "instant"
MID_MONTH = "mid_month"  # a day that is neither the first nor the last of its month
TWO_ORDERS = "two_orders"  # 01/03/2026
SHORT_YEAR = "short_year"
LOST_ZERO = "lost_zero"  # 2026.1
SERIAL = "serial"  # 45292
NO_SUCH = "no_such"  # a month 13, a 30th of February

#: The order of day and month in dates that begin with neither, and numbers of days.
DAY_FIRST, MONTH_FIRST, SERIALS = "dmy", "mdy", "serial"
NAMES = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAME = "(?P<name>[a-z]{3})[a-z]*"
_YEAR = "(?P<year>(?:19|20|21)[0-9]{2})"
_MONTH = "(?P<month>[0-9]{1,2})"
_DAY = "(?P<day>[0-9]{1,2})"
_SEP = "[-/.]"
_MONTHS = [
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[-/]{_MONTH}",
        rf"{_YEAR}\.(?P<month>[0-9]{{2}})",
        rf"{_YEAR}(?P<month>[0-9]{{2}})",
        rf"{_YEAR}年{_MONTH}月?份?",
        rf"{_MONTH}[-/]{_YEAR}",
        rf"(?P<month>[0-9]{{2}})\.{_YEAR}",
        rf"{_NAME}[-., ]*{_YEAR}",
        rf"{_YEAR}[-., ]*{_NAME}",
    )
]
_DAYS = [
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(?P<sep>{_SEP}){_MONTH}(?P=sep){_DAY}",
        rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
        rf"{_YEAR}年{_MONTH}月{_DAY}日?",
        rf"{_DAY}[-. ]{_NAME}[-., ]*{_YEAR}",
        rf"{_NAME}[-. ]{_DAY}(?:,|\s|-)+{_YEAR}",
    )
]
_TWO = re.compile(rf"(?P<one>[0-9]{{1,2}})({_SEP})(?P<two>[0-9]{{1,2}})\2{_YEAR}")
_MIDNIGHT = re.compile(r"[ t]0{1,2}:00(:00(\.0+)?)?z?$")
_TIME = re.compile(
    r"(?P<rest>.+?)[ t]\s*(?P<hour>[0-9]{1,2})[:时](?P<minute>[0-9]{2})分?"
    r"(?::?(?P<second>[0-9]{2})(?:\.0+)?秒?)?"
)
#: What a database reads as it is.
PLAIN_MONTH = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])(-01)?$"
PLAIN_DAY = "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$"


def month(text: str, form: str = "") -> date:
    """Return the first day of the month that ``text`` says.

    :param form: what the source is known to write: ``dmy``, ``mdy`` or ``serial``
    :raises Doubtful: it is no month, or not clearly one

    >>> clear = "2026-03 2026/3 2026年3月 2026年03月份 202603 3/2026 2026-03-31 20260331"
    >>> {month(one) for one in clear.split()}
    {datetime.date(2026, 3, 1)}
    >>> clear = ("Mar 2026", "31.03.2026", "3/31/2026", "２０２６．０３", "2026年3月1日")
    >>> {month(one) for one in clear}
    {datetime.date(2026, 3, 1)}
    >>> month("01/03/2026", "dmy"), month("46082", "serial"), month("1/1/2026")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 1, 1))
    >>> def why(text):
    ...     try: return month(text)
    ...     except Doubtful as doubt: return str(doubt)
    >>> [why(one) for one in ("01/03/2026", "2026-03-15", "46082", "2026.1", "Mar-26")]
    ['two_orders', 'mid_month', 'serial', 'lost_zero', 'short_year']
    >>> [why(one) for one in ("2026-13", "3月", "soon", "")]
    ['no_such', 'month', 'month', 'month']
    """
    if text.startswith(UNCOUNTED):
        raise Doubtful(NOT_COUNTED)
    short = _prepared(text)
    for pattern in _MONTHS:
        if found := pattern.fullmatch(short):
            return _date(found["year"], _number(found), 1)
    try:
        found = _day(short, form, BAD_MONTH)
    except Doubtful as doubt:
        raise _sooner(short, doubt) from None
    if found.day != 1 and (found + timedelta(days=1)).day != 1:
        raise Doubtful(MID_MONTH)
    return found.replace(day=1)


def day(text: str, form: str = "") -> date:
    """Return the day that ``text`` says; see :func:`month`.

    >>> {day(one) for one in ("2026-03-31", "2026年3月31日", "31/3/2026", "31 March 2026")}
    {datetime.date(2026, 3, 31)}
    """
    if text.startswith(UNCOUNTED):
        raise Doubtful(NOT_COUNTED)
    return _day(_prepared(text), form, BAD_DAY)


def instant(text: str, form: str = "") -> datetime:
    """Return the minute or second that ``text`` says, in nobody's zone.

    >>> [str(instant(one)) for one in ("2026-03-31 14:05", "2026年3月31日 9:05:10")]
    ['2026-03-31 14:05:00', '2026-03-31 09:05:10']
    """
    if text.startswith(UNCOUNTED):
        raise Doubtful(NOT_COUNTED)
    found = _TIME.fullmatch(half_width(clean(text)).lower())
    if not found:
        raise Doubtful(BAD_INSTANT)
    on = _day(clean(found["rest"]), form, BAD_INSTANT)
    clock = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    try:
        return datetime(on.year, on.month, on.day, *clock)
    except ValueError:
        raise Doubtful(NO_SUCH) from None


def _prepared(text):
    text = half_width(clean(text.lstrip(TYPED))).lower()
    text = _MIDNIGHT.sub("", text)
    return re.sub(r"\s*([-/.年月日])\s*", r"\1", text)


def _sooner(text, doubt):
    """Return a better word on a text that is no month."""
    if re.fullmatch(r"[0-9]{4}\.[0-9]", text):
        return Doubtful(LOST_ZERO)
    if re.fullmatch(rf"({_NAME}|[0-9]{{1,2}})[-/ '.年]?[0-9]{{2}}月?", text):
        return Doubtful(SHORT_YEAR)
    return doubt


def _day(text, form, bad):
    for pattern in _DAYS:
        if found := pattern.fullmatch(text):
            return _date(found["year"], _number(found), int(found["day"]))
    if found := _TWO.fullmatch(text):
        return _ordered(found, form)
    if re.fullmatch("[2-7][0-9]{4}([.]0+)?", text):
        if form != SERIALS:
            raise Doubtful(SERIAL)
        return date(1899, 12, 30) + timedelta(days=int(float(text)))
    raise Doubtful(bad)


def _ordered(found, form):
    """Return the day of a text that has the year behind, if its order is clear."""
    one, two = int(found["one"]), int(found["two"])
    if one > 12 or form == DAY_FIRST:
        return _date(found["year"], two, one)
    if two > 12 or form == MONTH_FIRST or one == two:
        return _date(found["year"], one, two)
    raise Doubtful(TWO_ORDERS)


def _number(found):
    groups = found.groupdict()
    if not groups.get("name"):
        return int(found["month"])
    if groups["name"] not in NAMES:
        raise Doubtful(BAD_MONTH)
    return NAMES.index(groups["name"]) + 1


def _date(year, number, on):
    try:
        return date(int(year), number, on)
    except ValueError:
        raise Doubtful(NO_SUCH) from None
