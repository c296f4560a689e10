"""Which promises a ticket is under. Plain Python, no ORM.

For each metric the most specific policy that says something about it wins: a promise, or
that nothing is promised.
"""

from datetime import date
from typing import NamedTuple

from odoo.addons.resource_worktime.engine.worktime import DAY

from .terms import MOST_SECONDS, Course

SECONDS = {"minutes": 60, "hours": 3600}
#: Units of the calendar on the wall, in days.
CALENDAR_DAYS = {"calendar_days": 1, "weeks": 7}
#: More days than a clock can keep as seconds.
MOST_DAYS = MOST_SECONDS // DAY
#: What policies look at, the most telling first: of two policies that fit, the one that
#: is closer in the first of these in which they differ wins.
DIMENSIONS = (
    "item",
    "client",
    "client_type",
    "team",
    "priority",
    "channel",
    "tags",
    "domain",
    "company",
)
SCOPE_RANK = {"any": 0, "regular": 1, "key": 1, "tiers": 2}


class Promise(NamedTuple):
    """A target as it is promised.

    ``nothing``: the policy says that nothing is promised; ``match_id``: the record that
    keeps why this policy won.
    """

    target_id: int | None
    policy_id: int
    metric: str
    duration: int
    unit: str
    calendar_mode: str
    calendar_id: int | None
    item_limit: bool
    levels: tuple
    rematch: str
    course: Course = Course()
    nothing: bool = False
    match_id: int | None = None

    def calendar(self, team_calendar_id):
        """Return the id of the calendar that counts; None: around the clock.

        Of a promise in calendar days only the zone of the calendar counts.
        """
        if self.calendar_mode == "given":
            return self.calendar_id
        if self.calendar_mode == "team" or self.unit in CALENDAR_DAYS:
            return team_calendar_id
        return None

    @property
    def shortest(self):
        """The time that it takes at least, in seconds on the wall."""
        if self.unit in SECONDS:
            return self.duration * SECONDS[self.unit]
        return (self.duration * CALENDAR_DAYS.get(self.unit, 1) - 1) * DAY

    def seconds(self, start, worktime):
        """Return the promise in seconds of working time, at most :data:`MOST_SECONDS`.

        A promise in days ends at the same wall-clock time that many days on: working
        days, or those of the calendar. So its length depends on the start (epoch
        seconds). That of calendar days counts around the clock.

        :param worktime: the working time that counts for this promise
        """
        return length(self.duration, self.unit, start, worktime, worktime)


def length(duration, unit, start, worktime, days):
    """Return a duration of a unit as seconds of working time from ``start`` on.

    :param days: the working time by whose days it is counted
    """
    if unit in SECONDS:
        return min(duration * SECONDS[unit], MOST_SECONDS)
    count = min(duration * CALENDAR_DAYS.get(unit, 1), MOST_DAYS)
    seconds = worktime.between(start, days.add_days(start, count))
    return min(max(1, seconds), MOST_SECONDS)


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
    policy_id: int | None = None
    client_type: str | None = None
    channel_ids: frozenset = frozenset()
    tag_ids: frozenset = frozenset()
    domain: str | None = None


class Ruleset(NamedTuple):
    """All rules, in the order that breaks ties, and what they look at.

    ``uses``: which of the dimensions that the timeline of a ticket knows nothing of some
    rule asks for; ``domains``: the texts of all conditions; ``waives``: some rule says
    that nothing is promised.
    """

    rules: tuple
    uses: frozenset = frozenset()
    domains: tuple = ()
    waives: bool = False

    def promises(self):
        """Return all that is promised to anybody."""
        return (promise for rule in self.rules for promise in rule.promises)


class Reapply(NamedTuple):
    """Policies are applied again to open tickets: an edited target is another promise.

    ``worse``: the promise is replaced even if the client loses time by it.
    """

    worse: bool = False

    def apply(self, promises):
        """Let promises replace running ones from the same start, in place."""
        how = "apply" if self.worse else "better"
        for metric, promise in promises.items():
            promises[metric] = promise._replace(rematch=how)


