"""Which policies can never win, and for which tickets nothing is promised. No ORM.

Both questions are about all combinations of facts at once. Combinations are not tried one
by one: per dimension, values that all rules see alike are one *class*, and one dimension
after the other the rules that still matter are followed as a set. Equal sets are followed
once, so the work grows with what policies tell apart and not with their product.
"""

from collections import Counter
from datetime import date, timedelta
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
    >>> promise = Promise(1, 1, "resolution", 30, "minutes", "team", None, True, (),
    ...                   "better")
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
    """Yield (company id, (is a key client, tier id), path, state, Match or None).

    The state is PROMISED if something is promised whatever the team, priority and so on;
    NOTHING if a policy says that nothing is; PARTLY if it depends; GAP if no policy says
    anything, or only that nothing is promised under some condition. The match is that of
    a ticket of medium priority that meets no condition.
    """
    rules = [
        rule
        for rule in rules
        if any(promise.metric == metric for promise in rule.promises)
        and _rank_date(rule, universe.today) is not None
    ]
    by_path, by_client, by_company = (
        {value: _fitting(rules, name, value) for value in values}
        for name, values in (
            ("item", universe.paths),
            ("client", universe.clients),
            ("company", universe.company_ids),
        )
    )
    promising = {
        index
        for index, rule in enumerate(rules)
        if any(p.metric == metric and not p.nothing for p in rule.promises)
    }
    classes, known = _classes(rules, universe), {}
    for company_id in universe.company_ids:
        for client in universe.clients:
            closed = by_company[company_id] & by_client[client]
            for path in universe.paths:
                fitting = closed & by_path[path]
                if fitting not in known:
                    known[fitting] = _covered(fitting, classes)
                facts = Facts(company_id, universe.today, *client, path, None, "1")
                found = explain([rules[i] for i in sorted(fitting)], facts).get(metric)
                state = known[fitting]
                if state == PARTLY and not any(i in promising for i in fitting):
                    state = GAP
                if state == PROMISED and found and found.promise.nothing:
                    state = NOTHING
                yield company_id, client, path, state, found


def _fitting(rules, name, value):
    """Return the indexes of the rules that fit a value of a dimension."""
    rank = RANKS[name]
    return frozenset(
        index for index, rule in enumerate(rules) if rank(rule, value) is not None
    )


def _covered(fitting, classes):
    """Tell whether rules cover all that a combination leaves open, some of it, or none."""
    if not fitting:
        return GAP
    states = {fitting}
    for name in OPEN:
        states = {
            frozenset(index for index in state if ranks[index] is not None)
            for state in states
            for ranks in classes[name]
        }
    return PARTLY if frozenset() in states else PROMISED


def depends(rules, facts):
    """Tell whether more is promised, or something else, if the ticket meets conditions.

    Conditions are those that ``facts`` leave open: tier, client type, team, priority,
    channel, tags, condition.

    >>> from .matching import Promise, Rule
    >>> from datetime import date
    >>> promise = Promise(1, 1, "resolution", 30, "minutes", "team", None, True, (),
    ...                   "better")
    >>> none = frozenset()
    >>> every = Rule(None, None, None, "any", none, none, none, None, (promise,))
    >>> urgent = every._replace(priority="3", promises=(promise._replace(target_id=2),))
    >>> facts = Facts(1, date(2024, 1, 1), False, None, (4,), None, None)
    >>> depends([every], facts), depends([every, urgent], facts)
    (False, True)
    >>> item = every._replace(category_ids=frozenset({4}))
    >>> depends([every, urgent, item], facts)
    False
    """
    plain = _targets(rules, facts)
    return any(
        _targets(rules, asked) != plain
        for rule in rules
        if (asked := _asked(rule, facts)) != facts
        and specificity(rule, asked) is not None
    )


def _targets(rules, facts):
    return {
        metric: found.promise.target_id
        for metric, found in explain(rules, facts).items()
    }


def _asked(rule, facts):
    """Return the facts with what a rule asks for beside item, client and company."""
    return facts._replace(
        tier_id=min(rule.tier_ids) if _asks_tier(rule, facts) else facts.tier_id,
        client_type=rule.client_type or facts.client_type,
        team_id=min(rule.team_ids, default=facts.team_id),
        priority=rule.priority or facts.priority,
        channel_id=min(rule.channel_ids, default=facts.channel_id),
        tag_ids=rule.tag_ids,
        domains=frozenset({rule.domain} if rule.domain else ()),
    )


def _asks_tier(rule, facts):
    return facts.key_client and rule.client_scope == "tiers" and rule.tier_ids


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
        if rule.date_to and rule.date_to < date.max:
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
