"""How near a client is to a tier, by its figures of single months. Plain Python, no ORM."""


def measured(values, window, aggregate):
    """Return a measure over the last ``window`` of monthly values, oldest first.

    A month without figure counts as 0, as for the reviews.

    >>> [measured([1, 2, None, 3], 3, kind) for kind in ("sum", "max", "min", "last")]
    [5, 3, 0, 3]
    >>> measured([2, 4], 2, "avg"), measured([], 1, "last")
    (3.0, 0)
    """
    within = [value or 0 for value in values[-window:]] or [0]
    if aggregate == "last":
        return within[-1]
    if aggregate == "avg":
        return sum(within) / window
    return {"sum": sum, "min": min, "max": max}[aggregate](within)


def reached(steps, match):
    """Return how much of what a tier asks is reached, in per cent from 0 to 100.

    :param steps: pairs of (value, needed)
    :param match: ``all``: the least reached counts, ``any``: the most

    >>> reached([(50, 100), (3, 2)], "all"), reached([(50, 100), (3, 2)], "any")
    (50.0, 100)
    >>> reached([], "all"), reached([(-5, 10)], "all"), reached([(0, 0)], "any")
    (100, 0.0, 100)
    """
    parts = [
        min(max(100 * value / needed, 0.0), 100) if needed > 0 else 100
        for value, needed in steps
    ]
    best = min if match == "all" else max
    return best(parts, default=100)