class Facts(NamedTuple):
    """What is asked of a ticket; ``category_path`` goes from the root to the item.

    ``tag_ids`` and ``domains`` hold only what some rule asks for; ``domains``: the texts
    of the conditions that the ticket meets.
    """

    company_id: int
    date: date
    key_client: bool
    tier_id: int | None
    category_path: tuple
    team_id: int | None
    priority: str | None
    client_type: str | None = None
    channel_id: int | None = None
    tag_ids: frozenset = frozenset()
    domains: frozenset = frozenset()


class Match(NamedTuple):
    """Which rule won for a metric.

    ``runner_up``: the rule that would win without it, None if no other fits;
    ``decided_by``: the first of DIMENSIONS in which the winner is closer than the
    runner-up, "sequence" if none is.
    """

    promise: Promise
    rule: Rule
    runner_up: Rule | None
    decided_by: str | None


class Promises(dict):
    """What is promised on a ticket: ``{metric: Promise}``.

    ``nothing``: the same for what a policy says is not promised; None while no policy
    says so anywhere.
    """

    nothing = None


def path(parent_path):
    """Return the ids of a ``parent_path``.

    >>> path("3/14/"), path(None)
    ((3, 14), ())
    """
    return tuple(int(part) for part in (parent_path or "").split("/") if part)


def specificity(rule, facts):
    """Return how closely a rule fits, by DIMENSIONS, comparable; None if it does not.

    A deeper service item is closer, and chosen tiers are closer than all key clients.
    """
    if not _fits(rule, facts):
        return None
    depth = _depth(rule, facts)
    if rule.category_ids and not depth:
        return None
    return (
        depth,
        SCOPE_RANK[rule.client_scope],
        bool(rule.client_type),
        bool(rule.team_ids),
        bool(rule.priority),
        bool(rule.channel_ids),
        bool(rule.tag_ids),
        bool(rule.domain),
        bool(rule.company_id),
    )


def match(rules, facts):
    """Return ``{metric: Promise}``: what is promised, the closest for each metric.

    >>> def rule(scope, target, **more):
    ...     promise = Promise(target, 1, "resolution", 30, "minutes", "team", None,
    ...                       True, (), "better")
    ...     empty = frozenset()
    ...     return Rule(None, None, None, scope, empty, more.get("items", empty), empty,
    ...                 None, (promise._replace(nothing=target is None),))
    >>> rules = [rule("any", 1), rule("key", 2), rule("any", 3, items=frozenset({7}))]
    >>> facts = Facts(1, date(2024, 1, 1), True, None, (), None, "1")
    >>> match(rules, facts)["resolution"].target_id
    2
    >>> match(rules, facts._replace(category_path=(7, 8)))["resolution"].target_id
    3
    >>> match([*rules, rule("any", None, items=frozenset({8}))],
    ...       facts._replace(category_path=(7, 8)))
    {}
    """
    return promised(explain(rules, facts))


def promised(matches):
    """Return ``{metric: Promise}`` of ``{metric: Match}``, without what is nothing."""
    return {
        metric: found.promise
        for metric, found in matches.items()
        if not found.promise.nothing
    }


def explain(rules, facts):
    """Return ``{metric: Match}``: which rule wins for each metric, over which, by what.

    >>> promise = Promise(1, 1, "resolution", 30, "minutes", "team", None, True, (),
    ...                   "better")
    >>> none = frozenset()
    >>> every = Rule(None, None, None, "any", none, none, none, None, (promise,))
    >>> urgent = every._replace(priority="3", policy_id=2)
    >>> facts = Facts(1, date(2024, 1, 1), True, None, (), None, "3")
    >>> found = explain([every, urgent], facts)["resolution"]
    >>> found.rule.policy_id, found.runner_up == every, found.decided_by
    (2, True, 'priority')
    """
    best, second = {}, {}
    for rule in rules:
        rank = specificity(rule, facts)
        if rank is None:
            continue
        for promise in rule.promises:
            metric = promise.metric
            held = best.get(metric)
            if held is None:
                best[metric] = (rank, promise, rule)
            elif rank > held[0]:
                best[metric], second[metric] = (rank, promise, rule), held
            elif metric not in second or rank > second[metric][0]:
                second[metric] = (rank, promise, rule)
    return {
        metric: _as_match(held, second.get(metric)) for metric, held in best.items()
    }


def promises_of(matches, waives):
    """Return the :class:`Promises` of ``{metric: Match}``.

    :param waives: some policy somewhere says that nothing is promised
    """
    promises = Promises(promised(matches))
    if waives:
        promises.nothing = {
            metric: found.promise
            for metric, found in matches.items()
            if found.promise.nothing
        }
    return promises


