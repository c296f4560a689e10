"""Which policies can never win, and for which tickets nothing is promised. No ORM.

Both questions are about all combinations of facts at once. Combinations are not tried one
by one: per dimension, values that all rules see alike are one *class*, and one dimension
after the other the rules that still matter are followed as a set. Equal sets are followed
once, so the work grows with what policies tell apart and not with their product.
"""

from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from .matching import DIMENSIONS, SCOPE_RANK, Facts, explain, specificity

PRIORITIES = ("0", "1", "2", "3")
#: Facts that a combination of item, client and company leaves open.
OPEN = ("client_type", "team", "priority", "channel", "tags", "domain")
#: What becomes of a combination.
PROMISED, NOTHING, PARTLY, GAP = "promised", "nothing", "partly", "gap"


class Universe(NamedTuple):
    """What facts there are beside those that the rules name.

    ``paths``: of service items, the empty one for no item; ``clients``: pairs (is a key
    client, tier id); ``today``: what was before does not matter.
    """

    paths: tuple
    clients: tuple
    client_types: tuple
    company_ids: tuple
    today: object


def shadowed(rules, universe):
    """Return ``{index: {indexes}}``: rules that can never win, and few that keep them down.

    A rule can win if there are facts from today on for which it is the closest for one of
    its metrics. One without any promise, or whose days are over, is not listed.

    >>> from .matching import Promise, Rule
    >>> from datetime import date
    >>> promise = Promise(1, 1, "resolution", 30, "minutes", "team", None, True, False,
    ...                   True, 80, "better")
    >>> none = frozenset()
    >>> every = Rule(None, None, None, "any", none, none, none, None, (promise,))
    >>> universe = Universe(((), (3,)), ((False, None), (True, 2)), ("end",), (1,),
    ...                     date(2024, 1, 1))
    >>> shadowed([every, every, every._replace(client_scope="key")], universe)
    {1: {0}}
    """
    classes = _classes(rules, universe)
    result = {}
    for index, rule in enumerate(rules):
        beaters = [
            _beaters(state, index)
            for promise in rule.promises
            for state in _ends(index, promise.metric, rules, classes)
        ]
        if beaters and all(beaters):
            result[index] = _few(beaters)
    return result


def _few(sets):
    """Return few elements that meet each of the sets: the most frequent ones first.

    >>> _few([{1, 2}, {2, 3}, {4}])
    {2, 4}
    """
    chosen = set()
    while sets := [found for found in sets if not found & chosen]:
        counts = Counter(element for found in sets for element in found)
        chosen.add(max(counts, key=lambda element: (counts[element], -element)))
    return chosen


def coverage(rules, universe, metric="resolution"):
    """Yield (company id, (is a key client, tier id), path, state) of each combination.

    The state is PROMISED if something is promised whatever the team, priority and so on;
    NOTHING if a policy says that nothing is; PARTLY if it depends; GAP if no policy says
    anything.
    """
    rules = [
        rule
        for rule in rules
        if any(promise.metric == metric for promise in rule.promises)
    ]
    known = {}
    for company_id in universe.company_ids:
        for client in universe.clients:
            for path in universe.paths:
                facts = Facts(company_id, universe.today, *client, path, None, "1")
                fitting = tuple(rule for rule in rules if _fits_closed(rule, facts))
                key = (fitting, facts)
                if key not in known:
                    known[key] = _state(fitting, facts, universe, metric)
                yield company_id, client, path, known[key]


def _fits_closed(rule, facts):
    """Tell whether a rule fits as far as item, client, company and day are concerned."""
    return specificity(_unconditional(rule), facts) is not None


def _unconditional(rule):
    return rule._replace(
        team_ids=frozenset(),
        priority=None,
        client_type=None,
        channel_ids=frozenset(),
        tag_ids=frozenset(),
        domain=None,
    )


