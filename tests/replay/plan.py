"""When the logs are replayed, and what every step of the loader needs."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import cached_property

from . import log, oracle

PARAMETER = "vip_replay.plan"
#: Nobody is told about what happened long ago.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
#: A review runs in the night after its month and is decided in that morning (UTC).
REVIEW_HOUR, APPROVAL_HOUR = 2, 9


@dataclass(frozen=True)
class Plan:
    """How far the logs are moved and until when they are replayed.

    ``months`` and ``weeks`` are added to the true times of activity and incidents;
    nothing later than ``now`` (naive UTC) is replayed; the proposals of the last
    ``undecided`` reviews stay open; ``tickets`` limits the incidents (None: all).
    """

    now: datetime
    months: int = 0
    weeks: int = 0
    undecided: int = 0
    tickets: int | None = None

    @classmethod
    def make(cls, facts, incidents, shift, tickets=None, today=None):
        """Return the plan of the demo (``shift``) or that of the true dates."""
        if not shift:
            last = max(incident.states[-1].at for incident in incidents)
            return cls(now=last + timedelta(days=1), tickets=tickets)
        now = today or datetime.now(timezone.utc).replace(tzinfo=None)
        now = now.replace(second=0, microsecond=0)
        last_month = max(fact.month for fact in facts)
        wanted = log.add_months(date(now.year, now.month, 1), -1)
        return cls(
            now=now,
            months=log.months_between(last_month, wanted),
            weeks=log.opening_weeks(incidents, now) // timedelta(weeks=1),
            undecided=1,
            tickets=tickets,
        )

    @property
    def is_demo(self):
        return bool(self.undecided)

    def dumps(self):
        """Return the plan as text.

        >>> plan = Plan(datetime(2024, 5, 17, 12), 3, 7, 1, 9)
        >>> Plan.loads(plan.dumps()) == plan
        True
        """
        return json.dumps({**self.__dict__, "now": self.now.isoformat()})

    @classmethod
    def loads(cls, text):
        values = json.loads(text)
        return cls(**{**values, "now": datetime.fromisoformat(values["now"])})

    def facts(self, facts):
        """Return ``facts`` in the months in which they are replayed."""
        return [
            log.Fact(f.ref, log.add_months(f.month, self.months), f.deposit, f.volume)
            for f in facts
        ]

    def incidents(self, incidents, skipped=None):
        """Return the ``incidents`` that are replayed, moved and cut off at now."""
        skipped = Counter() if skipped is None else skipped
        chosen = incidents if self.tickets is None else incidents[: self.tickets]
        skipped["incident beyond the number asked for"] += len(incidents) - len(chosen)
        moved = [i.shifted(timedelta(weeks=self.weeks)).until(self.now) for i in chosen]
        told = [incident for incident in moved if incident.states]
        skipped["incident later than now"] += len(moved) - len(told)
        skipped["event later than now"] += sum(len(i.states) for i in chosen) - sum(
            len(i.states) for i in told
        )
        return told


def shown_agent(plan, facts, incidents):
    """Return the resolver whom the demo lets log in as ``agent``.

    The one with most charges, then with most incidents held: there is most to see.
    """
    entries = oracle.figures(plan, facts, incidents).entries
    charges = Counter(entry.bearer for entry in entries)
    held = Counter(
        user
        for incident in plan.incidents(incidents)
        for user in {state.user for state in incident.states} - {None}
    )
    return min(held, key=lambda user: (-charges[oracle.USER, user], -held[user], user))


@dataclass
class Replay:
    """What the steps share: the environment, the plan, what the logs say."""

    env: object
    plan: Plan
    all_facts: list
    all_incidents: list
    commit: object
    skipped: Counter = field(default_factory=Counter)

    @property
    def company(self):
        return self.env.company

    @cached_property
    def facts(self):
        return self.plan.facts(self.all_facts)

    @cached_property
    def incidents(self):
        return self.plan.incidents(self.all_incidents, self.skipped)

    @cached_property
    def months(self):
        return sorted({fact.month for fact in self.facts})

    @cached_property
    def agent(self):
        return shown_agent(self.plan, self.all_facts, self.all_incidents)

    def login(self, resolver):
        """Return the login of a resolver of the log, such as ``Resolver 13``."""
        if self.plan.is_demo and resolver == self.agent:
            return "agent"
        return resolver.lower().replace(" ", ".")

    def user(self, login):
        """Return the user with that login (empty if there is none)."""
        return self.env["res.users"].search([("login", "=", login)])

    def morning(self, month, hour):
        """Return that hour (UTC) of the day after ``month``, at the latest now."""
        at = datetime.combine(log.add_months(month, 1), time(hour))
        return min(at, self.plan.now)
