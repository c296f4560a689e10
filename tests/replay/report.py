"""What a load made of the logs, read back from the product for people and for tests."""

from collections import Counter
from dataclasses import dataclass

from odoo.tools import SQL

TOP = 5
STATES = ("met", "missed", "running", "paused")


@dataclass
class Report:
    """Figures of a finished load.

    ``ladder``: tier name → clients in force after the last decided month; ``changes``:
    month → (rises, falls) proposed; ``clocks``: (policy, metric) → Counter of states;
    ``points``: [(agent or team, points lost)], most first; ``skipped``: reason → number;
    ``seconds``: step → seconds it took.
    """

    plan: object
    month: object
    ladder: dict
    changes: dict
    waiting: int
    tickets: Counter
    clocks: dict
    points: list
    skipped: Counter
    seconds: dict
    logins: list

    @classmethod
    def make(cls, replay, seconds):
        """Read the figures of ``replay`` back from the database."""
        replay.env.flush_all()
        decided = replay.months[: len(replay.months) - replay.plan.undecided]
        return cls(
            plan=replay.plan,
            month=decided[-1],
            ladder=_ladder(replay),
            changes=_changes(replay),
            waiting=replay.env["vip.tier.change"].search_count(
                [("state", "=", "proposed"), ("company_id", "=", replay.company.id)]
            ),
            tickets=_tickets(replay),
            clocks=_clocks(replay),
            points=_points(replay),
            skipped=+replay.skipped,
            seconds=seconds,
            logins=_logins(replay),
        )

    def lines(self):
        """Return the report as lines of text."""
        plan = self.plan
        moved = f"moved by {plan.months} months and {plan.weeks} weeks"
        yield ""
        yield f"Loaded as of {plan.now:%Y-%m-%d %H:%M} UTC" + (
            f", {moved}" if plan.is_demo else ""
        )
        yield f"Ladder after the review of {self.month:%Y-%m}: " + ", ".join(
            f"{name} {count}" for name, count in self.ladder.items()
        )
        for month, (rises, falls) in self.changes.items():
            if month >= self.month:
                done = "approved" if month == self.month else "to be decided"
                yield f"  review of {month:%Y-%m}: {rises} rises, {falls} falls, {done}"
        yield f"Tickets: {self.tickets.total()}" + "".join(
            f", {count} {name}" for name, count in self.tickets.items()
        )
        width = max(len(policy) for policy, _metric in self.clocks) + 2
        for metric in dict.fromkeys(metric for _policy, metric in self.clocks):
            yield f"{metric:{width}}" + "".join(f"{state:>9}" for state in STATES)
            for (policy, of_metric), states in self.clocks.items():
                if of_metric == metric:
                    counts = "".join(f"{states[state]:9}" for state in STATES)
                    yield f"  {policy:{width - 2}}{counts}"
        yield "Points lost, most first (teams where nobody was assigned)"
        for name, points in self.points[:TOP]:
            yield f"{points:10.2f}  {name}"
        yield "Left out of the logs"
        for reason, count in self.skipped.items():
            yield f"{count:7}     {reason}"
        yield f"Loaded in {sum(self.seconds.values()):.0f} s. The same figures without Odoo:"
        day = f" {plan.now:%Y-%m-%dT%H:%M}" if plan.is_demo else ""
        yield f"  python3 -m tests.replay.oracle{day}"
        if self.logins:
            yield "Log in as (the password is the login): " + ", ".join(self.logins)


def _ladder(replay):
    """Return tier name → number of clients in force now, highest first."""
    tiers = replay.env["vip.tier"]._ladder(replay.company)
    rows = replay.env.execute_query(
        SQL(
            """
            SELECT m.tier_id, count(*) FROM vip_tier_membership m
             WHERE m.company_id = %s AND m.date_to IS NULL GROUP BY m.tier_id
            """,
            replay.company.id,
        )
    )
    counts = Counter(dict(rows))
    clients = len({fact.ref for fact in replay.facts})
    counts[tiers[0].id] = clients - sum(counts[tier.id] for tier in tiers[1:])
    return {tier.name: counts[tier.id] for tier in reversed(tiers)}


def _changes(replay):
    """Return month → (rises, falls) that its review proposed."""
    reviews = replay.env["vip.tier.review"].search(
        [("company_id", "=", replay.company.id)], order="month"
    )
    return {r.month: (r.promotion_count, r.demotion_count) for r in reviews}


def _tickets(replay):
    """Return stage name → number of replayed tickets, in the order of the stages."""
    groups = replay.env["helpdesk.ticket"]._read_group(
        [("number", "=like", "INC%")], ["stage_id"], ["__count"]
    )
    return Counter({stage.name: count for stage, count in groups})


def _clocks(replay):
    """Return (policy, metric) → Counter of states of the replayed tickets' promises."""
    labels = dict(replay.env["sla.clock"]._fields["metric"].selection)
    rows = replay.env.execute_query(
        SQL(
            """
            SELECT p.id, c.metric, c.state, count(*)
              FROM sla_clock c
              JOIN helpdesk_ticket t ON t.id = c.ticket_id
              LEFT JOIN sla_policy p ON p.id = c.policy_id
             WHERE c.state <> 'cancelled' AND t.number LIKE %s
             GROUP BY p.id, c.metric, c.state ORDER BY c.metric, p.sequence, p.id
            """,
            "INC%",
        )
    )
    names = {p.id: p.name for p in replay.env["sla.policy"].browse(r[0] for r in rows)}
    result = {}
    for policy, metric, state, count in rows:
        key = (names.get(policy, "?"), labels[metric])
        result.setdefault(key, Counter())[state] += count
    return result


def _points(replay):
    """Return [(agent or team, points lost by the replayed tickets)], most first."""
    groups = replay.env["score.entry"]._read_group(
        [("ticket_number", "=like", "INC%")], ["user_id", "team_id"], ["points:sum"]
    )
    lost = Counter()
    for user, team, points in groups:
        lost[f"{user.name} ({user.login})" if user else team.name] -= round(points, 2)
    return lost.most_common()


def _logins(replay):
    if not replay.plan.is_demo:
        return []
    return ["admin", "agent", "adviser", "manager", "auditor", "client"]
