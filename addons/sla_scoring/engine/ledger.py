"""What a month comes to, and what it is worth to take something back of it. Pure.

Points are Decimal. What was lost is zero or below, what was given as offsets zero or
above.
"""

from decimal import Decimal
from itertools import count

NOTHING = Decimal(0)


def total(lost, given):
    """Return what a month counts: offsets make up for what was lost, and no more.

    >>> total(Decimal("-1.5"), Decimal("1.0")), total(Decimal("-1.5"), Decimal(2))
    (Decimal('-0.5'), Decimal('0'))
    """
    return min(lost + given, NOTHING)


def worth(lost, given, back, is_offset):
    """Return what a closed month would count more (or less), had something not been.

    That is what goes back, or is taken back, in a month that is still open: the closed
    one stays as it was paid, and both together are what they would have been. All other
    charges stay; the offsets are dealt anew.

    :param lost: what was lost in the month and still stands
    :param given: the offsets given in the month that still stand
    :param back: the change of the entry: above zero for a charge, below for an offset

    A charge of 1.5 of which an offset covered 1.0; one wholly covered; the offset that
    covered it; an offset that covered nothing:

    >>> half, one = Decimal("0.5"), Decimal(1)
    >>> worth(-one - half, one, one + half, is_offset=False)
    Decimal('0.5')
    >>> worth(-one, one, one, is_offset=False)
    Decimal('0')
    >>> worth(-one, one, -one, is_offset=True)
    Decimal('-1')
    >>> worth(NOTHING, one, -one, is_offset=True)
    Decimal('0')
    """
    without = (lost, given + back) if is_offset else (lost + back, given)
    return total(*without) - total(lost, given)


def lowest_free(taken):
    """Return the lowest number from 1 on that is not taken.

    >>> lowest_free(set()), lowest_free({1, 2}), lowest_free({2, 3})
    (1, 3, 1)
    """
    return next(number for number in count(1) if number not in taken)
