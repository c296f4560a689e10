from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.loose_many2one import LooseMany2one
from ..tools.timeline import Change, Moment

#: What a change of the ticket means for its clocks.
COUNTING = ("active", "solved", "closed", "cancels", "waiting_on")
FACTS = ("category_id", "team_id", "priority", "partner_id")
HOLDER = ("team_id", "user_id")
WATCHED = ("user_id", "stage_id", *FACTS, *COUNTING, "resumed")
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
    "solved": "COALESCE(g.solved, FALSE) OR COALESCE(g.closed, FALSE)",
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


def _columns(names, prefix=""):
    return SQL(", ".join(prefix + name for name in names))


def _values(names):
    return SQL(", ".join(CURRENT[name] for name in names))


def epoch(column):
    """Return the SQL for a timestamp column in epoch seconds."""
    return SQL("EXTRACT(EPOCH FROM %s)::bigint", SQL(column))


class SlaSpan(models.Model):
    """One stretch of a ticket's timeline; the open one is the last seen state.

    Written only by ``helpdesk.ticket._sla_sync``. The spans of a ticket follow each
    other without a gap, from its opening to now.
    """

    _name = "sla.span"
    _description = "Timeline Span"
    _log_access = False
    _order = "ticket_id, start, id"
    _rec_name = "start"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", readonly=True
    )
    start = fields.Datetime(required=True, readonly=True)
    stop = fields.Datetime(readonly=True, help="Empty while the ticket is in it.")
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

    _ticket_start_idx = models.Index("(ticket_id, start)")
    _open_uniq = models.UniqueIndex("(ticket_id) WHERE stop IS NULL")

    @api.model
    def _search(self, domain, *args, **kwargs):
        # "active" says what the ticket was, it does not hide this record.
        return super()._search(domain, *args, **{**kwargs, "active_test": False})

    @api.model
    def _follow(self, ticket_ids, at, created=False, rematch=False):
        """Append to the timelines what has changed; one join finds it.

        :param at: epoch seconds of the event; clamped to the start of the open span
        :param created: the tickets have just been made: their timeline begins at their
            opening, not at the event
        :param rematch: what policies look at has changed beside the timeline
        :return: list of :class:`~..tools.timeline.Change`
        """
        changes, spans, written = [], [], []
        for row in self._differences(ticket_ids, every=rematch):
            change, span_id, old, new = self._read_change(row, at, created)
            changes.append(change._replace(facts=change.facts or rematch))
            values = [new[name] for name in WATCHED]
            if span_id and old == new:
                continue
            if span_id and row[2] >= change.at:
                written.append([span_id, *values])
            else:
                spans.append([change.ticket_id, change.at, *values])
        self._append(spans)
        self._rewrite(written)
        return changes

    @api.model
    def _present(self, ticket_ids, at):
        """Return what tickets are now as a list of Change by which nothing changes."""
        rows = self._differences(ticket_ids, every=True)
        return [self._read_change(row, at, False)[0] for row in rows if row[1]]

    @api.model
    def _read_change(self, row, at, created):
        """Return (Change, span id, old values, new values) of a row of differences."""
        (
            ticket_id,
            span_id,
            start,
            opened_at,
            first_response_at,
            tier_id,
            company_id,
            category_path,
            calendar_id,
            answered,
            *watched,
        ) = row
        new = dict(zip(WATCHED, watched[: len(WATCHED)], strict=True))
        old = dict(zip(WATCHED, watched[len(WATCHED) :], strict=True))
        if span_id:
            moved = max(at, start)
        else:
            moved = opened_at if created and opened_at is not None else at
        change = Change(
            ticket_id,
            moved,
            not span_id,
            any(new[name] != old[name] for name in COUNTING),
            any(new[name] != old[name] for name in FACTS)
            or bool(old["cancels"] and not new["cancels"]),
            bool(span_id and old["user_id"] is None and new["user_id"] is not None),
            company_id,
            new["partner_id"],
            new["category_id"],
            category_path,
            new["team_id"],
            calendar_id,
            new["priority"],
            tier_id,
            first_response_at,
            created and answered,
            Moment(moved, None, *(new[name] for name in (*COUNTING, *HOLDER))),
        )
        return change, span_id, old, new

    @api.model
    def _differences(self, ticket_ids, every=False):
        """Return the rows of tickets that differ from their open span, or of all."""
        if not ticket_ids:
            return []
        return self.env.execute_query(
            SQL(
                """
                SELECT t.id, s.id, %(start)s, %(opened)s, %(responded)s,
                       COALESCE(t.sla_tier_id, t.vip_tier_id), t.company_id, k.parent_path,
                       COALESCE(m.resource_calendar_id, y.resource_calendar_id),
                       COALESCE(c.live AND NOT u.share
                                AND u.partner_id IS DISTINCT FROM t.partner_id, FALSE),
                       %(current)s, %(seen)s
                  FROM helpdesk_ticket t
                  LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                  LEFT JOIN sla_span s ON s.ticket_id = t.id AND s.stop IS NULL
                  LEFT JOIN helpdesk_ticket_category k ON k.id = t.category_id
                  LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
                  LEFT JOIN res_company y ON y.id = t.company_id
                  LEFT JOIN helpdesk_ticket_channel c ON c.id = t.channel_id
                  LEFT JOIN res_users u ON u.id = t.create_uid
                 WHERE t.id = ANY(%(ids)s)
                   AND (%(every)s OR s.id IS NULL OR %(differs)s)
                 ORDER BY t.id
                """,
                start=epoch("s.start"),
                opened=epoch("t.opened_at"),
                responded=epoch("t.first_response_at"),
                current=_values(WATCHED),
                seen=_columns(WATCHED, "s."),
                ids=list(ticket_ids),
                every=every,
                differs=self._differs(),
            )
        )

    @api.model
    def _differs(self):
        """Return the SQL that compares ticket t in stage g with its open span s."""
        return SQL(
            "(%s) IS DISTINCT FROM (%s)", _columns(WATCHED, "s."), _values(WATCHED)
        )

    @api.model
    def _append(self, spans):
        """Close the open spans of these tickets and open the given ones."""
        if not spans:
            return
        ticket_ids, starts, *columns = map(list, zip(*spans, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_span s
                   SET stop = to_timestamp(v.start) AT TIME ZONE 'UTC'
                  FROM unnest(%s::int[], %s::bigint[]) v (ticket_id, start)
                 WHERE s.ticket_id = v.ticket_id AND s.stop IS NULL
                """,
                ticket_ids,
                starts,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sla_span (ticket_id, start, %(names)s)
                SELECT v.ticket_id, to_timestamp(v.start) AT TIME ZONE 'UTC', %(values)s
                  FROM unnest(%(ids)s::int[], %(starts)s::bigint[], %(arrays)s)
                       v (ticket_id, start, %(names)s)
                """,
                names=_columns(WATCHED),
                values=_columns(WATCHED, "v."),
                ids=ticket_ids,
                starts=starts,
                arrays=self._arrays(columns),
            )
        )

    @api.model
    def _rewrite(self, written):
        """Correct open spans that began at the very second of the change."""
        if not written:
            return
        span_ids, *columns = map(list, zip(*written, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_span s SET (%(names)s) = ROW(%(values)s)
                  FROM unnest(%(ids)s::int[], %(arrays)s) v (id, %(names)s)
                 WHERE s.id = v.id
                """,
                names=_columns(WATCHED),
                values=_columns(WATCHED, "v."),
                ids=span_ids,
                arrays=self._arrays(columns),
            )
        )

    @api.model
    def _arrays(self, columns):
        return SQL(", ").join(
            SQL("%s::%s[]", values, SQL(TYPES.get(name, "int")))
            for name, values in zip(WATCHED, columns, strict=True)
        )

    @api.model
    def _timelines(self, ticket_ids):
        """Return {ticket id: tuple of Moment in order of time} in one query."""
        timelines = {}
        for ticket_id, *moment in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, %s, %s FROM sla_span "
                "WHERE ticket_id = ANY(%s) ORDER BY ticket_id, start, id",
                epoch("start"),
                epoch("stop"),
                _columns((*COUNTING, *HOLDER)),
                list(ticket_ids),
            )
        ):
            timelines.setdefault(ticket_id, []).append(Moment(*moment))
        return {key: tuple(value) for key, value in timelines.items()}

    @api.model
    def _opening(self, change):
        """Return the timeline of a ticket that has just got its first span."""
        return (change.moment,)

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
                "UPDATE sla_span SET resumed = %s WHERE ticket_id = ANY(%s) "
                "AND stop IS NULL AND %s RETURNING ticket_id",
                value,
                list(ticket_ids),
                condition,
            )
        )
        return [row[0] for row in rows]
