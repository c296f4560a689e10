"""Numbers as people type them: what is clear is read, what is doubtful is not.

Nobody can tell 1.234 (a thousand and some, or one and some) from its characters alone. So
a source may say its *decimal mark*; where it does not, a point is one, unless the file
itself shows that it uses commas, and a comma is read only where it can but group digits.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .cell_text import TYPED, UNCOUNTED, clean, half_width

#: Why a number is not read.
BAD = "number"
TWO_WAYS = "two_ways"  # 1.234, 1,234
OTHER_MARK = "other_mark"  # 12,50 where a point is the decimal mark
ROUNDED = "rounded"  # 1.23457E+12, or more digits than a spreadsheet keeps
PERCENT = "percent"
NOT_COUNTED = "uncounted"
DASH = "dash"
#: Digits that a spreadsheet keeps.
KEPT = 15

UNITS = {
    **{"千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "千万": 10**7},
    **{"亿": 10**8, "億": 10**8, "万亿": 10**12},
}
SIGNS = {
    **{"¥": "¥", "元": "¥", "圆": "¥", "人民币": "¥", "cny": "CNY", "rmb": "CNY"},
    **{"$": "$", "usd": "USD", "us$": "USD", "hk$": "HKD", "hkd": "HKD"},
    **{"美元": "USD", "港元": "HKD", "港币": "HKD", "欧元": "EUR"},
    **{"€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "jpy": "JPY"},
}
_SIGN = "|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True))
_UNIT = "|".join(sorted(UNITS, key=len, reverse=True))
_WHOLE = re.compile(
    rf"(?P<open>\()?(?P<before>[-+])?(?P<left>{_SIGN})?(?P<after>[-+])?"
    rf"(?P<digits>[0-9][0-9.,' ]*|[.,][0-9]+)(?P<power>e[+-]?[0-9]{{1,3}})?"
    rf"(?P<unit>{_UNIT})?(?P<right>{_SIGN})?(?P<behind>-)?(?P<close>\))?"
)
#: What a database reads as it is; a number of a workbook carries its mark.
PLAIN = r"^[+-]?[0-9]{1,15}([.][0-9]+)?$"
#: A plain one that might be a grouped one.
AMBIGUOUS = r"^[+-]?[1-9][0-9]{0,2}[.][0-9]{3}$"


class Doubtful(ValueError):
    """What a cell says is not clear; the argument says why."""


@dataclass(frozen=True)
class Marks:
    """What the texts of a file show of its signs.

    :param decimal: the decimal mark that the source is known to have, or None
    :param comma: some text has a comma that can only be a decimal mark
    :param grouped: some text has commas that can only group digits
    """

    decimal: str | None = None
    comma: bool = False
    grouped: bool = False


def marks_of(texts: Iterable[str], decimal: str | None = None) -> Marks:
    """Return what ``texts`` show.

    >>> marks_of(["12,50", "1.234"]).comma, marks_of(["1,250.50"]).grouped
    (True, True)
    >>> marks_of(["1,000", "1.234"])
    Marks(decimal=None, comma=False, grouped=False)
    """
    comma = grouped = False
    for text in texts:
        digits = _digits(text)
        comma = comma or bool(_only(digits, ",", "."))
        grouped = grouped or bool(_groups_only(digits))
    return Marks(decimal, comma, grouped)


def _digits(text):
    found = _WHOLE.fullmatch(_prepared(text)) if not text.startswith(TYPED) else None
    return found["digits"].replace("'", "").replace(" ", "") if found else ""


def _only(digits, mark, other):
    """Tell whether ``mark`` can only be the decimal mark of ``digits``."""
    if digits.count(mark) != 1:
        return False
    whole, part = digits.split(mark)
    if other in part:
        return False
    return (
        other in whole or len(part) != 3 or not re.fullmatch("[1-9][0-9]{0,2}", whole)
    )


def _groups_only(digits):
    """Tell whether the commas of ``digits`` can only group them."""
    return _is_grouped(digits.split(".")[0], ",") and (
        digits.count(",") > 1 or "." in digits
    )


def _is_grouped(whole, mark):
    """
    >>> _is_grouped("1,250,000", ","), _is_grouped("12,50", ","), _is_grouped("125", ",")
    (True, False, False)
    """
    pattern = rf"[1-9][0-9]{{0,2}}({re.escape(mark)}[0-9]{{3}})+"
    return re.fullmatch(pattern, whole) is not None


def read(text: str, marks: Marks = Marks()) -> tuple[Decimal, str]:  # noqa: B008
    """Return (number, sign of its currency) that ``text`` says.

    :raises Doubtful: it is no number, or not clearly one

    >>> [str(read(one)[0]) for one in ("1,250.50", "１２５０", "¥12.5万", "1.25E+06")]
    ['1250.50', '1250', '125000.0', '1250000']
    >>> [str(read(one)[0]) for one in ("(1,250.50)", "1250-", "−3", "1 250 000", "+4.0")]
    ['-1250.50', '-1250', '-3', '1250000', '4.0']
    >>> read("1.250,50", Marks(",")), read("$ 3")
    ((Decimal('1250.50'), ''), (Decimal('3'), '$'))
    >>> def why(text, *marks):
    ...     try: return str(read(text, Marks(*marks))[0])
    ...     except Doubtful as doubt: return str(doubt)
    >>> why("1,234"), why("1,234", None, False, True), why("1,234", ".")
    ('two_ways', '1234', '1234')
    >>> why("1.234"), why("1.234", None, True), why("1.234", ",")
    ('1.234', 'two_ways', '1234')
    >>> why("12,50"), why("12.50", ","), why("12%"), why("1.23457E+12"), why("a lot")
    ('other_mark', 'other_mark', 'percent', 'rounded', 'number')
    >>> why(TYPED + "1.234", ","), why("1234567890123456789"), why("-"), why("NaN")
    ('1.234', 'rounded', 'dash', 'number')
    """
    if text.startswith(UNCOUNTED):
        raise Doubtful(NOT_COUNTED)
    if text.startswith(TYPED):
        return _typed(text[1:]), ""
    found = _WHOLE.fullmatch(_prepared(text))
    if not found:
        raise Doubtful(_why_no_number(text))
    value = _value(found, marks) * UNITS.get(found["unit"], 1)
    sign = SIGNS.get(found["left"] or found["right"] or "", "")
    return (-value if _is_negative(found) else value), sign


def _prepared(text):
    """Return ``text`` in the characters of a Latin keyboard, without needless blanks."""
    text = half_width(clean(text)).lower()
    text = re.sub("[−–﹣⁻]", "-", text).replace("’", "'")
    text = "".join(" " if char.isspace() else char for char in text)
    return re.sub(r"(?<![0-9]) | (?![0-9])", "", clean(text))


def _typed(text):
    try:
        value = Decimal(text)
    except ArithmeticError:
        raise Doubtful(BAD) from None
    if not value.is_finite():
        raise Doubtful(BAD)
    return _within(value)


def _why_no_number(text):
    text = _prepared(text)
    if text.endswith(("%", "‰")):
        return PERCENT
    return DASH if text and not text.strip("-—") else BAD


def _is_negative(found):
    """Tell whether one minus, or brackets, stand around the number.

    :raises Doubtful: more of them than one can mean
    """
    minuses = [found[name] for name in ("before", "after", "behind")].count("-")
    brackets = bool(found["open"]), bool(found["close"])
    if brackets[0] != brackets[1] or minuses + brackets[0] > 1:
        raise Doubtful(BAD)
    if (found["before"] and found["after"]) or (found["left"] and found["right"]):
        raise Doubtful(BAD)
    return bool(minuses or brackets[0])


def _value(found, marks):
    digits = _plain_digits(found["digits"].strip(), marks)
    if not found["power"]:
        return _within(Decimal(digits))
    power, part = int(found["power"][1:]), len(digits.partition(".")[2])
    # A spreadsheet shows five decimals of what has more digits.
    if abs(power) > 30 or (part >= 5 and power > part):
        raise Doubtful(ROUNDED)
    value = Decimal(digits).scaleb(power)
    return _within(value.quantize(1) if value == value.to_integral() else value)


def _within(value):
    if len(str(abs(int(value)))) > KEPT:
        raise Doubtful(ROUNDED)
    return value


def _plain_digits(digits, marks):
    """Return ``digits`` without groups and with a point as decimal mark."""
    digits = _without(digits, "'")
    digits = _without(digits, " ")
    mark = marks.decimal or "."
    other = "," if mark == "." else "."
    if digits.count(mark) > 1:
        raise Doubtful(OTHER_MARK if _is_grouped(digits, mark) else BAD)
    whole, point, part = digits.partition(mark)
    if other in part or (other in whole and not _is_grouped(whole, other)):
        raise Doubtful(OTHER_MARK if _only(digits, other, mark) else BAD)
    if not marks.decimal:
        _check_clear(digits, marks)
    whole = whole.replace(other, "")
    return f"{whole or '0'}.{part}" if point and part else whole or "0"


def _check_clear(digits, marks):
    """Raise Doubtful where the file does not show how its signs are meant."""
    if "," in digits and not _groups_only(digits) and not marks.grouped:
        raise Doubtful(TWO_WAYS)
    if marks.comma and "." in digits and not _only(digits, ".", ","):
        raise Doubtful(TWO_WAYS)
    if marks.comma and "," in digits and "." not in digits:
        raise Doubtful(TWO_WAYS)


def _without(digits, mark):
    """Return ``digits`` without ``mark`` where it groups the whole part."""
    if mark not in digits:
        return digits
    whole = re.split("[.,]", digits)[0]
    if not _is_grouped(whole, mark) or mark in digits[len(whole) :]:
        raise Doubtful(BAD)
    return digits.replace(mark, "")
