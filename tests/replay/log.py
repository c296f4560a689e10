"""The two real logs, read and cleaned: what happened, in the order it happened.

Plain Python over ``tests/data``. Both the loader and the oracle start from here, so they
disagree only about what the product must work out, never about what the logs say.

Rules by which the incident log is cleaned (counts are over all 1,500 incidents):

- The time of a row is ``sys_updated_at``, day/month/year, taken as UTC. Rows are sorted by
  time; rows of the same minute keep the order of the file. (1 incident out of order.)
- A row earlier than ``opened_at`` happened at ``opened_at``. (5 incidents.)
- Several rows in one minute: the last one counts; what lasted no time did not happen.
- A row saying New after the incident had left New is impossible and is dropped. (1 row.)
- Before its first row an incident was New, with the group, agent, category and priority
  of that row, from ``opened_at`` on.
- Agent ``?`` means nobody holds it. Group or category ``?`` means unknown: the last known
  one stays; before any is known there is none.
- A row that changes nothing that we look at is no event.
- Reopened incidents are reopened; an incident closed without being resolved was solved by
  closing. ``resolved_at``, ``closed_at`` and ``made_sla`` are not used: the rows say when
  things happened, and the desk's own verdict follows rules that we do not know.
"""

import csv
import gzip
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"
ACTIVITY_FILE = DATA / "client_activity.csv.gz"
INCIDENT_FILE = DATA / "incident_events.csv.gz"

NEW, ACTIVE, AWAITING_CLIENT, AWAITING_OTHERS, RESOLVED, CLOSED = (
    "new",
    "active",
    "awaiting_client",
    "awaiting_others",
    "resolved",
    "closed",
)
STAGES = {
    "New": NEW,
    "Active": ACTIVE,
    "Awaiting User Info": AWAITING_CLIENT,
    "Awaiting Vendor": AWAITING_OTHERS,
    "Awaiting Problem": AWAITING_OTHERS,
    "Awaiting Evidence": AWAITING_OTHERS,
    "Resolved": RESOLVED,
    "Closed": CLOSED,
}
PRIORITIES = {"4 - Low": "0", "3 - Moderate": "1", "2 - High": "2", "1 - Critical": "3"}

#: The service items of REQUIREMENTS S1, in the order of its table.
ITEMS = (
    "opening_ordinary",
    "opening_online",
    "activation_ordinary",
    "activation_online",
    "data_change",
    "remote_help",
    "authorisation_code",
    "password_reset",
    "transfer",
    "closing",
    "other",
)
OTHER = "other"

#: An incident is replayed so that at most this share is still unsolved now.
OPEN_SHARE = 0.10


@dataclass(frozen=True)
class Fact:
    """What one client did in one month: ``deposit`` in CZK, ``volume`` transactions."""

    ref: str
    month: date
    deposit: Decimal
    volume: int


@dataclass(frozen=True)
class State:
    """What is known of an incident from ``at`` (naive UTC) until its next state."""

    at: datetime
    stage: str
    team: str | None
    user: str | None
    item: str
    priority: str


@dataclass(frozen=True)
class Incident:
    """One incident: who called, and its states in order; the first is its opening."""

    number: str
    caller: str
    ref: str
    states: tuple[State, ...]

    @property
    def opened(self):
        return self.states[0].at

    def shifted(self, by):
        """Return the same incident, ``by`` (timedelta) later."""
        states = tuple(replace(state, at=state.at + by) for state in self.states)
        return replace(self, states=states)

    def until(self, now):
        """Return what had happened up to ``now``."""
        return replace(self, states=tuple(s for s in self.states if s.at <= now))


def add_months(month, count):
    """Return the first day of the month ``count`` months after ``month``.

    >>> add_months(date(1993, 11, 1), 3)
    datetime.date(1994, 2, 1)
    """
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def months_between(first, last):
    """Return how many months ``last`` is after ``first``.

    >>> months_between(date(1993, 11, 1), date(1994, 2, 1))
    3
    """
    return (last.year - first.year) * 12 + last.month - first.month


