from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import KeylessMany2one, LooseMany2one, array, epoch
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.tools.opened_at import opened_at_sql

from ...engine.timeline import Change, Moment, Place, cut, opening

OPENED_AT = opened_at_sql()
#: What a change of the ticket means for its clocks.
COUNTING = ("active", "solved", "closed", "cancels", "waiting_on")
MATCHED = ("category_id", "team_id", "priority", "partner_id")
HOLDER = ("team_id", "user_id", "of_team", "worked")
WATCHED = ("user_id", "stage_id", *MATCHED, *COUNTING, "resumed")
#: All that a span keeps: what is watched, and what was true when it began.
KEPT = (*WATCHED, "of_team", "worked")
#: When a span began, and became known: the database itself refuses to change it.
BEGAN = ("ticket_id", "start", "recorded_at")
#: True where the client has replied since the ticket came into its stage s.
RESUMED = "(s.resumed AND s.stage_id = t.stage_id)"
#: The same where a person moved the ticket: also as long as nothing was asked.
UNASKED = (
    "CASE WHEN s.stage_id = t.stage_id THEN s.resumed"
    " ELSE COALESCE(asked.nothing, FALSE) END"
)

#: The ticket's current value of each watched column; t = ticket, g = its stage.
CURRENT = {
    "user_id": "t.user_id",
    "team_id": "t.team_id",
    "stage_id": "t.stage_id",
    "category_id": "t.category_id",
    "priority": "t.priority",
    "partner_id": "t.partner_id",
    "active": "COALESCE(t.active, FALSE)",
    "solved": "(COALESCE(g.solved, FALSE) OR COALESCE(g.closed, FALSE))",
    "closed": "COALESCE(g.closed, FALSE)",
    "cancels": "COALESCE(g.cancels, FALSE)",
    "waiting_on": f"CASE WHEN g.waiting_on = 'client' AND {RESUMED}"
    " THEN NULL ELSE g.waiting_on END",
    "resumed": RESUMED,
    "of_team": """(EXISTS (
        SELECT FROM helpdesk_ticket_team_res_users_rel r
         WHERE r.helpdesk_ticket_team_id = t.team_id AND r.res_users_id = t.user_id)
        OR EXISTS (SELECT FROM helpdesk_ticket_team l
                    WHERE l.id = t.team_id AND l.user_id = t.user_id))""",
}
#: Whether a person has just moved ticket t to its stage g, and that means work.
WORKED = """(
    (COALESCE(g.works, FALSE) OR COALESCE(g.solved, FALSE) OR COALESCE(g.closed, FALSE))
    AND NOT COALESCE(g.cancels, FALSE)
    AND (%s AND s.stage_id IS DISTINCT FROM t.stage_id
         OR COALESCE(s.worked, FALSE) AND s.start >= %s AND s.stage_id = t.stage_id))"""
#: Whether ticket t is owed that its handling starts.
UNHANDLED = """EXISTS (SELECT FROM sla_clock c WHERE c.ticket_id = t.id
    AND c.metric = 'handling' AND c.stopped_at IS NULL)"""
TYPES = {
    "priority": "varchar",
    "waiting_on": "varchar",
    **dict.fromkeys(("active", "solved", "closed", "cancels", "resumed"), "bool"),
}
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


def columns(names, prefix=""):
    """Return the SQL of a list of columns."""
    return SQL(", ".join(prefix + name for name in names))


def current(names, values=CURRENT):
    """Return the SQL of the values that ticket t in stage g has now."""
    return SQL(
        ", ".join(f"{values[name]} AS {name}" for name in names),
    )


#: The current values where a person moved the ticket, see ``_unasked``.
CURRENT_BY_HAND = {
    name: text.replace(RESUMED, UNASKED) for name, text in CURRENT.items()
}


