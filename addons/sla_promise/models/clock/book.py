"""The book of SQL: clocks of the database, many of them by few statements."""

import logging

from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import (
    ALWAYS,
    NoWorkingTime,
    to_datetime,
)
from odoo.addons.vip_base.tools.sql import array, array_literal, epoch

from ...engine import states
from ...engine.book import Book
from ...engine.rounds import Answer
from ...engine.terms import COLUMNS, JUDGED, clock_of

_logger = logging.getLogger(__name__)

#: The SQL type in which a kind of column travels, and how it is read where not as it is.
TRAVELS = {
    "integer": "int",
    "text": "varchar",
    "flag": "bool",
    "count": "int",
    "instant": "bigint",
    "integers": "bigint[]",
}
READ = {"flag": "COALESCE(%s, FALSE)", "count": "COALESCE(%s, 0)"}


class SqlBook(Book):
    """Reads and writes the database; see :class:`~...engine.book.Book`.

    :param env: of the superuser: clocks follow the ticket, whoever works on it
    """

    def __init__(self, env):
        self.env = env

    # Tickets

    def timelines(self, ticket_ids):
        return self.env["sla.span"]._timelines(ticket_ids)

    def opening(self, change):
        return self.env["sla.span"]._opening(change)

    def present(self, ticket_ids, at):
        return self.env["sla.span"]._present(ticket_ids, at)

    def contacts(self, ticket_ids):
        answers, asks = {}, {}
        for ticket_id, at, outgoing, team_id in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, outgoing, team_id FROM vip_contact "
                "WHERE ticket_id = ANY(%s) AND withheld IS NOT TRUE "
                "ORDER BY ticket_id, at, id",
                epoch("at"),
                list(ticket_ids),
            )
        ):
            if outgoing:
                answers.setdefault(ticket_id, []).append(Answer(at, team_id))
            else:
                asks.setdefault(ticket_id, []).append(at)
        return answers, asks

    def responded(self, ticket_ids):
        return self.env["helpdesk.ticket"].browse(ticket_ids)._sla_responded()

    # Policies and calendars

    def ruleset(self):
        return self.env["sla.policy"]._ruleset()

    def extra_facts(self, ticket_ids, ruleset):
        return self.env["sla.policy"]._extra_facts(ticket_ids, ruleset)

    def lowest_tier(self, company_id):
        company = self.env["res.company"].browse(company_id)
        return self.env["vip.tier"]._lowest(company).id

    def day(self, company_id, at):
        company = self.env["res.company"].browse(company_id)
        return company._vip_local_date(to_datetime(at))

    def reasons(self, found, waives):
        return self.env["sla.match"]._keep(found, waives)

    def worktime(self, company_id, calendar_id, start):
        calendar = self.env["resource.calendar"].browse(calendar_id or ())
        company = self.env["res.company"].browse(company_id)
        worktime = calendar.exists()._worktime(company, start, start)
        try:
            worktime.add(start, 1)
        except NoWorkingTime:
            # It then counts around the clock.
            _logger.warning("Working schedule %s has no working time", calendar_id)
            worktime = ALWAYS
        return worktime

    # Clocks

    def live(self, ticket_ids):
        return self._read(
            SQL("ticket_id = ANY(%s) AND state <> 'cancelled'", array(ticket_ids))
        )

    def lapsed(self, ticket_ids):
        return self._read(
            SQL(
                "ticket_id = ANY(%s) AND state = 'cancelled' AND replaced_by_id IS NULL",
                array(ticket_ids),
            )
        )

    def clocks(self, clock_ids):
        """Return clocks by their ids, in this order."""
        return self._read(SQL("id = ANY(%s)", array(clock_ids)))

    def _read(self, condition):
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM sla_clock WHERE %s ORDER BY id",
                SELECTED,
                condition,
            )
        )
        return [clock_of(row[0], row[1:]) for row in rows]

    def update(self, rows):
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
                WRITTEN_JUDGED,
                array(row[0] for row in rows),
                _arrays(JUDGED, [row[1] for row in rows]),
                _names(JUDGED),
            )
        )

    def replace(self, replaced, clocks):
        self._cancel(replaced)
        if not clocks:
            return
        added = self._insert(clocks)
        if replaced:
            new = {tuple(which): id_ for id_, _state, *which in added}
            self.env.cr.execute(
                SQL(
                    "UPDATE sla_clock c SET replaced_by_id = v.new "
                    "FROM unnest(%s, %s) v (id, new) WHERE c.id = v.id",
                    array(clock.id for clock, _at in replaced),
                    array(new[clock.which] for clock, _at in replaced),
                )
            )
        self.record([row[0] for row in added if row[1] == states.MISSED])

    def _cancel(self, replaced):
        if not replaced:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c
                   SET state = 'cancelled', next_event_at = NULL,
                       stopped_at = to_timestamp(v.at) AT TIME ZONE 'UTC'
                  FROM unnest(%s, %s) v (id, at)
                 WHERE c.id = v.id
                """,
                array(clock.id for clock, _at in replaced),
                array((at for _clock, at in replaced), "bigint"),
            )
        )

    def _insert(self, clocks):
        """Insert clocks; return rows of (id, state, ticket id, metric, round)."""
        return self.env.execute_query(
            SQL(
                """
                INSERT INTO sla_clock (%s)
                SELECT %s FROM unnest(%s) v (%s)
                RETURNING id, state, ticket_id, metric, round
                """,
                _names(COLUMNS),
                WRITTEN,
                _arrays(COLUMNS, [clock.values() for clock in clocks]),
                _names(COLUMNS),
            )
        )

    def waive(self, nothing):
        self.env["sla.no.promise"]._keep(nothing)

    # Breaches

    def record(self, clock_ids):
        self.env["sla.breach"]._record(clock_ids)

    def withdraw(self, clock_ids):
        self.env["sla.breach"]._withdraw(clock_ids)

    def spare(self, clock_ids):
        self.env["sla.breach"]._spare(clock_ids)

    # The usual pause, without reading timelines

    def pause(self, noticed):
        """Pause the clocks of tickets that merely began to wait.

        What is running and not yet due loses its due time, all else stays as it is.
        This must leave what judging by the timeline leaves; a property test compares
        the two.

        :param noticed: list of :class:`~.sla_span.Noticed`
        :return: the others, and those on which a clock needs to be judged
        """
        waits = {change.ticket_id: change for change in noticed if change.waits}
        for ticket_id in self._unusual(waits.values()):
            del waits[ticket_id]
        if not waits:
            return noticed
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET state = %s, level_at = level_at[1:levels_fired], %s
                  FROM unnest(%s, %s) w (ticket_id, waits)
                 WHERE c.ticket_id = w.ticket_id AND c.state = %s
                   AND c.stopped_at IS NULL
                   AND CASE w.waits WHEN 'client' THEN c.pause_on_client
                                    ELSE c.pause_on_third_party END
                """,
                states.PAUSED,
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name))
                    for name in JUDGED
                    if name not in ("state", "level_at")
                ),
                array(waits),
                array((change.waits for change in waits.values()), "varchar"),
                states.RUNNING,
            )
        )
        return [change for change in noticed if change.ticket_id not in waits]

    def _unusual(self, waits):
        """Return the ids of waiting tickets with a clock that needs to be judged.

        Not needed: what runs without a level until after the event, has been missed and
        escalates no further, or was met and cannot be reopened.
        """
        if not waits:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT w.ticket_id
                  FROM unnest(%s, %s) w (ticket_id, at)
                  JOIN sla_clock c ON c.ticket_id = w.ticket_id
                 WHERE c.state = 'paused'
                    OR c.state = 'met' AND c.metric = 'resolution'
                    OR c.state = 'missed' AND c.next_event_at IS NOT NULL
                    OR c.state = 'running'
                       AND (least(c.due_at, c.next_event_at)
                            > to_timestamp(w.at) AT TIME ZONE 'UTC') IS NOT TRUE
                """,
                array(change.ticket_id for change in waits),
                array((change.at for change in waits), "bigint"),
            )
        )
        return [row[0] for row in rows]


def _names(names):
    return SQL(", ").join(map(SQL.identifier, names))


def _read(name):
    """Return the SQL of a column as a :class:`~...engine.terms.Clock` has it."""
    kind, like = COLUMNS[name]
    column = name if like is None else f"COALESCE({name}, {like})"
    if kind == "instant":
        return epoch(column)
    return SQL(READ.get(kind, "%s"), SQL(column))


def _written(name):
    """Return the SQL of a column whose value arrived as ``v``."""
    kind, like = COLUMNS[name]
    column = SQL("v.%s", SQL.identifier(name))
    if like is not None:
        column = SQL("NULLIF(%s, v.%s)", column, SQL.identifier(like))
    if kind == "instant":
        return SQL("to_timestamp(%s) AT TIME ZONE 'UTC'", column)
    if kind == "integers":
        return SQL("%s::bigint[]", column)
    return column


def _arrays(names, rows):
    """Return the SQL of an array for each column of rows of values."""
    columns = zip(*rows, strict=True)
    return SQL(", ").join(
        _array(TRAVELS[COLUMNS[name].kind], column)
        for name, column in zip(names, columns, strict=True)
    )


def _array(type_, values):
    """Return the SQL for the values of one column; arrays travel as their text."""
    if type_.endswith("[]"):
        return array((array_literal(value or ()) for value in values), "text")
    return array(values, type_)


#: All columns as they are read and as they are written, made once.
SELECTED = SQL(", ").join(map(_read, COLUMNS))
WRITTEN = SQL(", ").join(map(_written, COLUMNS))
WRITTEN_JUDGED = SQL(", ").join(map(_written, JUDGED))