def read_activity(path=ACTIVITY_FILE):
    """Return the facts of the activity log in the order of the file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return [
            Fact(
                row["client_ref"],
                date.fromisoformat(row["month"] + "-01"),
                Decimal(row["deposit"]),
                int(row["volume"]),
            )
            for row in csv.DictReader(stream)
        ]


def read_incidents(path=INCIDENT_FILE, facts=None, skipped=None):
    """Return the cleaned incidents in order of opening (then of number).

    :param facts: the facts of the activity log, to spare reading them again
    :param skipped: a Counter that takes reason → number of rows left out
    """
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = {}
        for row in csv.DictReader(stream):
            rows.setdefault(row["number"], []).append(row)
    skipped = Counter() if skipped is None else skipped
    items = _items(rows)
    refs = _clients(rows, facts or read_activity())
    incidents = [
        Incident(number, caller, refs[caller], _clean(events, items, skipped))
        for number, events in rows.items()
        for caller in [events[0]["caller_id"]]
    ]
    return sorted(incidents, key=lambda incident: (incident.opened, incident.number))


def opening_weeks(incidents, now):
    """Return by how many whole weeks (timedelta) the demo moves the incidents.

    The fewest weeks before ``now`` with at most ``OPEN_SHARE`` of all incidents unsolved.
    """
    last = max(incident.opened for incident in incidents)
    weeks = (now - last) // timedelta(weeks=1)
    while _unsolved(incidents, now - timedelta(weeks=weeks)) > OPEN_SHARE:
        weeks -= 1
    return timedelta(weeks=weeks)


def _unsolved(incidents, now):
    """Return the share of incidents that were opened but not solved at ``now``."""
    states = [[s for s in i.states if s.at <= now] for i in incidents]
    solved = sum(bool(s) and s[-1].stage in (RESOLVED, CLOSED) for s in states)
    return 1 - solved / len(incidents)


def _time(text):
    return datetime.strptime(text, "%d/%m/%Y %H:%M")


def _known(text):
    return None if text == "?" else text


def _clean(events, items, skipped):
    """Return the states of one incident from its raw rows (see the module's rules)."""
    opened = _time(events[0]["opened_at"])
    by_minute = {}
    left_new = False
    for row in sorted(events, key=lambda row: _time(row["sys_updated_at"])):
        if left_new and row["incident_state"] == "New":
            skipped["row New after the incident had left New"] += 1
            continue
        left_new = left_new or row["incident_state"] != "New"
        at = max(opened, _time(row["sys_updated_at"]))
        skipped["row followed by another one of the same minute"] += at in by_minute
        by_minute[at] = row
    states = []
    team = category = None
    for at, row in by_minute.items():
        team = _known(row["assignment_group"]) or team
        category = _known(row["category"]) or category
        state = State(
            at,
            STAGES[row["incident_state"]],
            team,
            _known(row["assigned_to"]),
            items.get(category, OTHER),
            PRIORITIES[row["priority"]],
        )
        if not states and at > opened:
            states.append(replace(state, at=opened, stage=NEW))
        if not states or state != replace(states[-1], at=at):
            states.append(state)
        else:
            skipped["row that changes nothing we look at"] += 1
    return tuple(states)


def _items(rows):
    """Return category → service item: the categories by number of incidents (most first,
    then by name) are dealt to the items of S1 in their order, round and round."""
    counts = Counter()
    for events in rows.values():
        events = sorted(events, key=lambda row: _time(row["sys_updated_at"]))
        first = next(
            (row["category"] for row in events if row["category"] != "?"), None
        )
        counts[first] += 1
        for row in events:
            counts[row["category"]] += 0
    names = sorted(counts.keys() - {None, "?"}, key=lambda name: (-counts[name], name))
    return {name: ITEMS[place % len(ITEMS)] for place, name in enumerate(names)}


def _clients(rows, facts):
    """Return caller → client: the caller with the most incidents (then by number) is the
    client with the greatest total deposit (then by reference), and so on down."""
    callers = Counter(events[0]["caller_id"] for events in rows.values())
    deposits = Counter()
    for fact in facts:
        deposits[fact.ref] += fact.deposit
    return dict(
        zip(
            sorted(callers, key=lambda name: (-callers[name], int(name.split()[-1]))),
            sorted(deposits, key=lambda ref: (-deposits[ref], ref)),
            strict=False,
        )
    )