def _state(fitting, facts, universe, metric):
    if not fitting:
        return GAP
    states = {frozenset(range(len(fitting)))}
    classes = _classes(fitting, universe)
    for name in OPEN:
        states = {
            frozenset(index for index in state if ranks[index] is not None)
            for state in states
            for ranks in classes[name]
        }
    if frozenset() in states:
        return PARTLY
    found = explain(map(_unconditional, fitting), facts)[metric]
    return NOTHING if found.promise.nothing else PROMISED


# Which rules matter


def _classes(rules, universe):
    """Return ``{dimension: {rank of each rule, None where it does not fit}}``."""
    values = {
        "item": universe.paths,
        "client": universe.clients,
        "client_type": (None, *universe.client_types),
        "team": (None, *_named(rules, "team_ids")),
        "priority": PRIORITIES,
        "channel": (None, *_named(rules, "channel_ids")),
        # Another tag only brings more rules that fit: one is enough, or none.
        "tags": (None, *_named(rules, "tag_ids")),
        "domain": (None, *{rule.domain for rule in rules if rule.domain}),
        "company": universe.company_ids,
        "date": _days(rules, universe.today),
    }
    return {
        name: {tuple(RANKS[name](rule, value) for rule in rules) for value in found}
        for name, found in values.items()
    }


def _named(rules, field):
    return frozenset().union(*(getattr(rule, field) for rule in rules))


def _days(rules, today):
    """Return today and the later days on which what is in force changes."""
    days = {today}
    for rule in rules:
        if rule.date_from:
            days.add(rule.date_from)
        if rule.date_to:
            days.add(rule.date_to + timedelta(days=1))
    return {day for day in days if day >= today}


def _ends(index, metric, rules, classes):
    """Return all sets of rivals that a rule can end up with, for one of its metrics.

    A rival is (index, is closer): it fits the same facts and is closer or as close.
    """
    rivals = frozenset(
        (other, False)
        for other, rule in enumerate(rules)
        if other != index and any(promise.metric == metric for promise in rule.promises)
    )
    states = {rivals}
    for name in ("date", *DIMENSIONS):
        fitting = [ranks for ranks in classes[name] if ranks[index] is not None]
        states = {_left(state, ranks, index) for state in states for ranks in fitting}
    return states


def _left(state, ranks, index):
    """Return the rivals that are left in one class of a dimension."""
    own = ranks[index]
    return frozenset(
        (other, closer or ranks[other] > own)
        for other, closer in state
        if ranks[other] is not None and (closer or ranks[other] >= own)
    )


def _beaters(state, index):
    """Return the rivals that win: those that are closer, or as close and come first."""
    return {other for other, closer in state if closer or other < index}


def _rank_item(rule, path):
    if not rule.category_ids:
        return 0
    depths = [i + 1 for i, item in enumerate(path) if item in rule.category_ids]
    return max(depths, default=None)


def _rank_client(rule, client):
    key_client, tier_id = client
    if rule.client_scope == "tiers":
        fits = tier_id in rule.tier_ids
    else:
        fits = rule.client_scope == "any" or (rule.client_scope == "key") == key_client
    return SCOPE_RANK[rule.client_scope] if fits else None


def _rank_chosen(field):
    """Return the rank function of a dimension with a set of ids; empty: any."""

    def rank(rule, value):
        chosen = getattr(rule, field)
        return _rank(bool(chosen), value in chosen)

    return rank


def _rank_equal(field):
    """Return the rank function of a dimension with one value; None: any."""

    def rank(rule, value):
        asked = getattr(rule, field)
        return _rank(bool(asked), value == asked)

    return rank


def _rank(asks, fits):
    return int(asks) if fits or not asks else None


def _rank_date(rule, day):
    after = not rule.date_from or rule.date_from <= day
    return 0 if after and (not rule.date_to or day <= rule.date_to) else None


RANKS = {
    "item": _rank_item,
    "client": _rank_client,
    "client_type": _rank_equal("client_type"),
    "team": _rank_chosen("team_ids"),
    "priority": _rank_equal("priority"),
    "channel": _rank_chosen("channel_ids"),
    "tags": _rank_chosen("tag_ids"),
    "domain": _rank_equal("domain"),
    "company": _rank_equal("company_id"),
    "date": _rank_date,
}
