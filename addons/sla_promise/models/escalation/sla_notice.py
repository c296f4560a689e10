from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.models.resource_calendar_leaves import APPROVED
from odoo.addons.vip_base.tools.sql import LooseMany2one, array, epoch

from .sla_escalation import END, HANDLER, LEADER, serving

#: What could not be told in this time (hours) in which the person worked helps nobody.
STALE_HOURS = 24

WAITING, DONE, DROPPED, FAILED = "waiting", "done", "dropped", "failed"


class Lost(NamedTuple):
    """A receiver of a level who is not there: in which line somebody is to stand in.

    ``actions``: what is to be written for who stands in; the handler, the leader and the
    stand-in of the team are those of the instant ``at`` (naive UTC).
    """

    clock_id: int
    ticket_id: int
    level_id: int
    kind: str
    actions: tuple
    at: datetime
    at_once: bool
    company_id: int
    line: int
    handler_id: int | None
    leader_id: int | None
    deputy_id: int | None


def _actions(activity):
    return ("notify", "activity") if activity else ("notify",)


def _first(line, rungs):
    """Return the ids of who is asked first of a line, None alone if there is nobody.

    Of the end of all lines everybody: it asks nobody by itself, but a handler may be of
    it.
    """
    if line == END:
        return [user_id for people in rungs for user_id in people.ids]
    return rungs[0].ids if rungs else [None]