def matched_facts(rule, facts):
    """Return what of the facts the rule asked for, as JSON-able ``{dimension: value}``.

    >>> none = frozenset()
    >>> rule = Rule(None, None, None, "key", none, frozenset({3}), none, "3", ())
    >>> matched_facts(rule, Facts(1, date(2024, 1, 1), True, 9, (3, 4), 5, "3"))
    {'item': 3, 'client': 'key', 'priority': '3'}
    """
    depth = _depth(rule, facts)
    values = {
        "item": depth and facts.category_path[depth - 1],
        "client": rule.client_scope != "any" and rule.client_scope,
        "tier": rule.client_scope == "tiers" and facts.tier_id,
        "client_type": rule.client_type,
        "team": rule.team_ids and facts.team_id,
        "priority": rule.priority,
        "channel": rule.channel_ids and facts.channel_id,
        "tags": sorted(rule.tag_ids & facts.tag_ids),
        "domain": bool(rule.domain),
        "company": rule.company_id,
    }
    return {name: value for name, value in values.items() if value}


def _as_match(held, second):
    rank, promise, rule = held
    if second is None:
        return Match(promise, rule, None, None)
    decided = "sequence"
    for name, ours, theirs in zip(DIMENSIONS, rank, second[0], strict=True):
        if ours != theirs:
            decided = name
            break
    return Match(promise, rule, second[2], decided)


def _fits(rule, facts):
    return (
        rule.company_id in (None, facts.company_id)
        and not (rule.date_from and facts.date < rule.date_from)
        and not (rule.date_to and facts.date > rule.date_to)
        and (not rule.team_ids or facts.team_id in rule.team_ids)
        and (not rule.priority or facts.priority == rule.priority)
        and (not rule.client_type or facts.client_type == rule.client_type)
        and (not rule.channel_ids or facts.channel_id in rule.channel_ids)
        and (not rule.tag_ids or not rule.tag_ids.isdisjoint(facts.tag_ids))
        and (not rule.domain or rule.domain in facts.domains)
        and _fits_client(rule, facts)
    )


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


class Matcher:
    """Matches many tickets at once; tickets with equal facts are matched once.

    :param book: :class:`~.book.Book` that knows the rules and what they look at
    :param reapply: :class:`Reapply` if policies are applied again, else None
    """

    def __init__(self, book, reapply=None):
        self.book = book
        self.reapply = reapply
        self._ruleset = None
        self._lowest, self._days = {}, {}

    @property
    def ruleset(self):
        if self._ruleset is None:
            self._ruleset = self.book.ruleset()
        return self._ruleset

    def match(self, asked):
        """Return ``{ticket id: (is a key client, Promises)}``.

        :param asked: pairs of a :class:`~.timeline.Change` and the epoch second of the
            day whose policies hold
        """
        if not asked:
            return {}
        ruleset = self.ruleset
        ticket_ids = [change.ticket_id for change, _at in asked]
        extras = self.book.extra_facts(ticket_ids, ruleset)
        tickets = {
            change.ticket_id: self.facts(change, at, extras.get(change.ticket_id, ()))
            for change, at in asked
        }
        found = {
            facts: explain(ruleset.rules, facts) for facts in set(tickets.values())
        }
        promised = self.book.reasons(found, ruleset.waives)
        if self.reapply is not None:
            for promises in promised.values():
                self.reapply.apply(promises)
        return {
            ticket_id: (facts.key_client, promised[facts])
            for ticket_id, facts in tickets.items()
        }

    def facts(self, change, at, extra=()):
        """Return the :class:`Facts` of a ticket on the day of an instant.

        :param extra: client type, channel, tags and conditions met, if they were read
        """
        company_id = change.company_id
        if (company_id, at) not in self._days:
            self._days[company_id, at] = self.book.day(company_id, at)
        where = company_id, self._days[company_id, at]
        if where not in self._lowest:
            self._lowest[where] = self.book.lowest_tiers(*where)
        return Facts(
            company_id,
            self._days[company_id, at],
            bool(change.tier_id) and change.tier_id not in self._lowest[where],
            change.tier_id,
            path(change.category_path),
            change.team_id,
            change.priority,
            *extra,
        )
