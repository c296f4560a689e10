"""Which promises a ticket is under. Plain Python, no ORM.

For each metric the most specific policy that has a target for it wins.
"""

from datetime import date
from typing import NamedTuple

from .rounds import Course

SECONDS = {"minutes": 60, "hours": 3600}


class Promise(NamedTuple):
    """A target as it is promised."""

    target_id: int
    policy_id: int
    metric: str
    duration: int
    unit: str
    calendar_mode: str
    calendar_id: int | None
    pause_on_client: bool
    pause_on_third_party: bool
    item_limit: bool
    levels: tuple
    rematch: str
    course: Course = Course()

    def calendar(self, team_calendar_id):
        """Return the id of the calendar that counts; None: around the clock."""
        if self.calendar_mode == "given":
            return self.calendar_id
        return team_calendar_id if self.calendar_mode == "team" else None

    def seconds(self, start, worktime):
        """Return the promise in seconds of working time.

        A promise in working days ends at the same wall-clock time that many working
        days on, so its length depends on the start (epoch seconds).
        """
        if self.unit == "days":
            due = worktime.add_days(start, self.duration)
            return max(1, worktime.between(start, due))
        return self.duration * SECONDS[self.unit]


class Rule(NamedTuple):
    """A policy as it is matched; the order of rules breaks ties."""

    company_id: int | None
    date_from: date | None
    date_to: date | None
    client_scope: str
    tier_ids: frozenset
    category_ids: frozenset
    team_ids: frozenset
    priority: str | None
    promises: tuple


class Facts(NamedTuple):
    """What is asked of a ticket; ``category_path`` goes from the root to the item."""

    company_id: int
    date: date
    key_client: bool
    tier_id: int | None
    category_path: tuple
    team_id: int | None
    priority: str | None


def path(parent_path):
    """Return the ids of a ``parent_path``.

    >>> path("3/14/"), path(None)
    ((3, 14), ())
    """
    return tuple(int(part) for part in (parent_path or "").split("/") if part)


def specificity(rule, facts):
    """Return how closely a rule fits, comparable; None if it does not.

    First the service item (a deeper one is closer), then the client, the team, the
    priority and the company.
    """
    if (
        rule.company_id not in (None, facts.company_id)
        or (rule.date_from and facts.date < rule.date_from)
        or (rule.date_to and facts.date > rule.date_to)
        or (rule.team_ids and facts.team_id not in rule.team_ids)
        or (rule.priority and facts.priority != rule.priority)
        or not _fits_client(rule, facts)
    ):
        return None
    depth = _depth(rule, facts)
    if rule.category_ids and not depth:
        return None
    return (
        depth,
        {"any": 0, "regular": 1, "key": 1, "tiers": 2}[rule.client_scope],
        bool(rule.team_ids),
        bool(rule.priority),
        bool(rule.company_id),
    )


def match(rules, facts):
    """Return ``{metric: Promise}``, the closest for each metric.

    >>> def rule(scope, target, **more):
    ...     promise = Promise(target, 1, "resolution", 30, "minutes", "team", None,
    ...                       True, False, True, (), "better")
    ...     empty = frozenset()
    ...     return Rule(None, None, None, scope, empty, more.get("items", empty), empty,
    ...                 None, (promise,))
    >>> rules = [rule("any", 1), rule("key", 2), rule("any", 3, items=frozenset({7}))]
    >>> facts = Facts(1, date(2024, 1, 1), True, None, (), None, "1")
    >>> match(rules, facts)["resolution"].target_id
    2
    >>> match(rules, facts._replace(category_path=(7, 8)))["resolution"].target_id
    3
    """
    best = {}
    for rule in rules:
        rank = specificity(rule, facts)
        if rank is None:
            continue
        for promise in rule.promises:
            held = best.get(promise.metric)
            if held is None or rank > held[0]:
                best[promise.metric] = (rank, promise)
    return {metric: promise for metric, (_rank, promise) in best.items()}


def _fits_client(rule, facts):
    if rule.client_scope == "tiers":
        return facts.tier_id in rule.tier_ids
    return (
        rule.client_scope == "any" or (rule.client_scope == "key") == facts.key_client
    )


def _depth(rule, facts):
    """Return how deep in its path the closest item of the rule is; 0 if none."""
    for depth in range(len(facts.category_path), 0, -1):
        if facts.category_path[depth - 1] in rule.category_ids:
            return depth
    return 0
