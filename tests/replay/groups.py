"""A third, independent working-out of tiers: clients in groups, falls by the quarter.

Plain Python, no product. The first 600 clients form groups of three. Their consents begin
and end on many days, some in the middle of a month. A member is judged with the others
while its consent covers the whole month; a month of the window is shared by those who had
consented by its first day. Rises are given every month, falls in March, June, September
and December; every proposal is approved at once.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from . import log
from .oracle import DIAMOND, PLATINUM, SILVER

MEMBERS, SIZE, QUARTER = 600, 3, 3
#: tier → (aggregate, months, metric, to rise, to stay, any type) of each criterion.
RULES = {
    DIAMOND: (
        ("avg", 3, "deposit", 120_000, 90_000, None),
        ("max", 3, "volume", 18, 14, None),
    ),
    PLATINUM: (
        ("sum", 3, "deposit", 150_000, 110_000, None),
        ("min", 2, "volume", 8, 4, None),
    ),
}
AGGREGATES = {
    "sum": sum,
    "max": max,
    "min": min,
    "avg": lambda values: sum(values) / Decimal(len(values)),
}


@dataclass(frozen=True)
class Consent:
    group: int
    ref: str
    since: date
    until: date | None


@dataclass
class Outcome:
    """What one review asks for: client references by what becomes of them."""

    rises: dict = field(default_factory=dict)  # reference → tier
    falls: dict = field(default_factory=dict)
    grace: dict = field(default_factory=dict)  # reference → reviews below in a row
    together: set = field(default_factory=set)  # judged with others, and they matter


def consents(facts):
    """Return the consents, as a function of the log alone."""
    months = sorted({fact.month for fact in facts})
    found = []
    for place, ref in enumerate(sorted({fact.ref for fact in facts})[:MEMBERS]):
        since = months[place * 7 % 5] + timedelta(days=14 if place % 4 == 0 else 0)
        until = None
        if place % 5 == 0:
            until = months[8 + place % 4] + timedelta(days=19 if place % 2 else 0)
        found.append(Consent(place // SIZE, ref, since, until))
    return found


def outcomes(facts):
    """Return month → :class:`Outcome`."""
    own = {(f.ref, f.month): {"deposit": f.deposit, "volume": f.volume} for f in facts}
    refs = sorted({fact.ref for fact in facts})
    given = consents(facts)
    held, below, found = {}, {}, {}
    for month in sorted({fact.month for fact in facts}):
        found[month] = outcome = Outcome()
        pool = {}
        for one in given:
            after = log.add_months(month, 1)
            if one.since <= month and (one.until is None or one.until >= after):
                pool[one.ref] = one
        for ref in refs:
            values = _Values(own, pool, ref)
            tier = held.get(ref, SILVER)
            best = next((t for t in RULES if _holds(values, month, t, tier)), SILVER)
            if values.shared:
                outcome.together.add(ref)
            if best >= tier:
                below.pop(ref, None)
                if best > tier:
                    outcome.rises[ref] = held[ref] = best
                continue
            below[ref] = below.get(ref, 0) + 1
            if month.month % QUARTER:
                outcome.grace[ref] = below[ref]
            else:
                outcome.falls[ref] = held[ref] = best
                del below[ref]
    return found


class _Values:
    """The figures by which one client is judged."""

    def __init__(self, own, pool, ref):
        self.own, self.ref, self.shared = own, ref, False
        self.mine = pool.get(ref)
        self.others = [
            one
            for one in pool.values()
            if self.mine and one.group == self.mine.group and one.ref != ref
        ]

    def of(self, month, metric):
        refs = [self.ref]
        if self.mine and self.mine.since <= month:
            others = [one.ref for one in self.others if one.since <= month]
            refs += others
            self.shared = self.shared or bool(others)
        return sum(
            (Decimal(self.own.get((r, month), {}).get(metric, 0)) for r in refs),
            Decimal(0),
        )


def _holds(values, month, tier, held):
    return all(
        AGGREGATES[aggregate](
            [values.of(log.add_months(month, -back), metric) for back in range(months)]
        )
        >= (rise if tier > held else stay)
        for aggregate, months, metric, rise, stay, _any_type in RULES[tier]
    )
