"""Public holidays and make-up days of a country, from the library `holidays`.

The library is optional: :func:`available` tells whether it is installed.
"""

import re
from datetime import date
from typing import NamedTuple

try:
    import holidays
except ImportError:  # what needs it says so
    holidays = None

HOLIDAY = "holiday"
MAKEUP = "makeup"
#: Chinese of the library that no Chinese calendar says, and what they say instead.
REWORDED = (
    (re.compile(r"（([\d-]+)日起取代）"), r"（\1 补班调休）"),
    (re.compile("（观察日）"), "（补假）"),
)


class UnknownPlace(Exception):
    """The library knows no holidays of this country, or of this part of it."""


class Day(NamedTuple):
    date: date
    name: str
    kind: str


def available():
    """Tell whether the library is installed."""
    return holidays is not None


def days_of(country, subdivision, years, lang):
    """Return the :class:`Day` list of a country for some years, in order of date.

    :param country: ISO code, such as ``CN``
    :param subdivision: code of a part of the country as the library has it, or None
    :param years: iterable of int
    :param lang: Odoo's code of a language; another one is used if it is not known
    :raise UnknownPlace: nothing is known about the country or this part of it
    """
    years = sorted(set(years))
    try:
        known = holidays.country_holidays(country, subdiv=subdivision, years=years)
    except NotImplementedError as error:
        raise UnknownPlace(str(error)) from None
    language = _language(known, lang)
    if language:
        known = holidays.country_holidays(
            country, subdiv=subdivision, years=years, language=language
        )
    free = [Day(day, _reworded(known[day]), HOLIDAY) for day in known]
    # The library lists make-up days of years that nobody asked for as well.
    worked = getattr(known, "weekend_workdays", None) or ()
    makeup = [Day(day, "", MAKEUP) for day in worked if day.year in years]
    return sorted(free + makeup)


def _reworded(name):
    """Return a holiday's name in the words of its country.

    >>> _reworded("休息日（2026-01-04日起取代）")
    '休息日（2026-01-04 补班调休）'
    >>> _reworded("清明节（观察日）"), _reworded("New Year's Day")
    ('清明节（补假）', "New Year's Day")
    """
    for pattern, words in REWORDED:
        name = pattern.sub(words, name)
    return name


def _language(known, lang):
    """Return the library's code of a language that it has, else None."""
    offered = known.supported_languages or ()
    for code in (lang, (lang or "").split("_")[0]):
        if code in offered:
            return code
    return "en_US" if "en_US" in offered else None
