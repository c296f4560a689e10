"""Comparing the clocks that a what-if replayed with those that really were."""

from collections import Counter

from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch

from ..engine.terms import columns_of

#: What of a clock must be equal.
FACTS = (
    *("ticket_id", "metric", "round", "state", "policy_id", "target_id", "tier_id"),
    *("partner_id", "calendar_id", "key_client", "seconds", "started_at", "began_at"),
    *("due_at", "stopped_at", "overrun_seconds"),
)
INSTANTS = ("started_at", "began_at", "due_at", "stopped_at")


def replayed_clocks(ledger, ticket_id):
    """Return how often there is which clock in a ledger, each with its breach."""
    return Counter(
        (*_facts(columns_of(clock)), ledger.breaches.get(clock.id, (None, None)))
        for clock in ledger.clocks_of([ticket_id])
    )


def real_clocks(env, ticket_id):
    """Return the same of the clocks in the database."""
    rows = env.execute_query(
        SQL(
            """
            SELECT %s, b.breached_at, b.overrun_seconds
              FROM sla_clock c
              LEFT JOIN sla_breach b ON b.clock_id = c.id AND b.state <> 'withdrawn'
             WHERE c.ticket_id = %s
            """,
            SQL(", ").join(SQL("c.%s", SQL.identifier(name)) for name in FACTS),
            ticket_id,
        )
    )
    result = Counter()
    for *facts, breached_at, overrun in rows:
        clock = dict(zip(FACTS, facts, strict=True))
        for name in INSTANTS:
            clock[name] = clock[name] and to_epoch(clock[name])
        breach = (breached_at and to_epoch(breached_at), overrun)
        result[(*_facts(clock), breach)] += 1
    return result


def _facts(clock):
    """Return what must be equal, readable; of what was cancelled not its due time."""
    clock = {name: clock[name] for name in FACTS}
    if clock["state"] == "cancelled":
        clock |= {"due_at": None, "overrun_seconds": None}
    clock["key_client"] = bool(clock["key_client"])
    clock["began_at"] = clock["began_at"] or clock["started_at"]
    for name in INSTANTS:
        clock[name] = str(to_datetime(clock[name]))
    return tuple(clock.items())
