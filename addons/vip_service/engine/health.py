"""How measures of health make one number. Plain Python, no ORM.

A measure is a dict that has at least ``value`` (a number; None: not measured), ``weight``,
``good`` (from which value on all is well) and ``red`` (from which on it is not).
"""

#: Below it the whole is to be watched, although no measure is red.
WATCH = 60
GOOD, WATCHED, RED = "good", "watch", "red"


def score(value, good, red):
    """Return how well a measure is: 100 from ``good`` on, 0 from ``red`` on, between.

    None if it is not measured.

    >>> score(4, 5, 3), score(5, 5, 3), score(2, 5, 3)
    (50, 100, 0)
    >>> score(30, 0, 60), score(90, 0, 60), score(None, 0, 60)
    (50, 0, None)
    """
    if value is None:
        return None
    if good == red:
        return 0 if value == red else 100
    share = (value - red) / (good - red)
    return round(100 * min(max(share, 0), 1))


def overall(measures):
    """Return (number, state) of all measures; None and None where nothing is measured.

    The number is the mean by weight of what is measured. One red measure makes the whole
    red, however good the mean is.

    >>> def measure(value, weight, good=100, red=0):
    ...     return {"value": value, "weight": weight, "good": good, "red": red}
    >>> overall([measure(100, 1), measure(50, 3), measure(None, 9)])
    (62, 'good')
    >>> overall([measure(100, 9), measure(0, 1)])
    (90, 'red')
    >>> overall([measure(40, 1)]), overall([measure(None, 1)])
    ((40, 'watch'), (None, None))
    """
    scored = [
        (found, one["weight"])
        for one in measures
        if (found := score(one["value"], one["good"], one["red"])) is not None
    ]
    if not scored:
        return None, None
    number = int(sum(s * w for s, w in scored) / sum(w for _s, w in scored))
    if any(found == 0 for found, _weight in scored):
        return number, RED
    return number, GOOD if number >= WATCH else WATCHED
