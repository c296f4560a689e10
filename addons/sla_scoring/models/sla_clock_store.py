from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..engine import states
from ..tools.rounds import Course
from ..tools.verdicts import Terms
from .sla_span import epoch

#: Columns of a new clock and their SQL types, in the order of insertion.
INSERTED = {
    "ticket_id": "int",
    "company_id": "int",
    "policy_id": "int",
    "target_id": "int",
    "match_id": "int",
    "metric": "varchar",
    "round": "int",
    "tier_id": "int",
    "partner_id": "int",
    "calendar_id": "int",
    "seconds": "int",
    "pause_on_client": "bool",
    "pause_on_third_party": "bool",
    "pause_on_outage": "bool",
    "item_limit": "bool",
    "key_client": "bool",
    "warn_percent": "int",
    "started_at": "bigint",
    "began_at": "bigint",
    "from_solving": "bool",
    "new_on_reopening": "bool",
    "state": "varchar",
    "due_at": "bigint",
    "stopped_at": "bigint",
    "overrun_seconds": "int",
    "warn_at": "bigint",
    "next_event_at": "bigint",
}
#: Columns that judging changes.
JUDGED = (
    "state",
    "due_at",
    "stopped_at",
    "overrun_seconds",
    "warn_at",
    "next_event_at",
)


class Live(NamedTuple):
    """A clock that is not cancelled, as read for judging."""

    id: int
    ticket_id: int
    company_id: int
    target_id: int
    calendar_id: int | None
    tier_id: int | None
    partner_id: int | None
    key_client: bool
    round: int
    state: str
    stopped_at: int | None
    warned: bool
    terms: Terms

    @property
    def owed(self):
        """Whether the promised thing is still to come, in time or late."""
        return self.state in states.OPEN_STATES or (
            self.state == states.MISSED and self.stopped_at is None
        )


def _as_column(name, alias):
    """Return the SQL for a value that arrives as epoch seconds or as it is."""
    column = SQL("%s.%s", SQL.identifier(alias), SQL.identifier(name))
    if INSERTED[name] == "bigint":
        return SQL("to_timestamp(%s) AT TIME ZONE 'UTC'", column)
    return column


def _arrays(names, rows):
    columns = zip(*rows, strict=True)
    return SQL(", ").join(
        SQL("%s::%s[]", list(column), SQL(INSERTED[name]))
        for name, column in zip(names, columns, strict=True)
    )


def _names(names):
    return SQL(", ").join(map(SQL.identifier, names))


class SlaClock(models.Model):
    """Reading and writing many clocks at once, in SQL."""

    _inherit = "sla.clock"

    @api.model
    def _live(self, ticket_ids):
        """Return the clocks of tickets that are not cancelled, as Live, by one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, ticket_id, company_id, target_id, calendar_id, tier_id,
                       partner_id, COALESCE(key_client, FALSE), round, state,
                       %s, warned_at IS NOT NULL, metric, %s, seconds,
                       COALESCE(pause_on_client, FALSE),
                       COALESCE(pause_on_third_party, FALSE),
                       COALESCE(warn_percent, 0), %s, COALESCE(from_solving, FALSE),
                       COALESCE(new_on_reopening, FALSE),
                       COALESCE(pause_on_outage, FALSE)
                  FROM sla_clock
                 WHERE ticket_id = ANY(%s) AND state <> 'cancelled'
                 ORDER BY id
                """,
                epoch("stopped_at"),
                epoch("started_at"),
                epoch("COALESCE(began_at, started_at)"),
                list(ticket_ids),
            )
        )
        return [
            Live(*row[:12], Terms(*row[12:19], Course(*row[19:21]), row[21]))
            for row in rows
        ]

    @api.model
    def _update(self, rows):
        """Write judged values: rows of (clock id, *JUDGED)."""
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET (%s) = ROW(%s)
                  FROM unnest(%s::int[], %s) v (id, %s)
                 WHERE c.id = v.id
                """,
                _names(JUDGED),
                SQL(", ").join(_as_column(name, "v") for name in JUDGED),
                [row[0] for row in rows],
                _arrays(JUDGED, [row[1:] for row in rows]),
                _names(JUDGED),
            )
        )

    @api.model
    def _replace(self, cancelled, rows):
        """Cancel clocks (id, ticket, metric, at), insert new ones, link the two."""
        if cancelled:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE sla_clock c
                       SET state = 'cancelled', next_event_at = NULL,
                           stopped_at = to_timestamp(v.at) AT TIME ZONE 'UTC'
                      FROM unnest(%s::int[], %s::bigint[]) v (id, at)
                     WHERE c.id = v.id
                    """,
                    [row[0] for row in cancelled],
                    [row[3] for row in cancelled],
                )
            )
        if not rows:
            return
        names = tuple(INSERTED)
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO sla_clock (%s)
                SELECT %s FROM unnest(%s) v (%s)
                RETURNING id, ticket_id, metric, state
                """,
                _names(names),
                SQL(", ").join(_as_column(name, "v") for name in names),
                _arrays(names, rows),
                _names(names),
            )
        )
        if cancelled:
            new = {(ticket, metric): id_ for id_, ticket, metric, _state in inserted}
            self.env.cr.execute(
                SQL(
                    "UPDATE sla_clock c SET replaced_by_id = v.new "
                    "FROM unnest(%s::int[], %s::int[]) v (id, new) WHERE c.id = v.id",
                    [row[0] for row in cancelled],
                    [new[row[1], row[2]] for row in cancelled],
                )
            )
        self.env["sla.breach"]._record(
            [id_ for id_, _ticket, _metric, state in inserted if state == states.MISSED]
        )

    @api.model
    def _refresh_tickets(self, ticket_ids):
        """Keep the earliest due time of what is still owed on the tickets."""
        if not ticket_ids:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE helpdesk_ticket t
                   SET sla_due_at = d.due_at
                  FROM (SELECT i.id, min(c.due_at) AS due_at
                          FROM unnest(%s::int[]) i (id)
                          LEFT JOIN sla_clock c ON c.ticket_id = i.id
                           AND (c.state IN ('running', 'paused')
                                OR c.state = 'missed' AND c.stopped_at IS NULL)
                         GROUP BY i.id) d
                 WHERE t.id = d.id AND t.sla_due_at IS DISTINCT FROM d.due_at
                """,
                sorted(ticket_ids),
            )
        )