class SlaNotice(models.Model):
    """What a level that came true has to tell or do: an outbox, and the record of it.

    REQUIREMENTS S4, S5. Rows are written by the due job in SQL; what they ask for is
    done by jobs of its own. Nothing about the level changes afterwards.
    """

    _name = "sla.notice"
    _description = "Notice"
    _log_access = False
    _order = "created_at, id"
    _rec_name = "level_id"

    clock_id = fields.Many2one(
        "sla.clock", required=True, ondelete="cascade", readonly=True
    )
    ticket_id = LooseMany2one("helpdesk.ticket", required=True, readonly=True)
    level_id = LooseMany2one("sla.escalation.level", string="Level", readonly=True)
    kind = fields.Selection(
        [("warning", "Warning"), ("breach", "Breach")],
        required=True,
        readonly=True,
        help="Whether the level lies before the limit or not.",
    )
    action = fields.Selection(
        [
            ("notify", "Message"),
            ("activity", "Activity"),
            ("priority", "Higher priority"),
            ("reassign", "Handing over"),
        ],
        required=True,
        default="notify",
        readonly=True,
        string="What",
    )
    user_id = fields.Many2one(
        "res.users", string="Whom", ondelete="cascade", readonly=True
    )
    created_at = fields.Datetime(
        string="Reached at",
        required=True,
        readonly=True,
        help="When the level came true, whenever the job ran.",
    )
    at_once = fields.Boolean(string="At once", readonly=True)
    state = fields.Selection(
        [
            (WAITING, "Waiting"),
            (DONE, "Done"),
            (DROPPED, "No longer needed"),
            (FAILED, "Failed"),
        ],
        required=True,
        default=WAITING,
        readonly=True,
    )
    handled_at = fields.Datetime(string="Done at", readonly=True)
    failures = fields.Integer(readonly=True, help="How often it could not be done.")
    retry_at = fields.Datetime(string="Next try at", readonly=True)
    error = fields.Char(readonly=True)

    _once_uniq = models.UniqueIndex(
        "(clock_id, level_id, action, COALESCE(user_id, 0))"
    )
    _ticket_idx = models.Index("(ticket_id)")
    _waiting_idx = models.Index("(action, user_id) WHERE state = 'waiting'")
    _told_idx = models.Index("(user_id, handled_at) WHERE state = 'done'")

    @api.depends("level_id", "action")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for notice in self:
            notice.display_name = notice.level_id.display_name or ""

    def _matters(self):
        """Tell whether this is still worth telling or doing: not overtaken by events."""
        self.ensure_one()
        clock = self.clock_id
        if self.kind == "warning":
            return clock.state == "running"
        # A breach is told also when the ticket was solved meanwhile, but then there is
        # nothing left to do.
        return clock.state == "missed" and (
            self.action == "notify" or not clock.stopped_at
        )

    def _is_stale(self, now):
        """Tell whether the person could have been told long ago, but was not."""
        since = self.user_id._sla_works_from(self.created_at)
        return since < now - timedelta(hours=STALE_HOURS)

    def _close(self, state, now):
        self.write({"state": state, "handled_at": now, "retry_at": False})

    # ------------------------------------------------------------------
    # What the due job leaves in the outbox
    # ------------------------------------------------------------------

    @api.model
    def _fire(self, fired):
        """Write what levels that came true have to tell and do, each once per clock.

        One statement for all, and another one where somebody has to stand in. The
        handler and the leader are those of the instant at which the level was reached,
        whenever this runs. There is who is active, serves the company and is not on
        approved leave then; the handler moreover in the ticket's team, unless at the
        end of the line.

        :param fired: list of :class:`~...engine.terms.Fired`
        """
        if not fired:
            return
        self.env["sla.escalation.level"].flush_model()
        self.flush_model()
        self._flush_people()
        lines = self._lines(
            (level_id, row.company_id) for row in fired for level_id in row.level_ids
        )
        first = [
            (*pair, line, user_id)
            for pair, by_line in lines.items()
            for line, rungs in by_line.items()
            for user_id in _first(line, rungs)
        ]
        lost = self.env.execute_query(
            SQL(
                """
                WITH first AS MATERIALIZED (
                SELECT level_id, company_id, line, user_id
                  FROM unnest(%(levels)s, %(companies)s, %(lines)s, %(users)s)
                       a (level_id, company_id, line, user_id)
                ), hit AS MATERIALIZED (
                SELECT row_number() OVER () AS id, c.id AS clock_id, c.ticket_id,
                       c.company_id, l.id AS level_id,
                       CASE WHEN c.level_offsets[nr] < c.seconds THEN 'warning'
                            ELSE 'breach' END AS kind,
                       to_timestamp(c.level_at[nr]) AT TIME ZONE 'UTC' AS at,
                       COALESCE(l.at_once, FALSE) AS at_once, l.activity,
                       l.raise_priority, l.reassign, l.tell_handler, l.tell_leader
                  FROM unnest(%(ids)s, %(was)s, %(now)s) f (clock_id, was, now)
                  JOIN sla_clock c ON c.id = f.clock_id
                 CROSS JOIN LATERAL generate_series(f.was + 1, f.now) nr
                  JOIN sla_escalation_level l ON l.id = c.level_ids[nr] AND l.active
                ), held AS MATERIALIZED (
                SELECT h.*, s.user_id AS handler_id, m.user_id AS leader_id,
                       m.sla_stand_in_id AS deputy_id,
                       m.id IS NULL OR s.user_id = m.user_id
                       OR (m.id, s.user_id) IN (
                          SELECT helpdesk_ticket_team_id, res_users_id
                            FROM helpdesk_ticket_team_res_users_rel)
                       OR (h.level_id, h.company_id, s.user_id) IN (
                          SELECT level_id, company_id, user_id FROM first
                           WHERE line = %(end)s)
                       OR m.id NOT IN (
                          SELECT helpdesk_ticket_team_id
                            FROM helpdesk_ticket_team_res_users_rel) AS in_team
                  FROM hit h
                  LEFT JOIN LATERAL (%(held)s) s ON h.tell_handler OR h.tell_leader
                  LEFT JOIN helpdesk_ticket_team m ON m.id = s.team_id
                ), asked AS MATERIALIZED (
                SELECT id, %(handler)s AS line,
                       CASE WHEN in_team THEN handler_id END AS user_id
                  FROM held WHERE tell_handler
                 UNION ALL
                SELECT id, %(leader)s, leader_id FROM held WHERE tell_leader
                 UNION ALL
                SELECT h.id, a.line, a.user_id
                  FROM hit h JOIN first a USING (level_id, company_id)
                 WHERE a.line <> %(end)s
                ), told AS MATERIALIZED (
                SELECT a.id, a.line, a.user_id
                  FROM asked a
                  JOIN hit h USING (id)
                  JOIN res_users u ON u.id = a.user_id AND u.active AND NOT u.share
                  JOIN res_company_users_rel r
                    ON r.user_id = u.id AND r.cid = h.company_id
                 WHERE NOT EXISTS (SELECT FROM (%(away)s) w
                                    WHERE w.user_id = a.user_id
                                      AND w.date_from <= h.at AND w.date_to > h.at)
                ), written AS (
                INSERT INTO sla_notice (
                       clock_id, ticket_id, level_id, kind, action, user_id, created_at,
                       at_once, state)
                SELECT h.clock_id, h.ticket_id, h.level_id, h.kind, r.action, r.user_id,
                       h.at, h.at_once, 'waiting'
                  FROM hit h
                  JOIN (SELECT DISTINCT t.id, a.action, t.user_id
                          FROM told t
                          JOIN hit h USING (id)
                          JOIN (VALUES ('notify'), ('activity')) a (action)
                            ON a.action = 'notify' OR h.activity
                         UNION ALL
                        SELECT id, 'priority', NULL
                          FROM hit WHERE raise_priority IS NOT NULL
                         UNION ALL
                        SELECT id, 'reassign', NULL FROM hit WHERE reassign IS NOT NULL
                  ) r USING (id)
                 ORDER BY h.at, h.clock_id, h.level_id, r.action, r.user_id
                ON CONFLICT DO NOTHING
                )
                SELECT DISTINCT h.clock_id, h.ticket_id, h.level_id, h.kind,
                       h.activity, h.at, h.at_once, h.company_id, a.line,
                       h.handler_id, h.leader_id, h.deputy_id
                  FROM asked a JOIN held h USING (id)
                 WHERE NOT EXISTS (SELECT FROM told t
                                    WHERE t.id = a.id AND t.line = a.line)
                 ORDER BY h.at, h.clock_id, h.level_id, a.line
                """,
                held=self.env["sla.span"]._held_at("h.ticket_id", "h.at"),
                away=APPROVED,
                handler=HANDLER,
                leader=LEADER,
                end=END,
                ids=array(row.clock_id for row in fired),
                was=array(row.was for row in fired),
                now=array(row.now for row in fired),
                levels=array(row[0] for row in first),
                companies=array(row[1] for row in first),
                lines=array(row[2] for row in first),
                users=array(row[3] for row in first),
            )
        )
        lost = [Lost(*row[:4], _actions(row[4]), *row[5:]) for row in lost]
        self._stand_in(lost, lines)
        self._forget()

    @api.model
    def _flush_people(self):
        """Write to the database what tells there who is there."""
        self.env["res.users"].flush_model(["active", "company_ids", "group_ids"])
        self.env["helpdesk.ticket.team"].flush_model(
            ["user_id", "user_ids", "sla_stand_in_id"]
        )
        self.env["resource.calendar.leaves"].flush_model()

    @api.model
    def _forget(self):
        self.invalidate_model(flush=False)
        self.env["helpdesk.ticket"].invalidate_model(
            ["notice_ids", "escalated_to_ids", "sla_has_notices"], flush=False
        )

    @api.model
    def _lines(self, pairs):
        """Return {(level id, company id): who stands in for whom}, see the level."""
        pairs = sorted(set(pairs))
        # As superuser: whom a level tells does not depend on who runs the job.
        levels = self.env["sla.escalation.level"].sudo()
        companies = self.env["res.company"].sudo()
        found = set(levels.browse({pair[0] for pair in pairs}).exists().ids)
        return {
            (level_id, company_id): levels.browse(level_id)._lines(
                companies.browse(company_id)
            )
            for level_id, company_id in pairs
            if level_id in found
        }

    # ------------------------------------------------------------------
    # Where who is to be told is not there
    # ------------------------------------------------------------------

    @api.model
    def _stand_in(self, lost, lines, now=None):
        """Tell the next of the chain where nobody named is there.

        For the handler that is the leader, for both the stand-in of the team, for
        everybody the service managers, then the head office. Before nobody is told, who
        is on leave is.

        :param lost: list of :class:`Lost`
        :param lines: as :meth:`_lines`, of all of them
        :param now: naive UTC: who is there now; None: who was there at each instant
        :return: {Lost: ids of who stands in}
        """
        if not lost:
            return {}
        present = self._presence(lost, lines, now)
        result = {}
        for row in lost:
            by_line = lines[row.level_id, row.company_id]
            handler, leader, deputy = self._holders(row)
            rungs = {HANDLER: [leader, deputy], LEADER: [deputy]}.get(row.line, [])
            rungs += [*by_line.get(row.line, ()), *by_line[END]]
            there = (present(row, people) for people in rungs)
            anybody = filter(None, (*there, handler, leader, *rungs))
            result[row] = next(anybody, handler.browse()).ids
        rows = [
            (row, action, user_id)
            for row, user_ids in result.items()
            for action in row.actions
            for user_id in user_ids
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sla_notice (
                       clock_id, ticket_id, level_id, kind, created_at, at_once, action,
                       user_id, state)
                SELECT v.*, 'waiting' FROM unnest(%s, %s, %s, %s, %s, %s, %s, %s) v
                ON CONFLICT DO NOTHING
                """,
                array(row.clock_id for row, *_what in rows),
                array(row.ticket_id for row, *_what in rows),
                array(row.level_id for row, *_what in rows),
                array((row.kind for row, *_what in rows), "varchar"),
                array((str(row.at) for row, *_what in rows), "timestamp"),
                array((row.at_once for row, *_what in rows), "bool"),
                array((action for _row, action, _user_id in rows), "varchar"),
                array(user_id for _row, _action, user_id in rows),
            )
        )
        return result

    @api.model
    def _holders(self, row):
        """Return handler, leader and stand-in of a :class:`Lost`, if they serve there."""
        # As superuser: as _lines.
        users = self.env["res.users"].sudo()
        company = self.env["res.company"].sudo().browse(row.company_id)
        return [
            serving(users.browse(user_id or ()), company)
            for user_id in (row.handler_id, row.leader_id, row.deputy_id)
        ]

    @api.model
    def _presence(self, lost, lines, now):
        """Return the function of a Lost and people that gives those who are there."""
        user_ids = {
            user_id
            for row in lost
            for user_id in (row.leader_id, row.deputy_id)
            if user_id
        }
        for by_line in lines.values():
            for people in chain(*by_line.values()):
                user_ids.update(people.ids)
        instants = [now] if now else [row.at for row in lost]
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, %s, %s FROM (%s) l WHERE user_id = ANY(%s)"
                " AND date_from <= %s AND date_to > %s",
                *(epoch("date_from"), epoch("date_to"), APPROVED),
                *(array(user_ids), max(instants), min(instants)),
            )
        )
        away = {}
        for user_id, *times in rows:
            away.setdefault(user_id, []).append(times)

        def is_there(user, at):
            return not any(gone <= at < back for gone, back in away.get(user.id, ()))

        return lambda row, people: people.filtered(
            lambda user: is_there(user, to_epoch(now or row.at))
        )

    @api.model
    def _pass_on(self, now):
        """Let what still waits for who is not there any more go on to the next.

        :param now: naive UTC
        """
        self.flush_model()
        self._flush_people()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT n.id, n.user_id, n.clock_id, n.ticket_id, n.level_id, n.kind,
                       ARRAY[n.action], n.created_at, n.at_once, c.company_id,
                       CASE WHEN l.tell_handler AND s.user_id = n.user_id THEN %(handler)s
                            WHEN l.tell_leader AND m.user_id = n.user_id THEN %(leader)s
                            ELSE %(end)s END,
                       s.user_id, m.user_id, m.sla_stand_in_id
                  FROM sla_notice n
                  JOIN sla_clock c ON c.id = n.clock_id
                  JOIN sla_escalation_level l ON l.id = n.level_id
                  LEFT JOIN LATERAL (%(held)s) s ON TRUE
                  LEFT JOIN helpdesk_ticket_team m ON m.id = s.team_id
                 WHERE n.state = 'waiting' AND n.action IN ('notify', 'activity')
                   AND (NOT EXISTS (
                           SELECT FROM res_users u
                             JOIN res_company_users_rel r ON r.user_id = u.id
                            WHERE u.id = n.user_id AND u.active AND NOT u.share
                              AND r.cid = c.company_id)
                        OR EXISTS (
                           SELECT FROM (%(away)s) w
                            WHERE w.user_id = n.user_id
                              AND w.date_from <= %(now)s AND w.date_to > %(now)s))
                 ORDER BY n.id
                   FOR NO KEY UPDATE OF n SKIP LOCKED
                """,
                held=self.env["sla.span"]._held_at("n.ticket_id", "n.created_at"),
                away=APPROVED,
                handler=HANDLER,
                leader=LEADER,
                end=END,
                now=now,
            )
        )
        if not rows:
            return
        lost = {
            tuple(row[:2]): Lost(*row[2:6], tuple(row[6]), *row[7:]) for row in rows
        }
        lines = self._lines((row.level_id, row.company_id) for row in lost.values())
        found = self._stand_in(list(lost.values()), lines, now)
        self._forget()
        passed = [
            notice_id
            for (notice_id, user_id), row in lost.items()
            if found[row] and user_id not in found[row]
        ]
        # As superuser: the job serves every company.
        self.sudo().browse(passed)._close(DROPPED, now)
