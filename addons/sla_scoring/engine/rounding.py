"""Rounded figures that add up: what is shown sums to the total that is shown. Pure."""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def add_up(values, step=CENT):
    """Return values as multiples of ``step`` that sum to their rounded sum.

    Each is rounded down, then the steps that are left go to the largest remainders, of
    equal ones to who comes first.

    :param values: Decimals
    :param step: Decimal above zero

    >>> thirds = [Decimal("41.6667")] * 3
    >>> [str(value) for value in add_up(thirds)]
    ['41.67', '41.67', '41.66']
    >>> [str(value) for value in add_up([Decimal("-0.335"), Decimal("-0.335")])]
    ['-0.33', '-0.34']
    >>> add_up([])
    []
    """
    if not values:
        return []
    floors = [(value / step).to_integral_value(ROUND_FLOOR) for value in values]
    target = (sum(values) / step).to_integral_value(ROUND_HALF_UP)
    rests = [value / step - floor for value, floor in zip(values, floors, strict=True)]
    by_rest = sorted(range(len(values)), key=lambda place: (-rests[place], place))
    raised = set(by_rest[: int(target - sum(floors))])
    return [(floor + (place in raised)) * step for place, floor in enumerate(floors)]
