"""Comparing tickets with their timelines, and appending what has changed."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import array, epoch

from ...engine.timeline import Change, Moment
from .sla_span import (
    COUNTING,
    CURRENT,
    HOLDER,
    MATCHED,
    TYPES,
    WATCHED,
    _any_differs,
    _columns,
    _values,
)

#: What must not change for a move to do no more than begin to wait.
STEADY = ("user_id", *MATCHED, "active", "solved", "closed", "cancels")


class Noticed(NamedTuple):
    """A difference that may concern clocks; ``at`` in epoch seconds.

    ``new``, ``counting``, ``rematches``, ``taken`` as in
    :class:`~...engine.timeline.Change`;
    ``waits``: on whom the ticket waits now, if that it began to wait is all there is.
    """

    ticket_id: int
    at: int
    new: bool
    counting: bool
    rematches: bool
    taken: bool
    waits: str | None


class SlaSpan(models.Model):
    _inherit = "sla.span"

    @api.model
    def _notice(self, ticket_ids, at, created=False, written=False, rematch=False):
        """Append to the timelines what has changed; one statement does it.

        A move that concerns no clock costs one row here and returns nothing.

        :param at: epoch seconds of the event; clamped to the start of the last span
        :param created: the tickets have just been made: their timeline begins at their
            opening, not at the event
        :param written: this transaction has written the tickets, so that no other one
            can; else they are locked
        :param rematch: what policies look at has changed beside the timeline
        :return: list of :class:`Noticed`: those that concern clocks, by ticket id
        """
        if not ticket_ids:
            return []
        at = SQL("to_timestamp(%s) AT TIME ZONE 'UTC'", at)
        rows = self.env.execute_query(
            SQL(
                """
                WITH d AS MATERIALIZED (
                    SELECT t.id AS ticket_id, s.id AS span_id, s.start AS seen_at,
                           CASE WHEN s.id IS NULL THEN %(begin)s
                                ELSE GREATEST(s.start, %(at)s) END AS start,
                           s.id IS NULL AS is_new, %(differing)s AS differs,
                           %(counting)s AS counting,
                           %(rematch)s OR %(matched)s
                           OR s.cancels AND NOT %(cancels)s AS rematches,
                           s.id IS NOT NULL AND s.user_id IS NULL
                           AND t.user_id IS NOT NULL AS taken,
                           NOT (%(unsteady)s) AND s.waiting_on IS NULL AND s.active
                           AND NOT s.solved AND NOT s.cancels AS steady,
                           %(current)s
                      FROM helpdesk_ticket t
                      LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                      LEFT JOIN LATERAL (%(last)s) s ON TRUE
                     WHERE t.id = ANY(%(ids)s)
                       AND (%(rematch)s OR s.id IS NULL OR %(differs)s)
                     ORDER BY t.id %(lock)s
                ), appended AS (
                    INSERT INTO sla_span (ticket_id, start, %(names)s)
                    SELECT ticket_id, start, %(names)s FROM d
                     WHERE span_id IS NULL OR seen_at < start AND differs
                ), rewritten AS (
                    UPDATE sla_span s SET (%(names)s) = ROW(%(values)s)
                      FROM d
                     WHERE s.id = d.span_id AND d.seen_at = d.start AND d.differs
                )
                SELECT ticket_id, %(start)s, is_new, COALESCE(counting, FALSE),
                       COALESCE(rematches, FALSE), taken,
                       CASE WHEN steady AND NOT rematches AND seen_at < start
                            THEN waiting_on END
                  FROM d
                 WHERE is_new OR counting OR rematches OR taken
                """,
                at=at,
                begin=SQL("COALESCE(t.opened_at, %s)", at) if created else at,
                counting=SQL("(%s)", _any_differs(COUNTING)),
                matched=SQL("(%s)", _any_differs(MATCHED)),
                rematch=rematch,
                # Without a rematch only what differs is there.
                differing=self._differs() if rematch else SQL("TRUE"),
                unsteady=_any_differs(STEADY),
                cancels=SQL(CURRENT["cancels"]),
                current=_values(WATCHED),
                last=self._last(),
                differs=self._differs(),
                ids=array(ticket_ids),
                lock=SQL() if written else SQL("FOR NO KEY UPDATE OF t"),
                names=_columns(WATCHED),
                values=_columns(WATCHED, "d."),
                start=epoch("start"),
            )
        )
        return [Noticed(*row) for row in sorted(rows)]

    @api.model
    def _last(self):
        """Return the SQL of the last span of ticket t."""
        return SQL(
            "SELECT * FROM sla_span s WHERE s.ticket_id = t.id"
            " ORDER BY s.start DESC LIMIT 1"
        )

    @api.model
    def _differs(self):
        """Return the SQL that compares ticket t in stage g with its last span s."""
        return SQL("(%s)", _any_differs(WATCHED))

    @api.model
    def _changes(self, noticed, created=False):
        """Return what was noticed with the facts for matching, as Change, by one join.

        :param noticed: list of :class:`Noticed`
        """
        if not noticed:
            return []
        found = {
            row[0]: (row[1:10], row[10], row[11:])
            for row in self.env.execute_query(
                SQL(
                    """
                    SELECT t.id, t.company_id, t.partner_id, t.category_id, k.parent_path,
                           t.team_id,
                           COALESCE(m.resource_calendar_id, y.resource_calendar_id),
                           t.priority, COALESCE(t.sla_tier_id, t.vip_tier_id), %(responded)s,
                           COALESCE(c.live AND NOT u.share
                                    AND u.partner_id IS DISTINCT FROM t.partner_id, FALSE),
                           %(seen)s
                      FROM helpdesk_ticket t
                      JOIN LATERAL (%(last)s) s ON TRUE
                      LEFT JOIN helpdesk_ticket_category k ON k.id = t.category_id
                      LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
                      LEFT JOIN res_company y ON y.id = t.company_id
                      LEFT JOIN helpdesk_ticket_channel c ON c.id = t.channel_id
                      LEFT JOIN res_users u ON u.id = t.create_uid
                     WHERE t.id = ANY(%(ids)s)
                    """,
                    responded=epoch("t.first_response_at"),
                    seen=_columns((*COUNTING, *HOLDER), "s."),
                    last=self._last(),
                    ids=array(change.ticket_id for change in noticed),
                )
            )
        }
        changes = []
        for ticket_id, at, *what, _waits in noticed:
            matched, answered, seen = found[ticket_id]
            moment = Moment(at, None, *seen)
            answered = created and answered
            changes.append(Change(ticket_id, at, *what, *matched, answered, moment))
        return changes

    @api.model
    def _present(self, ticket_ids, at):
        """Return what tickets are now as a list of Change by which nothing changes."""
        rows = self.env.execute_query(
            SQL(
                "SELECT t.id, GREATEST(%s, %s) FROM helpdesk_ticket t"
                " CROSS JOIN LATERAL (%s) s WHERE t.id = ANY(%s) ORDER BY t.id",
                at,
                epoch("s.start"),
                self._last(),
                array(ticket_ids),
            )
        )
        nothing = (False, False, False, False, None)
        return self._changes([Noticed(*row, *nothing) for row in rows])

    @api.model
    def _unseen(self, ticket_ids):
        """Return (ticket id, *WATCHED) of tickets that have no timeline yet."""
        return self.env.execute_query(
            SQL(
                """
                SELECT t.id, %s
                  FROM helpdesk_ticket t
                  LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                  LEFT JOIN sla_span s ON s.ticket_id = t.id
                 WHERE t.id = ANY(%s) AND s.id IS NULL
                 ORDER BY t.id
                """,
                _values(WATCHED),
                array(ticket_ids),
            )
        )

    @api.model
    def _append(self, rows):
        """Append spans: rows of (ticket id, start in epoch seconds, *WATCHED)."""
        if not rows:
            return
        ticket_ids, starts, *columns = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sla_span (ticket_id, start, %(names)s)
                SELECT ticket_id, to_timestamp(start) AT TIME ZONE 'UTC', %(names)s
                  FROM unnest(%(ids)s, %(starts)s, %(arrays)s)
                       v (ticket_id, start, %(names)s)
                """,
                names=_columns(WATCHED),
                ids=array(ticket_ids),
                starts=array(starts, "bigint"),
                arrays=SQL(", ").join(
                    array(values, TYPES.get(name, "int"))
                    for name, values in zip(WATCHED, columns, strict=True)
                ),
            )
        )

    @api.model
    def _resume(self, replies):
        """Let the client's reply end the waiting of tickets; the spans follow by sync.

        :param replies: ids of tickets whose client has spoken last
        :return: ids of the tickets that waited for the client
        """
        return self._set_resumed(replies, True, SQL("waiting_on = 'client'"))

    @api.model
    def _await(self, answered):
        """Let tickets that stayed in a waiting stage wait again after our answer.

        :param answered: ids of tickets whose client was answered last
        :return: ids of the tickets that wait again
        """
        return self._set_resumed(answered, False, SQL("resumed"))

    @api.model
    def _set_resumed(self, ticket_ids, value, condition):
        if not ticket_ids:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE sla_span SET resumed = %s
                 WHERE %s
                   AND id IN (SELECT s.id FROM unnest(%s) t (id)
                               CROSS JOIN LATERAL (%s) s)
                RETURNING ticket_id
                """,
                value,
                condition,
                array(ticket_ids),
                self._last(),
            )
        )
        return [row[0] for row in rows]
