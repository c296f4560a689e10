"""The appraisal of a month: several figures, each on a straight line, weighted.

Plain Python without the ORM (REQUIREMENTS P4). A component has a *floor*, worth 0, and a
*target*, worth 100; between them the line is straight, outside it is flat. The target may
lie below the floor, as for minutes.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Component:
    """One figure of the appraisal; ``value`` is ``None`` where nothing was measured."""

    key: str
    weight: float
    floor: float
    target: float
    value: float | None


@dataclass(frozen=True)
class Part:
    """What a component gave: 0 to 100, and what it adds to the score at its share.

    ``share`` is its weight in percent of those that could be measured, ``gain`` what the
    score would rise by at the target. All but ``share`` are ``None`` where nothing was
    measured.
    """

    key: str
    share: float
    result: float | None
    adds: float | None
    gain: float | None


def on_line(value, floor, target):
    """Return where ``value`` lies between floor (0) and target (100), never outside.

    >>> [on_line(value, 60, 80) for value in (50, 60, 65, 80, 99)]
    [0.0, 0.0, 25.0, 100.0, 100.0]
    >>> on_line(4, 10, 3) == on_line(3 + 1, 10, 3) == 100 * 6 / 7
    True

    :raise ValueError: floor and target are the same
    """
    if floor == target:
        raise ValueError("a line needs a floor and a target that differ")
    share = (value - floor) / (target - floor)
    return 100.0 * min(max(share, 0.0), 1.0)


def appraise(components):
    """Return ``(score, parts)``: 0 to 100, ``None`` where nothing could be measured.

    What was not measured is left out, and the weights of the others grow in proportion:

    >>> score, parts = appraise([
    ...     Component("satisfaction", 60, 60, 85, None),
    ...     Component("timeliness", 30, 70, 90, 80),
    ...     Component("volume", 10, 0, 40, 40)])
    >>> score, [(part.key, part.share, part.result, part.gain) for part in parts]
    ... # doctest: +NORMALIZE_WHITESPACE
    (62.5, [('satisfaction', 0.0, None, None),
            ('timeliness', 75.0, 50.0, 37.5), ('volume', 25.0, 100.0, 0.0)])

    >>> appraise([Component("quality", 10, 0, 1, None)])[0] is None
    True
    """
    weights = sum(c.weight for c in components if c.value is not None)
    parts = [_part(component, weights) for component in components]
    if not weights:
        return None, parts
    exact = sum(
        c.weight * on_line(c.value, c.floor, c.target)
        for c in components
        if c.value is not None
    )
    return round(exact / weights, 2), parts


def _part(component, weights):
    if component.value is None or not weights:
        return Part(component.key, 0.0, None, None, None)
    share = component.weight / weights
    result = on_line(component.value, component.floor, component.target)
    return Part(
        component.key,
        round(100 * share, 2),
        round(result, 2),
        round(share * result, 2),
        round(share * (100 - result), 2),
    )
