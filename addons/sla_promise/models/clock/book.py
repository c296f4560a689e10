"""The book of SQL: clocks of the database, many of them by few statements."""

from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import (
    DAY,
    JoinedWorkTime,
    to_datetime,
    to_epoch,
)
from odoo.addons.vip_base.tools.sql import KeptPlan, array, array_literal, epoch
from odoo.addons.vip_base.tools.times import event_time

from ...engine import states
from ...engine.book import Book
from ...engine.obligations import Deed
from ...engine.recount import Step
from ...engine.rounds import Answer
from ...engine.terms import COLUMNS, COUNTED_BY, JUDGED, VERDICT, clock_of

#: The SQL type in which a kind of column travels, and how it is read where not as it is.
TRAVELS = {
    "integer": "int",
    "text": "varchar",
    "flag": "bool",
    "count": "int",
    "instant": "bigint",
    "integers": "bigint[]",
}
#: Contacts that count, and those that did until something about them became known.
COUNTS = SQL("void IS NULL AND withheld IS NOT TRUE")
COUNTED = SQL(
    "withheld IS NOT TRUE AND (void IS NULL OR void <> 'queued' AND void_at > recorded_at)"
)
#: Since when ticket of clock c has been what policies look at just before the instant v.at.
SINCE = """
    SELECT min(s.start) FROM sla_span s
     WHERE s.ticket_id = c.ticket_id AND s.start < v.at
       AND s.start > COALESCE((
           SELECT max(b.start) FROM sla_span b
            CROSS JOIN LATERAL (
                  SELECT * FROM sla_span l
                   WHERE l.ticket_id = c.ticket_id AND l.start < v.at
                   ORDER BY l.start DESC LIMIT 1) l
            WHERE b.ticket_id = c.ticket_id AND b.start < v.at
              AND (b.category_id, b.team_id, b.priority, b.partner_id)
                  IS DISTINCT FROM
                  (l.category_id, l.team_id, l.priority, l.partner_id)), '-infinity')
"""
READ = {"flag": "COALESCE(%s, FALSE)", "count": "COALESCE(%s, 0)"}


