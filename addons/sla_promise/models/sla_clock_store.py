from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql_array import array, array_literal

from ..engine import states
from ..engine.rounds import Course
from ..engine.verdicts import Terms
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
    "level_ids": "bigint[]",
    "level_offsets": "bigint[]",
    "levels_fired": "int",
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
    "level_at": "bigint[]",
}
#: Columns that judging changes.
JUDGED = (
    "state",
    "due_at",
    "stopped_at",
    "overrun_seconds",
    "warn_at",
    "next_event_at",
    "level_at",
)


class Live(NamedTuple):
    """A clock as read for judging, seldom a cancelled one."""

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
    level_at: tuple
    fired: int
    terms: Terms

    @property
    def owed(self):
        """Whether the promised thing is still to come, in time or late."""
        return self.state in states.OPEN_STATES or (
            self.state == states.MISSED and self.stopped_at is None
        )


def _live(*row):
    head, (level_at, fired), terms = row[:11], row[11:13], row[13:]
    *promised, level_ids, levels, began, from_solving, new_round, on_outage = terms
    return Live(
        *head,
        tuple(level_at or ()),
        fired,
        Terms(
            *promised,
            tuple(level_ids or ()),
            tuple(levels or ()),
            began,
            Course(from_solving, new_round),
            on_outage,
        ),
    )


def _as_column(name, alias):
    """Return the SQL for a value that arrives as epoch seconds or as it is."""
    column = SQL("%s.%s", SQL.identifier(alias), SQL.identifier(name))
    if INSERTED[name] == "bigint":
        return SQL("to_timestamp(%s) AT TIME ZONE 'UTC'", column)
    if INSERTED[name] == "bigint[]":
        return SQL("%s::bigint[]", column)
    return column


def _arrays(names, rows):
    columns = zip(*rows, strict=True)
    return SQL(", ").join(
        _array(INSERTED[name], column)
        for name, column in zip(names, columns, strict=True)
    )


def _array(type_, values):
    """Return the SQL for the values of one column; arrays travel as their text."""
    if type_.endswith("[]"):
        return array((array_literal(value or ()) for value in values), "text")
    return array(values, type_)


def _names(names):
    return SQL(", ").join(map(SQL.identifier, names))


class SlaClock(models.Model):
    """Reading and writing many clocks at once, in SQL."""

    _inherit = "sla.clock"

    @api.model
    def _live(self, ticket_ids):
        """Return the clocks of tickets that are not cancelled, as Live, by one query."""
        return self._read_live(ticket_ids, SQL("state <> 'cancelled'"))

    @api.model
    def _lapsed(self, ticket_ids):
        """Return the clocks of tickets, as Live, that were owed no more before due."""
        return self._read_live(
            ticket_ids, SQL("state = 'cancelled' AND replaced_by_id IS NULL")
        )

    @api.model
    def _read_live(self, ticket_ids, condition):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, ticket_id, company_id, target_id, calendar_id, tier_id,
                       partner_id, COALESCE(key_client, FALSE), round, state, %s,
                       level_at, COALESCE(levels_fired, 0), metric, %s, seconds,
                       COALESCE(pause_on_client, FALSE),
                       COALESCE(pause_on_third_party, FALSE),
                       level_ids, level_offsets,
                       %s, COALESCE(from_solving, FALSE),
                       COALESCE(new_on_reopening, FALSE),
                       COALESCE(pause_on_outage, FALSE)
                  FROM sla_clock
                 WHERE ticket_id = ANY(%s) AND %s
                 ORDER BY id
                """,
                epoch("stopped_at"),
                epoch("started_at"),
                epoch("COALESCE(began_at, started_at)"),
                array(ticket_ids),
                condition,
            )
        )
        return [_live(*row) for row in rows]

    @api.model
    def _update(self, rows):
        """Write judged values: rows of (clock id, *JUDGED)."""
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET (%s) = ROW(%s)
                  FROM unnest(%s, %s) v (id, %s)
                 WHERE c.id = v.id
                """,
                _names(JUDGED),
                SQL(", ").join(_as_column(name, "v") for name in JUDGED),
                array(row[0] for row in rows),
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
