"""How days, times, lengths and money are written, the same wherever somebody reads them.

The web client writes them in `static/src/core/format.js` and `duration.js`; one table of
cases, `static/tests/written_cases.js`, is tested against both. Texts are in the language
of the environment.

A text that is kept (a mail, a line of a chatter) is read on other days than today: only a
page that is made while somebody looks at it says "today" and "tomorrow".
"""

import babel.dates
import pytz

from odoo.http import request
from odoo.tools import float_round
from odoo.tools.misc import babel_locale_parse, formatLang, get_lang

from .times import event_time

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
#: From here on nobody reads the decimals of an amount.
WHOLE_FROM = 1000


def reader_zone(env, company=None):
    """Return the zone of whoever reads: the user's, the browser's, the company's."""
    known = env.context.get("tz") or env.user.tz or _browser_zone()
    # As superuser: the zone of a company is no secret.
    return known or (company or env.company).sudo()._vip_zone()


def written_day(env, day, today=None, year=False):
    """Return a date as people write it: "Nov 26", in another year "Nov 26, 2025".

    :param today: a date; the words "today" and "tomorrow" are said where it is given,
        and it is the year that needs no number
    :param year: with the year in any case, for what is kept on paper
    """
    if not day:
        return ""
    if year:
        return _date_of(env, day, "yMMMd")
    if today and (day - today).days == 0:
        return env._("today")
    if today and (day - today).days == 1:
        return env._("tomorrow")
    return _date(env, day, today)


def written_time(env, local):
    """Return the time of day of a local datetime: "2:14 PM", in Chinese "14:14"."""
    return _plain(babel.dates.format_time(local, "short", locale=_locale(env)))


def written_moment(env, at, zone=None, now=None):
    """Return a naive UTC datetime as people write it: "Nov 26, 2:14 PM".

    :param zone: name of the zone of whoever reads; default: see :func:`reader_zone`
    :param now: naive UTC; "today" and "tomorrow" are said where it is given
    """
    if not at:
        return ""
    zone = pytz.timezone(zone or reader_zone(env))
    local = pytz.utc.localize(at).astimezone(zone)
    time = written_time(env, local)
    today = now and pytz.utc.localize(now).astimezone(zone).date()
    if today and (local.date() - today).days == 0:
        return env._("today %s", time)
    if today and (local.date() - today).days == 1:
        return env._("tomorrow %s", time)
    day = _date(env, local.date(), today)
    return env._("%(day)s, %(time)s", day=day, time=time)


def written_length(env, seconds, precise=False):
    """Return a length of time in at most two units: "45 s", "1 h 26 min", "2 d 3 h".

    :param seconds: its sign is ignored, parts of a second are cut off
    :param precise: with the seconds of what is below an hour
    """
    whole = int(abs(seconds))
    if whole >= DAY:
        return _two(
            env, _days(env, whole), _hours(env, whole % DAY), whole % DAY >= HOUR
        )
    if whole >= HOUR:
        rest = whole % HOUR
        return _two(env, _hours(env, whole), _minutes(env, rest), rest >= MINUTE)
    if whole >= MINUTE:
        rest = whole % MINUTE
        both = precise and rest > 0
        return _two(env, _minutes(env, whole), env._("%s s", rest), both)
    return env._("%s s", whole)


def written_late(env, seconds):
    """Return how late something is: "late 6 min"; the sign is ignored."""
    return env._("late %s", written_length(env, seconds))


def written_money(env, amount, currency=None):
    """Return sign and number, without decimals from 1,000 on and in whole amounts.

    :param currency: a ``res.currency``; the bare number without one
    """
    decimals = currency.decimal_places if currency else 2
    rounded = round(abs(amount), decimals)
    whole = rounded >= WHOLE_FROM or rounded == int(rounded)
    digits = 0 if whole else decimals
    # As the web client rounds, half up.
    shown = float_round(abs(amount), precision_digits=digits)
    number = formatLang(env, shown, digits=digits)
    minus = "-" if amount < 0 and rounded else ""
    if not currency:
        return minus + number
    if currency.position == "after":
        return f"{minus}{number}\u00a0{currency.symbol}"
    return f"{minus}{currency.symbol}{number}"


def written_number(env, value):
    """Return a quantity with the decimals that it has, two at most: "700", "12.5"."""
    return formatLang(env, value, digits=0 if round(value, 2) % 1 == 0 else 2)


def written_amount(env, value, code=None):
    """Return money by the code of its currency, a quantity without one."""
    if not code:
        return written_number(env, value)
    currency = env["res.currency"]._vip_by_code(code)
    if currency:
        return written_money(env, value, currency)
    return f"{written_money(env, value)} {code}"


def _browser_zone():
    zone = request.cookies.get("tz") if request else None
    return zone if zone in pytz.all_timezones_set else None


def _two(env, first, second, both):
    return env._("%(first)s %(second)s", first=first, second=second) if both else first


def _days(env, seconds):
    return env._("%s d", seconds // DAY)


def _hours(env, seconds):
    return env._("%s h", seconds // HOUR)


def _minutes(env, seconds):
    return env._("%s min", seconds // MINUTE)


def _date(env, day, today):
    year = (today or event_time(env).date()).year
    return _date_of(env, day, "MMMd" if day.year == year else "yMMMd")


def _date_of(env, day, skeleton):
    return _plain(babel.dates.format_skeleton(skeleton, day, locale=_locale(env)))


def _locale(env):
    return babel_locale_parse(get_lang(env).code)


def _plain(text):
    """Return the text with ordinary spaces: versions of the CLDR differ in them."""
    return text.replace("\u202f", " ").replace("\xa0", " ")
