"""Ladders of different days beside one another. Plain Python, no ORM.

A rung is a dict that has at least ``id``, ``rank`` and ``criteria``; a ladder is a list of
rungs, the lowest first.
"""

#: Lightness (L*) of the first and the last tier above the lowest, and those that the
#: style sheets know; see `tokens.variables.scss` of vip_base.
LIGHT, DARK = 80, 32
SHADES = (80, 72, 70, 68, 64, 61, 56, 51, 48, 44, 42, 40, 32)


def shade(place, count):
    """Return the shade of the tier at ``place`` of ``count``, the lowest being 0.

    The lowest tier is neutral: 0. Those above it are one blue that darkens in equal
    steps of lightness.

    >>> [shade(place, 3) for place in range(3)]
    [0, 80, 32]
    >>> [shade(place, 4) for place in range(4)]
    [0, 80, 56, 32]
    >>> [shade(place, 6) for place in range(6)], shade(0, 1), shade(1, 2)
    ([0, 80, 68, 56, 44, 32], 0, 80)
    """
    if place <= 0:
        return 0
    step = (LIGHT - DARK) / max(count - 2, 1)
    exact = LIGHT - step * (place - 1)
    return min(SHADES, key=lambda known: abs(known - exact))


def successors(plans):
    """Return ``{tier that is gone: the tier that came for it}``.

    :param plans: of each version, in order: (ids of its tiers, {tier that goes: to which})

    >>> successors([({1, 2, 3}, {}), ({1, 2}, {3: 2}), ({1, 4}, {2: 4})])
    {3: 4, 2: 4}
    >>> successors([({1, 2}, {}), ({1}, {2: 1}), ({1, 2}, {})])
    {}
    """
    found, present = {}, set()
    for present, plan in plans:
        going = {old: new for old, new in plan.items() if old not in present}
        found = {old: going.get(new, new) for old, new in found.items()} | going
    return {old: new for old, new in found.items() if old not in present}


def framed(judging, present, gone):
    """Return the ladder by which a past month is judged after another one began.

    It has the rungs of ``present``, which alone can be held and given, in the order and
    with the criteria of ``judging``. A rung for which another one came lends it its
    criteria; of two that became one the lower does. A rung that is new has none: the rules
    of a month before it neither give nor take it.

    :param gone: as of :func:`successors`

    >>> def rungs(*pairs):
    ...     return [{"id": i, "rank": n, "criteria": c} for n, (i, c) in enumerate(pairs, 1)]
    >>> old = rungs(("silver", []), ("platinum", [5]), ("diamond", [10]))
    >>> def show(*new, gone=()):
    ...     new = rungs(*((name, [99]) for name in new))
    ...     return [(r["id"], r["rank"], r["criteria"]) for r in framed(old, new, dict(gone))]
    >>> show("silver", "platinum", gone=[("diamond", "platinum")])
    [('silver', 1, []), ('platinum', 2, [5])]
    >>> show("bronze", "silver", "gold", "diamond", gone=[("platinum", "gold")])
    [('bronze', 1, []), ('silver', 2, []), ('gold', 3, [5]), ('diamond', 4, [10])]
    >>> show("silver", "platinum", "gold", "diamond")[2]
    ('gold', 3, [])
    >>> show("silver", "diamond", "platinum")[1:]
    [('platinum', 2, [5]), ('diamond', 3, [10])]
    """
    known = {rung["id"]: rung for rung in present}
    order = {}
    for rung in judging:
        counted = known.get(gone.get(rung["id"], rung["id"]))
        if counted and counted["id"] not in order:
            order[counted["id"]] = {**rung, **_named(counted)}
    places = list(order)
    for index, rung in enumerate(present):
        if rung["id"] not in order:
            below = [places.index(under["id"]) for under in present[:index]]
            places.insert(max(below, default=-1) + 1, rung["id"])
            order[rung["id"]] = {**rung, "criteria": []}
    # Who holds nothing is where the ladder of now begins.
    places.sort(key=lambda place: place != present[0]["id"])
    return [{**order[place], "rank": rank} for rank, place in enumerate(places, 1)]


def _named(rung):
    return {name: rung[name] for name in ("id", "code", "name") if name in rung}
