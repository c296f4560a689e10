"""What a quality review comes to, and who makes which. Pure."""

from fractions import Fraction

MET, PARTLY, MISSED, NOT_APPLICABLE = "met", "partly", "missed", "na"
WORTH = {MET: Fraction(1), PARTLY: Fraction(1, 2), MISSED: Fraction(0)}


def percent(items):
    """Return how much of what applied was met, in percent to two decimals.

    :param items: list of (score, weight); weights are above zero
    :return: float; None where nothing applied

    >>> percent([(MET, 3), (PARTLY, 1), (MISSED, 1), (NOT_APPLICABLE, 5)])
    70.0
    >>> percent([(NOT_APPLICABLE, 1)]) is None
    True
    """
    applied = [(WORTH[score], Fraction(str(w))) for score, w in items if score in WORTH]
    if not applied:
        return None
    reached = sum(worth * weight for worth, weight in applied)
    return float(round(100 * reached / sum(weight for _worth, weight in applied), 2))


def fails(items):
    """Tell whether a critical item was missed, which fails the whole review.

    :param items: list of (score, is critical)

    >>> fails([(PARTLY, True), (MISSED, False)]), fails([(MISSED, True)])
    (False, True)
    """
    return any(critical and score == MISSED for score, critical in items)


def assign(agents, reviewers, doubles=()):
    """Share reviews among reviewers evenly; nobody reviews themselves.

    Each goes to who has fewest so far, of equals to who comes first.

    :param agents: the reviewed agent of each review
    :param reviewers: who reviews, in order
    :param doubles: positions of the reviews that a second one scores as well
    :return: list of (reviewer, second reviewer or None); None: nobody can review it

    >>> assign(["ann", "bob", "eve"], ["bob", "dan"])
    [('bob', None), ('dan', None), ('bob', None)]
    >>> assign(["ann", "bob"], ["bob", "dan"], doubles=[0, 1])
    [('bob', 'dan'), ('dan', None)]
    """
    load = dict.fromkeys(reviewers, 0)

    def take(*excluded):
        free = [reviewer for reviewer in load if reviewer not in excluded]
        chosen = min(free, key=load.get, default=None)
        if chosen is not None:
            load[chosen] += 1
        return chosen

    result = []
    for position, agent in enumerate(agents):
        first = take(agent)
        second = first is not None and position in doubles and take(agent, first)
        result.append((first, None if second is False else second))
    return result
