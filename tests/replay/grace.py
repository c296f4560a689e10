"""A second, independent working-out of tiers: other windows, retain below qualify, grace,
falls of one tier at a time, and a criterion for agents alone. Plain Python, no product.

- Platinum: on average 30,000 CZK a month over three months, kept from 20,000; and 5
  transactions in the month, kept from 3. Agents also need one month of 45,000 among two,
  kept from 30,000. One review below is forgiven.
- Diamond: 60,000 and 40,000; 7 and 5. Two reviews below are forgiven.
- Months without figures count as zero. Every proposal is approved at once.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from . import log
from .oracle import DIAMOND, PLATINUM, SILVER

AGENT = "agent"
#: tier → (aggregate, months, metric, to rise, to stay, type or None) of each criterion.
RULES = {
    PLATINUM: (
        ("avg", 3, "deposit", 30000, 20000, None),
        ("last", 1, "volume", 5, 3, None),
        ("max", 2, "deposit", 45000, 30000, AGENT),
    ),
    DIAMOND: (
        ("avg", 3, "deposit", 60000, 40000, None),
        ("last", 1, "volume", 7, 5, None),
    ),
}
GRACE = {PLATINUM: 1, DIAMOND: 2}


@dataclass
class Outcome:
    """What one review asks for: client references by what becomes of them."""

    rises: dict = field(default_factory=dict)  # reference → tier
    falls: dict = field(default_factory=dict)
    grace: dict = field(default_factory=dict)  # reference → reviews below in a row


def outcomes(facts, types):
    """Return month → :class:`Outcome`; ``types`` is the type of each reference."""
    values = {}
    for fact in facts:
        values[fact.ref, fact.month] = {"deposit": fact.deposit, "volume": fact.volume}
    held, below, found = {}, {}, {}
    for month in sorted({fact.month for fact in facts}):
        found[month] = outcome = Outcome()
        for ref, kind in types.items():
            tier = held.get(ref, SILVER)
            rise = max(
                (
                    t
                    for t in RULES
                    if t > tier and _holds(values, ref, kind, month, t, 0)
                ),
                default=None,
            )
            stays = tier == SILVER or _holds(values, ref, kind, month, tier, 1)
            if rise or stays:
                below.pop(ref, None)
                if rise:
                    outcome.rises[ref] = held[ref] = rise
                continue
            below[ref] = below.get(ref, 0) + 1
            if below[ref] <= GRACE[tier]:
                outcome.grace[ref] = below[ref]
            else:
                outcome.falls[ref] = held[ref] = tier - 1
                del below[ref]
    return found


def _holds(values, ref, kind, month, tier, threshold):
    return all(
        _measure(values, ref, month, *criterion[:3]) >= criterion[3 + threshold]
        for criterion in RULES[tier]
        if criterion[5] in (None, kind)
    )


def _measure(values, ref, month, aggregate, months, metric):
    window = [log.add_months(month, -back) for back in range(months)]
    amounts = [values.get((ref, m), {}).get(metric, Decimal(0)) for m in window]
    if aggregate == "avg":
        return sum(amounts) / Decimal(months)
    return max(amounts) if aggregate == "max" else amounts[0]
