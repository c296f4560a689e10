"""Who bears how much of something that several people held one after the other. Pure."""

from decimal import Decimal

CENT = Decimal("0.01")


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
