"""Bands: which stretch of a scale a value falls into.

Plain Python without the ORM. A band reaches from ``lower`` to ``upper`` (``None``: no
end). Its upper limit belongs to it when ``upper_included``. Its lower limit does not
belong to it, unless the band below ends exactly there and leaves it out.
"""

from dataclasses import dataclass


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
