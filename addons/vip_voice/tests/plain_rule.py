"""Who is asked by plans, said once more: plain Python, one closing after another."""

from datetime import timedelta
from typing import NamedTuple


class Closing(NamedTuple):
    """A closing that a plan could ask about; ``at`` naive UTC."""

    ticket: int
    at: object
    client: int
    team: int
    tier: int
    address: bool
    wants_none: bool
    complains: bool = False


class Plan(NamedTuple):
    """``team``: only of this one, 0 of any; ``quotas``: {tier: most a month}."""

    id: int
    team: int
    rest: int
    quotas: dict


def closest(plans, closing):
    """Return the first plan that fits, None: none does."""
    fitting = (plan for plan in plans if plan.team in (0, closing.team))
    return next(fitting, None)


def asked(closings, plans, rest, before, at):
    """Return {ticket: (plan, reason why not; None: it is asked)}.

    :param rest: days between any two questions of a client
    :param before: [(client, plan, tier, asked at)] of what was asked already, this month
    """
    found, admitted = {}, []
    for closing in sorted(closings, key=lambda one: (one.at, one.ticket)):
        plan = closest(plans, closing)
        if plan:
            bar = _bar(closing, plan, rest, before, at)
            bar = bar or _again(closing, plan, rest, admitted)
            found[closing.ticket] = (plan.id, bar)
            if not bar:
                admitted.append((closing, plan))
    used = {}
    for _client, plan, tier, _at in before:
        used[plan, tier] = used.get((plan, tier), 0) + 1
    for closing, plan in admitted:
        key = plan.id, closing.tier
        used[key] = used.get(key, 0) + 1
        if closing.tier in plan.quotas and used[key] > plan.quotas[closing.tier]:
            found[closing.ticket] = (plan.id, "quota")
    return found


def _bar(closing, plan, rest, before, at):
    if not closing.address:
        return "no_address"
    if closing.wants_none:
        return "opted_out"
    if closing.complains:
        return "complaint"
    for client, of_plan, _tier, asked_at in before:
        if client == closing.client:
            if asked_at > at - timedelta(days=rest):
                return "too_soon"
            if of_plan == plan.id and asked_at > at - timedelta(days=plan.rest):
                return "too_soon"
    return None


def _again(closing, plan, rest, admitted):
    """Of what is looked at together a client is asked about the first closing only."""
    for other, other_plan in admitted:
        if other.client == closing.client:
            if rest or (plan.rest and other_plan == plan):
                return "too_soon"
    return None
