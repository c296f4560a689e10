"""By which tier a past ticket was promised, from when to when. Plain Python, no ORM.

Instants are epoch seconds.
"""

from datetime import date
from typing import NamedTuple


class Retier(NamedTuple):
    """A tier change of a client that took effect ``at`` an instant.

    ``day``: from which day on; ``hold``: an override that keeps the tier.
    """

    at: int
    client_id: int
    old_tier_id: int
    tier_id: int
    day: date
    hold: bool


class TierStep(NamedTuple):
    """From when on a ticket is promised by which tier.

    ``rematch``: the tier changed under the open ticket, which was matched again.
    """

    at: int
    tier_id: int | None
    rematch: bool


def tier_steps(stretches, today, day, retiers):
    """Return the :class:`TierStep` of a ticket, in order of time.

    A client brings the tier that it had on the day of the opening. A tier change that
    takes effect is that of the client's tickets which are open then.

    :param today: {client id: its tier on the day of the opening, as it is known today}
    :param day: of the opening, in the company's zone
    :param retiers: :class:`Retier` in order of time

    >>> from .past import Stretch
    >>> from .timeline import Moment
    >>> work = Moment(0, 9, True, False, False, False, None)
    >>> stretches = (Stretch(work, 5, "5/", None, "1", 2, 2),
    ...              Stretch(work._replace(start=9, stop=None), 5, "5/", None, "1", 3, 3))
    >>> first, second = date(2024, 3, 4), date(2024, 3, 5)
    >>> retiers = [Retier(4, 2, 8, 9, second, False), Retier(5, 3, 8, 9, second, False)]
    >>> for step in tier_steps(stretches, {2: 8, 3: 7}, first, retiers):
    ...     print(*step)
    0 8 False
    4 9 True
    9 7 False
    """
    steps = []
    for place, stretch in enumerate(stretches):
        start, stop, client_id = *stretch.moment[:2], stretch.client_id
        own = [retier for retier in retiers if retier.client_id == client_id]
        if not place or client_id != stretches[place - 1].client_id:
            tier_id = _tier_at_opening(own, today.get(client_id), start, day)
            steps.append(TierStep(start, tier_id, False))
        if stretch.moment.closed:
            continue
        for retier in own:
            inside = start <= retier.at and (stop is None or retier.at < stop)
            if inside and not retier.hold and steps[-1].tier_id != retier.tier_id:
                steps.append(TierStep(retier.at, retier.tier_id, True))
    return tuple(steps)


def _tier_at_opening(retiers, today, now, day):
    """Return the tier of a client on a day as it was known by ``now``.

    >>> changes = [Retier(4, 2, 8, 9, date(2024, 3, 4), False)]
    >>> [_tier_at_opening(changes, 9, now, date(2024, 3, 4)) for now in (3, 4)]
    [8, 9]
    >>> _tier_at_opening(changes, 7, 3, date(2024, 3, 3))
    7
    """
    counted = [retier for retier in retiers if retier.day <= day]
    known = [retier for retier in counted if retier.at <= now]
    if known:
        return max(known, key=lambda retier: (retier.day, retier.at)).tier_id
    return counted[0].old_tier_id if counted else today