def _any_differs(names, values=CURRENT):
    return SQL(
        " OR ".join(f"s.{name} IS DISTINCT FROM {values[name]}" for name in names)
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
            columns(KEPT, "s."),
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
                columns((*COUNTING, *HOLDER)),
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
        known = SQL(
            "to_timestamp(%s) AT TIME ZONE 'UTC'", at if known is None else known
        )
        at = SQL("to_timestamp(%s) AT TIME ZONE 'UTC'", at)
        values = CURRENT_BY_HAND if by_hand else CURRENT
        differs = SQL("(%s)", _any_differs(WATCHED, values))
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
                           s.id IS NOT NULL AND (t.user_id IS NOT NULL AND (
                               s.user_id IS NULL OR s.of_team IS FALSE AND %(of_team)s)
                               OR %(worked)s AND %(unhandled)s) AS taken,
                           NOT (%(unsteady)s) AND s.waiting_on IS NULL AND s.active
                           AND NOT s.solved AND NOT s.cancels AS steady,
                           %(current)s, %(worked)s AS worked
                      FROM helpdesk_ticket t
                      LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                      LEFT JOIN LATERAL (%(last)s) s ON TRUE %(asked)s
                     WHERE t.id = ANY(%(ids)s)
                       AND (%(rematch)s OR s.id IS NULL OR %(differs)s)
                     ORDER BY t.id %(lock)s
                ), appended AS (
                    INSERT INTO sla_span (ticket_id, start, recorded_at, %(names)s)
                    SELECT ticket_id, start, %(known)s, %(names)s FROM d
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
                known=known,
                begin=SQL("COALESCE(t.opened_at, %s)", at) if created else at,
                counting=SQL("(%s)", _any_differs(COUNTING, values)),
                matched=SQL("(%s)", _any_differs(MATCHED)),
                rematch=rematch,
                # Without a rematch only what differs is there.
                differing=differs if rematch else SQL("TRUE"),
                unsteady=_any_differs(STEADY),
                cancels=SQL(CURRENT["cancels"]),
                current=current((*WATCHED, "of_team"), values),
                of_team=SQL(CURRENT["of_team"]),
                worked=SQL(WORKED, self._is_person(), at),
                unhandled=SQL(UNHANDLED),
                last=self._last(),
                asked=self._unasked() if by_hand else SQL(),
                differs=differs,
                ids=array(ticket_ids),
                lock=SQL() if written else SQL("FOR NO KEY UPDATE OF t"),
                names=columns(KEPT),
                values=columns(KEPT, "d."),
                start=epoch("start"),
            )
        )
        return [Noticed(*row) for row in sorted(rows)]

    @api.model
    def _unasked(self):
        """Return the SQL that joins whether ticket t waits for an answer to nothing.

        It comes into a stage g that waits for the client, and we have not spoken to the
        client since the client's last word. Staff that made a ticket while talking to
        the client spoke to him: the channel says so when it is made, later the first
        response, which nobody writes by hand.
        """
        return SQL(
            """
            LEFT JOIN LATERAL (
                 SELECT NOT EXISTS (
                        SELECT FROM vip_contact a
                         WHERE a.ticket_id = t.id AND a.outgoing
                           AND a.void IS NULL AND a.withheld IS NOT TRUE
                           AND a.at >= said.last)
                        AND (said.spoken OR CASE WHEN s.id IS NOT NULL
                        THEN (t.first_response_at <= %s) IS NOT TRUE
                        ELSE NOT EXISTS (
                        SELECT FROM helpdesk_ticket_channel l
                          JOIN res_users u ON u.id = t.create_uid
                         WHERE l.id = t.channel_id AND l.live AND NOT u.share
                           AND u.partner_id IS DISTINCT FROM t.partner_id) END) AS nothing
                   FROM (SELECT COALESCE(max(q.at), '-infinity') AS last,
                                count(*) > 0 AS spoken
                           FROM vip_contact q
                          WHERE q.ticket_id = t.id AND NOT q.outgoing
                            AND q.void IS NULL AND q.withheld IS NOT TRUE) said
                  WHERE g.waiting_on = 'client'
                    AND s.stage_id IS DISTINCT FROM t.stage_id
                    AND COALESCE((SELECT m.wait_needs_asking
                                    FROM helpdesk_ticket_team m
                                   WHERE m.id = t.team_id), TRUE)
            ) asked ON TRUE
            """,
            OPENED_AT,
        )

    def _is_person(self):
        """Tell whether a person of ours is at work, and not a job or the client."""
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

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
                    seen=columns((*COUNTING, *HOLDER), "s."),
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
