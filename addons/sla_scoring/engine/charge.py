"""What is charged, and to whom: bands of a scale, shares of several holders. Pure.

A band reaches from ``lower`` to ``upper`` (``None``: no end). Its upper limit belongs to
it when ``upper_included``. Its lower limit does not belong to it, unless the band below
ends exactly there and leaves it out.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


@dataclass(frozen=True)
class Band:
    """One band; ``key`` is whatever the caller wants back."""

    lower: int
    upper: int | None
    upper_included: bool = True
    key: object = None


def ordered(bands):
    """Return the bands from the lowest to the highest."""
    return sorted(bands, key=lambda band: (band.lower, _end(band)))


def find(bands, value):
    """Return the key of the band that holds ``value``, ``None`` if none does.

    REQUIREMENTS P1, in seconds:

    >>> late = [Band(0, 300, key="a"), Band(300, 600, key="b"),
    ...         Band(600, 1200, False, key="c"), Band(1200, None, key="d")]
    >>> [find(late, value) for value in (0, 1, 300, 301, 600, 601, 1199, 1200)]
    [None, 'a', 'a', 'b', 'b', 'c', 'c', 'd']
    """
    below = None
    for band in ordered(bands):
        if _above(band, below, value) and _within(band, value):
            return band.key
        below = band
    return None


def overlap(bands):
    """Return the first pair of neighbours that overlap, ``None`` if no two do.

    >>> overlap([Band(0, 5, key="a"), Band(4, 9, key="b")])
    ('a', 'b')
    >>> overlap([Band(0, 5), Band(5, None)])
    """
    rows = ordered(bands)
    for below, above in zip(rows, rows[1:], strict=False):
        if above.lower < _end(below):
            return below.key, above.key
    return None


def gaps(bands):
    """Return what no band covers above zero as ``(lower, upper)``, ``None``: no end.

    >>> gaps([Band(1, 5), Band(7, 9)])
    [(0, 1), (5, 7), (9, None)]
    >>> gaps([Band(0, 5), Band(5, None)])
    []
    """
    result, reached = [], 0
    for band in ordered(bands):
        if band.lower > reached:
            result.append((reached, band.lower))
        reached = max(reached, _end(band))
    if reached != float("inf"):
        result.append((reached, None))
    return result


def _end(band):
    return float("inf") if band.upper is None else band.upper


def _above(band, below, value):
    if value != band.lower:
        return value > band.lower
    return bool(below and below.upper == value and not below.upper_included)


def _within(band, value):
    if value == band.upper:
        return band.upper_included
    return value < _end(band)


CENT = Decimal("0.01")


class Holder(NamedTuple):
    """Who bears a charge: a person, or the team while nobody was there to serve."""

    user_id: int | None
    team_id: int | None


def apart(start, stop, away):
    """Cut a stretch into pieces in which its holder was there or away.

    :param away: sorted, disjoint ``(start, stop)`` pairs
    :return: list of (start, stop, was away) in order of time, without gaps

    >>> apart(0, 10, [(-5, 2), (4, 6), (9, 20)])
    [(0, 2, True), (2, 4, False), (4, 6, True), (6, 9, False), (9, 10, True)]
    >>> apart(0, 10, [])
    [(0, 10, False)]
    """
    pieces, at = [], start
    for gone, back in away:
        gone, back = max(gone, at), min(back, stop)
        if gone >= back:
            continue
        if gone > at:
            pieces.append((at, gone, False))
        pieces.append((gone, back, True))
        at = back
    return pieces + [(at, stop, False)] if at < stop else pieces


#: How a late promise is shared by who held it, see :func:`borne`.
GRACE, OVERRUN, WHOLE = "grace", "overrun", "whole"
#: For how long (seconds) a ticket that was handed over counts for who gave it at most,
#: where its team says nothing else.
LONGEST_GRACE = 300


def grace_of(limit, longest=LONGEST_GRACE):
    """Return for how many seconds a hand-over counts for who gave the ticket.

    The time that the team says, or a fifth of the promised time where that is less.

    >>> grace_of(3600), grace_of(600), grace_of(None)
    (300, 120, 300)
    >>> grace_of(3600, 600), grace_of(600, 0)
    (600, 0)
    """
    return longest if limit is None else min(longest, limit // 5)


def borne(sharing, spans, due, grace, worked, after):
    """Return who bears which part of a promise, by the rule of the company.

    ``GRACE``: what is after the limit, by who held it; the first seconds after a
    hand-over count for who bore the ticket before. Who passes it on, or gives it back,
    within that time has borne nothing. ``OVERRUN``: the same without such a time.
    ``WHOLE``: all counted time from start to stop.

    :param spans: list of (user id or None, team id or None, start, stop) in order of
        time from the start of the clock, epoch seconds; where it does not count there
        are none
    :param grace: counted seconds
    :param worked: function of start and stop that returns the counted seconds between
    :param after: function of an instant and counted seconds that returns when they
        have passed
    :return: such a list of who bears it

    Ann (7) hands over a minute before the limit of 60 minutes, Bob (8) solves it late:

    >>> minutes = [(7, 1, 0, 59), (8, 1, 59, 66)]
    >>> def shared(sharing, spans, grace=5):
    ...     return borne(sharing, spans, 60, grace, lambda start, stop: stop - start,
    ...                  lambda at, seconds: at + seconds)
    >>> shared("grace", minutes)
    [(7, 1, 60, 64), (8, 1, 64, 66)]
    >>> shared("overrun", minutes)
    [(8, 1, 60, 66)]
    >>> shared("whole", minutes)
    [(7, 1, 0, 59), (8, 1, 59, 66)]

    Bob gives it back; Ann lets go of it:

    >>> shared("grace", [(7, 1, 0, 59), (8, 1, 59, 62), (7, 1, 62, 70)])
    [(7, 1, 60, 62), (7, 1, 62, 70)]
    >>> shared("grace", [(7, 1, 0, 59), (None, 1, 59, 70)])
    [(7, 1, 60, 64), (None, 1, 64, 70)]
    """
    if sharing == WHOLE:
        return list(spans)
    if sharing == GRACE:
        spans = _after_grace(spans, grace, worked, after)
    return [
        (user, team, max(start, due), stop)
        for user, team, start, stop in spans
        if stop > due
    ]


def _after_grace(spans, grace, worked, after):
    """Return spans with who bears them: who gave the ticket until the grace is over."""
    result, bearer, holder, left = [], None, None, 0
    for user, team, start, stop in spans:
        given = _side(user, team)
        if holder is None:
            bearer = (user, team)
        elif given != holder:
            left = grace
        holder = given
        seconds = worked(start, stop)
        if holder != _side(*bearer) and left:
            if seconds <= left:
                result.append((*bearer, start, stop))
                left -= seconds
                continue
            begin = after(start, left)
            result.append((*bearer, start, begin))
            start, left = begin, 0
        bearer = (user, team)
        result.append((user, team, start, stop))
    return result


def _side(user, team):
    """Return who holds a ticket: a person in whichever team, else the team."""
    return user or (None, team)


def stretches(spans, leaves, worked):
    """Return who bears which stretches of the time that is shared.

    Who is on leave bears nothing: that time is the team's.

    :param spans: list of (user id or None, team id or None, start, stop) in order of
        time, epoch seconds
    :param leaves: dict of user id → sorted, disjoint ``(start, stop)`` pairs
    :param worked: function of start and stop that returns the counted seconds between
    :return: dict of :class:`Holder` → list of (start, stop, seconds, was away) in order
        of time; holders in order of when they bore it last

    >>> spans = [(7, 1, 0, 60), (8, 1, 60, 80)]
    >>> held = stretches(spans, {7: [(20, 50)]}, lambda start, stop: stop - start)
    >>> for holder, parts in held.items():
    ...     print(holder, parts)
    Holder(user_id=None, team_id=1) [(20, 50, 30, True)]
    Holder(user_id=7, team_id=None) [(0, 20, 20, False), (50, 60, 10, False)]
    Holder(user_id=8, team_id=None) [(60, 80, 20, False)]
    """
    result = {}
    for user_id, team_id, start, stop in spans:
        for begin, end, away in apart(start, stop, leaves.get(user_id, ())):
            seconds = worked(begin, end)
            if seconds <= 0:
                continue
            present = user_id and not away
            holder = Holder(user_id, None) if present else Holder(None, team_id)
            parts = result.pop(holder, [])
            result[holder] = [*parts, (begin, end, seconds, away)]
    return result


def capped(points, charged, *caps):
    """Return what of some points can still be charged, and what the caps spare.

    :param points: Decimal, zero or above
    :param charged: list with, for each cap, the Decimal charged already
    :param caps: the most that may be charged, each a Decimal; zero or None: no cap
    :return: (charged, spared), which sum to the points

    >>> capped(Decimal("3.00"), [Decimal("1.50"), Decimal(0)], Decimal(4), None)
    (Decimal('2.50'), Decimal('0.50'))
    >>> capped(Decimal("3.00"), [Decimal("5")], Decimal(4))
    (Decimal('0'), Decimal('3.00'))
    """
    room = [
        max(cap - done, Decimal(0))
        for cap, done in zip(caps, charged, strict=True)
        if cap
    ]
    left = min([points, *room])
    return left, points - left


def share(points, held_seconds):
    """Divide points in proportion to the seconds held; the shares sum exactly.

    Shares are multiples of 0.01: rounded down, then the cents that are left go to the
    largest remainders, of equal ones to who held it longer, then to who comes first.
    Points may be negative (a deduction); the shares are then those of the positive
    number with the sign changed.

    :param points: Decimal, a multiple of 0.01
    :param held_seconds: dict of holder → seconds (none negative), in order of holding
    :return: dict of holder → Decimal, with the same keys
    :raise ValueError: nobody held it for a second, or the points are finer than 0.01

    >>> share(Decimal("1.00"), {"ann": 20, "bob": 40})
    {'ann': Decimal('0.33'), 'bob': Decimal('0.67')}
    >>> share(Decimal("-0.50"), {"ann": 1, "bob": 1, "team": 1})
    {'ann': Decimal('-0.17'), 'bob': Decimal('-0.17'), 'team': Decimal('-0.16')}
    >>> sum(share(Decimal("1.50"), {"ann": 7, "bob": 11, "eve": 13}).values())
    Decimal('1.50')
    """
    total = sum(held_seconds.values())
    if total <= 0 or min(held_seconds.values()) < 0:
        raise ValueError("points can be shared only among those who held it for a time")
    cents = abs(points) / CENT
    if cents != cents.to_integral_value():
        raise ValueError("points must be a multiple of 0.01")
    cents = int(cents)
    parts = {key: divmod(cents * held, total) for key, held in held_seconds.items()}
    left = cents - sum(whole for whole, _rest in parts.values())
    by_remainder = sorted(
        parts, key=lambda key: (parts[key][1], held_seconds[key]), reverse=True
    )
    favoured = set(by_remainder[:left])
    unit = CENT if points >= 0 else -CENT
    # Adding 0 makes a negative zero an ordinary one.
    return {
        key: (whole + (key in favoured)) * unit + 0 for key, (whole, _) in parts.items()
    }


def main_holder(held_seconds):
    """Return who held it longest, of equals the first; None if nobody did.

    >>> main_holder({"ann": 20, "bob": 40, "eve": 40})
    'bob'
    >>> main_holder({}) is None
    True
    """
    holder = max(held_seconds, key=held_seconds.get, default=None)
    return holder if held_seconds.get(holder) else None