class SqlBook(Book):
    """Reads and writes the database; see :class:`~...engine.book.Book`.

    :param env: of the superuser: clocks follow the ticket, whoever works on it
    :param at: when what is written becomes known (epoch seconds); the event time of the
        environment if not given
    """

    def __init__(self, env, at=None):
        self.env = env
        self._at = at
        self._calendars = {}

    @property
    def recorded_at(self):
        """When what is written becomes known: naive UTC."""
        return event_time(self.env) if self._at is None else to_datetime(self._at)

    # Tickets

    def timelines(self, ticket_ids):
        return self.env["sla.span"]._timelines(ticket_ids)

    def opening(self, change):
        return self.env["sla.span"]._opening(change)

    def present(self, ticket_ids, at):
        return self.env["sla.span"]._present(ticket_ids, at)

    def contacts(self, ticket_ids):
        answers, asks, steps, deeds = {}, {}, {}, {}
        for ticket_id, at, outgoing, team_id, step, *deed in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, outgoing, team_id, step, metric, deed, by_answer"
                " FROM (%s) c ORDER BY ticket_id, at, id",
                epoch("at"),
                contacts_and_steps(list(ticket_ids)),
            )
        ):
            if step:
                steps.setdefault(ticket_id, []).append(at)
            if deed[0]:
                deeds.setdefault(ticket_id, []).append(Deed(at, *deed))
            if outgoing:
                answers.setdefault(ticket_id, []).append(Answer(at, team_id))
            elif outgoing is False:
                asks.setdefault(ticket_id, []).append(at)
        return answers, asks, steps, deeds

    def responded(self, ticket_ids):
        return self.env["helpdesk.ticket"].browse(ticket_ids)._sla_responded()

    # Policies and calendars

    def ruleset(self):
        return self.env["sla.policy"]._ruleset()

    def extra_facts(self, ticket_ids, ruleset):
        return self.env["sla.policy"]._extra_facts(ticket_ids, ruleset)

    def lowest_tiers(self, company_id, day):
        company = self.env["res.company"].browse(company_id)
        return self.env["vip.ladder.version"]._lowest_ids(company, day)

    def day(self, company_id, at):
        company = self.env["res.company"].browse(company_id)
        return company._vip_local_date(to_datetime(at))

    def reasons(self, found, waives):
        return self.env["sla.match"]._keep(found, waives)

    def version(self, company_id, calendar_id, at=None):
        if not calendar_id:
            return None
        calendar, company = self._calendar(company_id, calendar_id)
        versions = self.env["resource.worktime.version"]
        if at is not None:
            known = versions._known_at(calendar_id, company, to_datetime(at))
            if known:
                return known
        if calendar:
            return calendar._worktime_version(company)
        # It is gone: what was promised in it goes on by what was known last.
        last = versions._last(calendar_id, company_id)
        return last and last[0]

    def steps(self, clocks):
        stale = {}
        for clock in clocks:
            basis, key = clock.terms.basis, clock.key
            current = basis.version_id is None or (
                basis.version_id == self.version(key.company_id, key.calendar_id)
            )
            if not current or basis.earlier:
                versions = {basis.version_id, *basis.earlier[::2]} - {None, 0}
                stale[clock.id] = versions
        if not stale:
            return {}
        versions = self.env["resource.worktime.version"]
        later = versions._later(set().union(*stale.values()))
        result = {}
        for clock_id, ids in stale.items():
            steps = sorted(
                Step(to_epoch(at), *pair) for at, *pair in _chain(ids, later)
            )
            if steps:
                result[clock_id] = steps
        return result

    def switches(self, clocks):
        if not clocks or not self.env["sla.clock"]._is_switch_pending():
            return ()
        ticket_ids = {clock.ticket_id for clock in clocks}
        return self.env["sla.calendar.switch"]._pending_of(ticket_ids)

    def worktime(self, company_id, calendar_id, version_id, earlier, start):
        last = self._worktime(company_id, calendar_id, version_id, start)
        if not earlier:
            return last
        company = self.env["res.company"].browse(company_id)
        calendars = self.env["resource.calendar"]
        parts = [
            (calendars._certain_worktime(company, start, version), until)
            for version, until in zip(earlier[::2], earlier[1::2], strict=True)
        ]
        return JoinedWorkTime(parts, last)

    def _worktime(self, company_id, calendar_id, version_id, start):
        calendar, company = self._calendar(company_id, calendar_id or 0)
        if version_id and version_id == calendar._worktime_version(company):
            version_id = None  # it is known already
        return calendar._certain_worktime(company, start, version_id)

    def _calendar(self, company_id, calendar_id):
        """Return a calendar, none if it is gone, and its company."""
        if calendar_id not in self._calendars:
            calendar = self.env["resource.calendar"].browse(calendar_id or ())
            self._calendars[calendar_id] = calendar.exists()
        company = self.env["res.company"].browse(company_id)
        return self._calendars[calendar_id], company

    # Clocks

    def live(self, ticket_ids):
        return self._read(
            SQL(
                "ticket_id = ANY(%s) AND state <> 'cancelled' AND replaced_by_id IS NULL",
                array(ticket_ids),
            )
        )

    def replaced(self, ticket_ids):
        return self._read(
            SQL("ticket_id = ANY(%s) AND replaced_by_id IS NOT NULL", array(ticket_ids))
        )

    def lapsed(self, ticket_ids):
        return self._read(
            SQL(
                "ticket_id = ANY(%s) AND state = 'cancelled' AND replaced_by_id IS NULL",
                array(ticket_ids),
            )
        )

    def broken(self, ticket_ids):
        return self._read(
            SQL(
                "ticket_id = ANY(%s) AND replaced_by_id IS NOT NULL AND EXISTS ("
                "SELECT FROM sla_breach b WHERE b.ticket_id = sla_clock.ticket_id"
                " AND b.clock_id = sla_clock.id)",
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
        if rows:
            self._forget_days(row[1] for row in rows)
            self._set(
                *(JUDGED, [row[0] for row in rows], [row[1] for row in rows]),
                SQL(", recorded_at = %s", self._since()),
            )

    def _forget_days(self, judged):
        """Let days be counted anew on which promises turn out to have been kept.

        What is kept now is of today, of which nothing is kept.
        """
        known = max(to_epoch(self.recorded_at), to_epoch(self.env.cr.now()) - DAY)
        times = [
            each.stopped_at
            for each in judged
            if each.state == states.MET and each.stopped_at < known
        ]
        if times:
            self.env["vip.figure.day"]._forget(to_datetime(min(times)))

    def _since(self):
        """Return the SQL of since when the verdict of a clock c, by values v, is known.

        While it has none it is not recorded anew.
        """
        return SQL(
            "CASE WHEN c.state IN %s AND v.state IN %s OR %s THEN c.recorded_at"
            " ELSE %s END",
            states.OPEN_STATES,
            states.OPEN_STATES,
            SQL(" AND ").join(
                SQL(
                    "%s IS NOT DISTINCT FROM %s",
                    SQL.identifier("c", name),
                    _written(name),
                )
                for name in VERDICT
            ),
            self.recorded_at,
        )

    def rebase(self, clocks):
        if not clocks:
            return
        names = ("calendar_id", *COUNTED_BY)
        rows = [(clock.key.calendar_id, *clock.terms.basis) for clock in clocks]
        self._set(names, [clock.id for clock in clocks], rows)

    def _set(self, names, clock_ids, rows, more=None):
        """Write columns of clocks: a row of values for each.

        :param more: SQL of further assignments, begun by a comma
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET (%s) = ROW(%s) %s
                  FROM unnest(%s, %s) v (id, %s)
                 WHERE c.id = v.id
                """,
                _names(names),
                SQL(", ").join(map(_written, names)),
                more or SQL(),
                array(clock_ids),
                _arrays(names, rows),
                _names(names),
            )
        )

    def replace(self, replaced, clocks):
        self._cancel(replaced)
        resumed = [new for _old, _at, new in replaced if new.id]
        clocks = [*(new for _old, _at, new in replaced if not new.id), *clocks]
        missed = self._resume(resumed)
        added = self._insert(clocks) if clocks else []
        if replaced:
            ids = {tuple(which): id_ for id_, _state, *which in added}
            self._link([(old, new.id or ids[new.which]) for old, _at, new in replaced])
        missed += [row[0] for row in added if row[1] == states.MISSED]
        self.record(missed)

    def _link(self, pairs):
        """Let clocks name those in their places; what named a clock that is no more too.

        :param pairs: of a clock and the id of the one that takes its place
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c SET replaced_by_id = v.new
                  FROM unnest(%s, %s) v (id, new)
                 WHERE c.replaced_by_id = v.id AND c.id <> v.new
                   AND (c.id = v.id OR NOT EXISTS (
                        SELECT FROM sla_clock gone WHERE gone.id = v.id))
                """,
                array(old.id for old, _new in pairs),
                array(new for _old, new in pairs),
            )
        )

    def _resume(self, clocks):
        """Let clocks go on that had been replaced; return the ids of missed ones."""
        if clocks:
            # Of whom the ticket is now may have another number in the match.
            names = ("match_id", *COUNTED_BY, *JUDGED)
            self._set(
                names,
                [clock.id for clock in clocks],
                [(c.key.match_id, *c.terms.basis, *c.judged) for c in clocks],
                SQL(", replaced_by_id = NULL, recorded_at = %s", self._since()),
            )
        return [clock.id for clock in clocks if clock.state == states.MISSED]

    def _cancel(self, replaced):
        """Take clocks out of their places, so that others can take them.

        Until those have ids they name themselves as replaced. What was taken out and goes
        on within one second leaves no trace in what took its place between: that stopped
        when it came, before that second, and what only that second missed was not.
        """
        if not replaced:
            return
        rows = self.env.execute_query(
            SQL(
                """
                WITH v AS (
                     SELECT v.id, to_timestamp(v.at) AT TIME ZONE 'UTC' AS at, n.binds_at
                       FROM unnest(%(ids)s, %(at)s, %(new)s) v (id, at, new)
                       LEFT JOIN sla_clock n ON n.id = v.new AND n.replaced_by_id = v.id
                        AND n.stopped_at = to_timestamp(v.at) AT TIME ZONE 'UTC'),
                     undone AS (
                     DELETE FROM sla_clock c USING v
                      WHERE c.id = v.id AND c.state <> 'missed' AND c.binds_at = v.at
                        AND c.replaced_by_id IS NULL AND NOT EXISTS (
                            SELECT FROM sla_breach b WHERE b.clock_id = c.id)
                     RETURNING c.id)
                UPDATE sla_clock c
                   SET state = CASE WHEN c.state <> 'missed' OR v.binds_at IS NOT NULL
                            AND NOT EXISTS (
                                SELECT FROM sla_breach b
                                 WHERE b.clock_id = c.id AND b.state <> 'withdrawn'
                                   AND b.recorded_at < v.at)
                            THEN 'cancelled' ELSE c.state END,
                       next_event_at = NULL, left_seconds = NULL,
                       replaced_by_id = c.id,
                       stopped_at = CASE WHEN v.binds_at IS NULL THEN v.at
                            ELSE GREATEST(v.binds_at, (%(since)s)) END,
                       recorded_at = %(known)s
                  FROM v
                 WHERE c.id = v.id AND NOT EXISTS (
                       SELECT FROM undone WHERE undone.id = c.id)
             RETURNING c.id, c.state
                """,
                ids=array(clock.id for clock, _at, _new in replaced),
                at=array((at for _clock, at, _new in replaced), "bigint"),
                new=array(new.id for _clock, _at, new in replaced),
                since=SQL(SINCE),
                known=self.recorded_at,
            )
        )
        missed = {
            clock.id for clock, _at, _new in replaced if clock.state == states.MISSED
        }
        undone = [
            id_ for id_, state in rows if state != states.MISSED and id_ in missed
        ]
        self.env["sla.breach"]._undo(undone)

    def _insert(self, clocks):
        """Insert clocks; return rows of (id, state, ticket id, metric, round)."""
        self._forget_days(clock.judged for clock in clocks)
        columns = zip(*(clock.values() for clock in clocks), strict=True)
        values = {
            name: map(array_literal, (value or () for value in column))
            if COLUMNS[name].kind == "integers"
            else column
            for name, column in zip(COLUMNS, columns, strict=True)
        }
        known = self.recorded_at
        return INSERT.rows(self.env, len(clocks), recorded_at=known, **values)

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

        What is running and not yet due loses its due time and keeps the working time
        until then as what is left; all else stays as it is. This must leave what judging
        by the timeline leaves; a property test compares the two.

        :param noticed: list of :class:`~.sla_span.Noticed`
        :return: the others, and those on which a clock needs to be judged
        """
        waits = {change.ticket_id: change for change in noticed if change.waits}
        for ticket_id in self._unusual(waits.values()):
            del waits[ticket_id]
        if not waits:
            return noticed
        left = self._left_at_pause(waits.values())
        if left:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE sla_clock c
                       SET state = %s, level_at = level_at[1:levels_fired],
                           left_seconds = p.seconds, %s
                      FROM unnest(%s, %s) p (id, seconds)
                     WHERE c.id = p.id
                    """,
                    states.PAUSED,
                    SQL(", ").join(
                        SQL("%s = NULL", SQL.identifier(name))
                        for name in JUDGED
                        if name not in ("state", "level_at", "left_seconds")
                    ),
                    array(left),
                    array(left.values()),
                )
            )
        return [change for change in noticed if change.ticket_id not in waits]

    def _left_at_pause(self, waits):
        """Return {id of a running clock that these let wait: the working time left}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, GREATEST(w.at, %s), %s, COALESCE(c.around_the_clock, FALSE),
                       c.company_id, c.calendar_id, c.version_id
                  FROM unnest(%s, %s, %s) w (ticket_id, at, waits)
                  JOIN sla_clock c ON c.ticket_id = w.ticket_id
                 WHERE c.state = %s AND c.stopped_at IS NULL
                   AND CASE w.waits WHEN 'client' THEN c.pause_on_client
                                    ELSE c.pause_on_third_party END
                """,
                epoch("c.started_at"),
                epoch("c.due_at"),
                array(change.ticket_id for change in waits),
                array((change.at for change in waits), "bigint"),
                array((change.waits for change in waits), "varchar"),
                states.RUNNING,
            )
        )
        known, left = {}, {}
        for clock_id, at, due, always, *hours in rows:
            if always or not hours[1]:
                left[clock_id] = due - at
                continue
            if (key := tuple(hours)) not in known:
                known[key] = self.worktime(*hours, (), at)
            left[clock_id] = known[key].between(at, due)
        return left

    def _unusual(self, waits):
        """Return the ids of waiting tickets with a clock that needs to be judged.

        Not needed: what runs without a level until after the event, has been missed and
        escalates no further, or was met and cannot be reopened. What is due when it
        begins to bind has less left than until then.
        """
        if not waits:
            return []
        if self.env["sla.clock"]._is_switch_pending():
            return [change.ticket_id for change in waits]
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
                    OR c.state = 'running' AND c.due_at = c.binds_at
                    OR c.state = 'running' AND c.version_id IN (%s)
                """,
                array(change.ticket_id for change in waits),
                array((change.at for change in waits), "bigint"),
                self.env["resource.worktime.version"]._superseded(),
            )
        )
        return [row[0] for row in rows]


def _chain(versions, later):
    """Return (at, old, new) of each version that comes after one of these.

    :param later: {version: (the next one, when)}
    """
    result = []
    for old in versions:
        while old in later:
            new, at = later[old]
            result.append((at, old, new))
            old = new
    return result


def contacts_and_steps(ticket_ids, condition=COUNTS):
    """Return the ``SELECT`` of the contacts, steps and deeds of tickets that count.

    ``step``: it is one. ``known_at``: since when it counts. ``void_at``: until when.

    :param condition: ``SQL`` of which contacts count

    A call or visit is a step, too, unless it was written down much later. Of what is
    only a step, or what happened to an obligation (``metric``, ``deed``), ``outgoing`` is
    NULL: nobody spoke to anybody.
    """
    return SQL(
        """
        SELECT id, ticket_id, at, GREATEST(recorded_at, counts_since) AS known_at,
               outgoing, team_id,
               outgoing AND kind IN ('call', 'visit') AND doubtful IS NOT TRUE AS step,
               void_at, NULL::varchar AS metric, NULL::varchar AS deed,
               NULL::boolean AS by_answer
          FROM vip_contact WHERE ticket_id = ANY(%s) AND %s
         UNION ALL
        SELECT id, ticket_id, at, recorded_at, NULL, NULL, TRUE, NULL, NULL, NULL, NULL
          FROM sla_step WHERE ticket_id = ANY(%s)
         UNION ALL
        SELECT id, ticket_id, at, recorded_at, NULL, NULL, FALSE, NULL, metric, kind,
               COALESCE(by_answer, FALSE)
          FROM sla_obligation WHERE ticket_id = ANY(%s)
        """,
        ticket_ids,
        condition,
        ticket_ids,
        ticket_ids,
    )


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


def _insertion(recorded_at, **arrays):
    """Return the SQL that inserts clocks, of an array for each column."""
    return SQL(
        """
        INSERT INTO sla_clock (%s, recorded_at)
        SELECT %s, %s FROM unnest(%s) v (%s)
        RETURNING id, state, ticket_id, metric, round
        """,
        _names(COLUMNS),
        WRITTEN,
        recorded_at,
        SQL(", ").join(arrays.values()),
        _names(COLUMNS),
    )


INSERT = KeptPlan(
    "sla_clock_insert",
    {
        name: "text[]" if column.kind == "integers" else f"{TRAVELS[column.kind]}[]"
        for name, column in COLUMNS.items()
    }
    | {"recorded_at": "timestamp"},
    {
        "id": "int",
        "state": "varchar",
        "ticket_id": "int",
        "metric": "varchar",
        "round": "int",
    },
    _insertion,
)
