from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import KeylessMany2one, LooseMany2one, array, epoch
from odoo.addons.vip_base.tools.times import event_time

from ...engine.timeline import Moment, Place, cut, opening

#: What a change of the ticket means for its clocks.
COUNTING = ("active", "solved", "closed", "cancels", "waiting_on")
MATCHED = ("category_id", "team_id", "priority", "partner_id")
HOLDER = ("team_id", "user_id")
WATCHED = ("user_id", "stage_id", *MATCHED, *COUNTING, "resumed")
#: True where the client has replied since the ticket came into its stage s.
RESUMED = "(s.resumed AND s.stage_id = t.stage_id)"

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
}
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


def _columns(names, prefix=""):
    return SQL(", ".join(prefix + name for name in names))


def _values(names):
    return SQL(
        ", ".join(f"{CURRENT[name]} AS {name}" for name in names),
    )


def _any_differs(names):
    return SQL(
        " OR ".join(f"s.{name} IS DISTINCT FROM {CURRENT[name]}" for name in names)
    )


class SlaSpan(models.Model):
    """One stretch of a ticket's timeline; the last one is the last seen state.

    Written only by ``helpdesk.ticket._sla_sync``, which appends: a span ends where the
    next one begins, so that no row is ever closed. The timeline runs without a gap from
    the ticket's opening to now. See ``sla_span_notice.py`` for how it is written.

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

    resumed = fields.Boolean(
        readonly=True,
        help="The client has replied since the ticket came into this stage: we do not "
        "wait any more.",
    )

    # The one index of all rows: it finds the last span, and no two spans begin together.
    _ticket_start_uniq = models.UniqueIndex("(ticket_id, start)")
    # What was solved in a month, without reading all others.
    _solved_idx = models.Index("(start) WHERE solved")

    def init(self):
        self.env.cr.execute(SQL(WITH_THE_TICKET))

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
            _columns(WATCHED, "s."),
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
                _columns((*COUNTING, *HOLDER)),
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
