from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import KeylessMany2one, LooseMany2one, array, epoch
from odoo.addons.vip_base.tools.times import event_time

from ...engine.timeline import Change, Moment, Place, cut, opening
from .noticing import (
    CHANGES,
    KEPT_IN_SPAN,
    LAST,
    NOTICE,
    SEEN,
    WATCHED,
    any_differs,
    notice,
)

#: When a span began, and became known: the database itself refuses to change it.
BEGAN = ("ticket_id", "start", "recorded_at")
#: Deletes with its ticket what has no foreign key to it, whoever deletes the ticket.
WITH_THE_TICKET = """
CREATE OR REPLACE FUNCTION sla_ticket_gone() RETURNS trigger AS $$
BEGIN
    DELETE FROM sla_clock WHERE ticket_id IN (SELECT id FROM gone);
    DELETE FROM sla_span WHERE ticket_id IN (SELECT id FROM gone);
    RETURN NULL;
END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER sla_ticket_gone AFTER DELETE ON helpdesk_ticket
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION sla_ticket_gone();
"""


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
    """One stretch of a ticket's timeline; the last one is the last seen state.

    Written only by ``helpdesk.ticket._sla_sync``, which appends: a span ends where the
    next one begins, so that no row is ever closed. The timeline runs without a gap from
    the ticket's opening to now.

    Declared outages are a layer over the timelines, not a part of them: whoever judges
    or explains reads timelines here, so an outage that is declared late, or revoked,
    changes no span.
    """

    _name = "sla.span"
    _description = "Timeline Span"
    _log_access = False
    _order = "ticket_id, start, id"
    _rec_name = "start"

    ticket_id = KeylessMany2one("helpdesk.ticket", required=True, readonly=True)
    start = fields.Datetime(required=True, readonly=True)
    recorded_at = fields.Datetime(
        string="Recorded at",
        readonly=True,
        help="Since when it is known. Empty: since it began.",
    )
    stop = fields.Datetime(
        compute="_compute_stop", help="Empty while the ticket is in it."
    )
    user_id = LooseMany2one("res.users", string="Held by", readonly=True)
    team_id = LooseMany2one("helpdesk.ticket.team", readonly=True)
    stage_id = LooseMany2one("helpdesk.ticket.stage", readonly=True)
    category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    partner_id = LooseMany2one("res.partner", string="Contact", readonly=True)
    priority = fields.Char(readonly=True)
    active = fields.Boolean(readonly=True)
    solved = fields.Boolean(readonly=True)
    closed = fields.Boolean(readonly=True)
    cancels = fields.Boolean(readonly=True)
    waiting_on = fields.Selection(
        [("client", "Client"), ("third_party", "Third party")],
        string="Waiting on",
        readonly=True,
    )

    of_team = fields.Boolean(
        string="Of the team",
        readonly=True,
        help="Who holds it was of its team when this began.",
    )
    worked = fields.Boolean(
        string="Work begun",
        readonly=True,
        help="It began by a person's move to a stage that means work.",
    )
    resumed = fields.Boolean(
        readonly=True,
        help="The client has replied since the ticket came into this stage, or nothing "
        "has been asked since the client's last word: we do not wait.",
    )

    # The one index of all rows: it finds the last span, and no two spans begin together.
    _ticket_start_uniq = models.UniqueIndex("(ticket_id, start)")
    # What was solved in a month, without reading all others.
    _solved_idx = models.Index("(start) WHERE solved")

    def init(self):
        self.env.cr.execute(SQL(WITH_THE_TICKET))
        frozen_rows.freeze(self.env.cr, self._table, columns=BEGAN, attached=True)
        for plan in (*NOTICE.values(), CHANGES):
            plan.install(self.env)

    def _compute_stop(self):
        """A span stops where the next one of its ticket starts."""
        stops = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT s.id, (SELECT min(n.start) FROM sla_span n
                                   WHERE n.ticket_id = s.ticket_id AND n.start > s.start)
                      FROM sla_span s WHERE s.id = ANY(%s)
                    """,
                    self.ids,
                )
            )
        )
        for span in self:
            span.stop = stops.get(span.id)

    @api.model
    def _search(self, domain, *args, **kwargs):
        # "active" says what the ticket was, it does not hide this record.
        return super()._search(domain, *args, **{**kwargs, "active_test": False})

    @api.model
    def _stretches(self, condition):
        """Return the SQL of spans with their ``stop``, NULL in the last of a ticket.

        :param condition: SQL over span s; it must hold for whole tickets
        """
        return SQL(
            "SELECT s.id, s.ticket_id, s.start, %s,"
            " lead(s.start) OVER (PARTITION BY s.ticket_id ORDER BY s.start) AS stop"
            " FROM sla_span s WHERE %s",
            KEPT_IN_SPAN,
            condition,
        )

    @api.model
    def _held_at(self, ticket, at):
        """Return the SQL of the span in which a ticket was at an instant.

        One row or none, to be joined ``LATERAL``: who held the ticket then, in which
        team, stage and so on.

        :param ticket: SQL text of the ticket's id, such as ``"c.ticket_id"``
        :param at: SQL text of the instant, a timestamp
        """
        return SQL(
            "SELECT s.* FROM sla_span s WHERE s.ticket_id = %s AND s.start <= %s"
            " ORDER BY s.start DESC LIMIT 1",
            SQL(ticket),
            SQL(at),
        )

    @api.model
    def _timelines(self, ticket_ids):
        """Return {ticket id: tuple of Moment in order of time}, cut where outages are.

        One query, and another one if there are outages that may concern them.
        """
        timelines = self._read_timelines(ticket_ids)
        outages = self.env["sla.outage"]._approved()
        if not outages or not timelines:
            return timelines
        first = min(timeline[0].start for timeline in timelines.values())
        outages = [out for out in outages if out.stop is None or out.stop > first]
        return self._with_outages(timelines, outages) if outages else timelines

    @api.model
    def _read_timelines(self, ticket_ids):
        timelines = {}
        for ticket_id, *moment in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, %s, %s FROM (%s) s ORDER BY ticket_id, start, id",
                epoch("start"),
                epoch("stop"),
                SEEN,
                self._stretches(SQL("s.ticket_id = ANY(%s)", array(ticket_ids))),
            )
        ):
            timelines.setdefault(ticket_id, []).append(Moment(*moment))
        return {key: tuple(value) for key, value in timelines.items()}

    @api.model
    def _opening(self, change):
        """Return the timeline of a ticket that has just got its first span."""
        outages = self.env["sla.outage"]._approved()
        if not outages:
            return (change.moment,)
        now = max(change.at, to_epoch(event_time(self.env)))
        place = Place(change.company_id, change.team_id, change.category_id)
        return opening(change.moment, place, outages, now)

    @api.model
    def _with_outages(self, timelines, outages):
        """Return the timelines, cut where outages that concern them begin and end.

        One more query for all of them, and only if there are such outages.
        """
        places = self._places(timelines)
        return {
            ticket_id: tuple(
                piece
                for moment in timeline
                for piece in cut(moment, places[ticket_id, moment.start], outages)
            )
            for ticket_id, timeline in timelines.items()
        }

    @api.model
    def _places(self, ticket_ids):
        """Return {(ticket id, epoch second at which a span began): Place}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.ticket_id, %s, t.company_id, s.team_id, s.category_id
                  FROM sla_span s JOIN helpdesk_ticket t ON t.id = s.ticket_id
                 WHERE s.ticket_id = ANY(%s)
                """,
                epoch("s.start"),
                list(ticket_ids),
            )
        )
        return {(ticket_id, at): Place(*place) for ticket_id, at, *place in rows}

    @api.model
    def _meets(self, outage):
        """Return the SQL that tells whether span s of ticket t lies in an outage."""
        conditions = [SQL("t.company_id = ANY(%s)", list(outage.company_ids))]
        conditions.append(
            SQL(
                "NOT EXISTS (SELECT FROM sla_span n WHERE n.ticket_id = s.ticket_id"
                " AND n.start > s.start AND %s <= %s)",
                epoch("n.start"),
                outage.start,
            )
        )
        if outage.stop is not None:
            conditions.append(SQL("%s < %s", epoch("s.start"), outage.stop))
        for name in ("team_ids", "category_ids"):
            ids = getattr(outage, name)
            if ids is not None:
                column = SQL("s.%s", SQL.identifier(name.replace("_ids", "_id")))
                conditions.append(SQL("%s = ANY(%s)", column, list(ids)))
        return SQL(" AND ").join(conditions)

    # ------------------------------------------------------------------
    # Comparing tickets with their timelines, and appending what has changed
    # ------------------------------------------------------------------

    @api.model
    def _notice(
        self,
        ticket_ids,
        at,
        created=False,
        written=False,
        rematch=False,
        by_hand=False,
        known=None,
    ):
        """Append to the timelines what has changed; one statement does it.

        A move that concerns no clock costs one row here and returns nothing.

        :param at: epoch seconds of the event; clamped to the start of the last span
        :param created: the tickets have just been made: their timeline begins at their
            opening, not at the event
        :param written: this transaction has written the tickets, so that no other one
            can; else they are locked
        :param rematch: what policies look at has changed beside the timeline
        :param by_hand: a person changed them: waiting for the client begins when
            something is asked. What the system moves, such as loaded history, waits
            from the move on: there the stage is the question
        :param known: epoch seconds at which it became known, if later than it happened
        :return: list of :class:`Noticed`: those that concern clocks, by ticket id
        """
        if not ticket_ids:
            return []
        known = at if known is None else known
        values = {
            **{"at": at, "known": known, "created": created},
            "person": self._is_person(),
        }
        if not rematch:
            plan = NOTICE[by_hand, written]
            rows = plan.rows(self.env, len(ticket_ids), ids=ticket_ids, **values)
        else:
            how = {"written": written, "rematch": rematch, "by_hand": by_hand}
            rows = self.env.execute_query(
                notice(ids=array(ticket_ids), **values, **how)
            )
        return [Noticed(*row) for row in sorted(rows)]

    def _is_person(self):
        """Tell whether a person of ours is at work, and not a job or the client."""
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

    @api.model
    def _last(self):
        """Return the SQL of the last span of ticket t."""
        return LAST

    @api.model
    def _differs(self):
        """Return the SQL that compares ticket t in stage g with its last span s."""
        return SQL("(%s)", any_differs(WATCHED))

    @api.model
    def _changes(self, noticed, created=False):
        """Return what was noticed with the facts for matching, as Change, by one join.

        :param noticed: list of :class:`Noticed`
        """
        if not noticed:
            return []
        ids = [change.ticket_id for change in noticed]
        found = {
            row[0]: (row[1:10], row[10], row[11:])
            for row in CHANGES.rows(self.env, len(ids), ids=ids)
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
    def _made(self, ticket_ids):
        """Return what tickets are, as Change that says whether making them answered."""
        nothing = (0, False, False, False, False, None)
        noticed = [Noticed(ticket_id, *nothing) for ticket_id in ticket_ids]
        return self._changes(noticed, created=True)

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
