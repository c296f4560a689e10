from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import LooseMany2one, array

#: What could not be told in this time (hours) in which the person worked helps nobody.
STALE_HOURS = 24

WAITING, DONE, DROPPED, FAILED = "waiting", "done", "dropped", "failed"


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

        One statement for all. The handler and the leader are those of the instant at
        which the level was reached, whenever this runs.

        :param fired: list of :class:`~...engine.terms.Fired`
        """
        if not fired:
            return
        levels = self.env["sla.escalation.level"]
        levels.flush_model()
        self.flush_model()
        told = self._told_anyway(fired)
        self.env.cr.execute(
            SQL(
                """
                WITH anyway AS MATERIALIZED (
                SELECT level_id, company_id, user_id
                  FROM unnest(%(levels)s, %(companies)s, %(users)s)
                       a (level_id, company_id, user_id)
                )
                INSERT INTO sla_notice (
                       clock_id, ticket_id, level_id, kind, action, user_id, created_at,
                       at_once, state)
                SELECT c.id, c.ticket_id, l.id,
                       CASE WHEN c.level_offsets[nr] < c.seconds THEN 'warning'
                            ELSE 'breach' END,
                       r.action, r.user_id, hit.at, COALESCE(l.at_once, FALSE), 'waiting'
                  FROM unnest(%(ids)s, %(was)s, %(now)s) f (clock_id, was, now)
                  JOIN sla_clock c ON c.id = f.clock_id
                 CROSS JOIN LATERAL generate_series(f.was + 1, f.now) nr
                 CROSS JOIN LATERAL (
                       SELECT to_timestamp(c.level_at[nr]) AT TIME ZONE 'UTC' AS at
                  ) hit
                  JOIN sla_escalation_level l ON l.id = c.level_ids[nr] AND l.active
                  LEFT JOIN LATERAL (%(held)s) s ON l.tell_handler OR l.tell_leader
                  LEFT JOIN helpdesk_ticket_team m ON m.id = s.team_id
                 CROSS JOIN LATERAL (
                       SELECT a.action, u.id AS user_id
                         FROM (SELECT COALESCE(s.user_id, m.user_id)
                                WHERE l.tell_handler
                               UNION
                               SELECT m.user_id WHERE l.tell_leader
                               UNION
                               SELECT a.user_id FROM anyway a
                                WHERE a.level_id = l.id AND a.company_id = c.company_id
                              ) p (user_id)
                         JOIN res_users u ON u.id = p.user_id AND u.active
                         JOIN (VALUES ('notify'), ('activity')) a (action)
                           ON a.action = 'notify' OR l.activity
                        UNION ALL
                       SELECT 'priority', NULL WHERE l.raise_priority IS NOT NULL
                        UNION ALL
                       SELECT 'reassign', NULL WHERE l.reassign IS NOT NULL
                  ) r
                 ORDER BY hit.at, c.id, l.id, r.action, r.user_id
                ON CONFLICT DO NOTHING
                """,
                held=self.env["sla.span"]._held_at("c.ticket_id", "hit.at"),
                ids=array(row.clock_id for row in fired),
                was=array(row.was for row in fired),
                now=array(row.now for row in fired),
                levels=array(row[0] for row in told),
                companies=array(row[1] for row in told),
                users=array(row[2] for row in told),
            )
        )
        self.invalidate_model(flush=False)
        self.env["helpdesk.ticket"].invalidate_model(
            ["notice_ids", "escalated_to_ids"], flush=False
        )

    @api.model
    def _told_anyway(self, fired):
        """Return (level id, company id, user id) of whom levels tell for any ticket."""
        pairs = {
            (level_id, row.company_id) for row in fired for level_id in row.level_ids
        }
        # As superuser: whom a level tells does not depend on who runs the job.
        levels = self.env["sla.escalation.level"].sudo()
        levels = levels.browse(sorted({pair[0] for pair in pairs})).exists()
        companies = self.env["res.company"].sudo()
        return [
            (level.id, company_id, user.id)
            for level in levels
            for level_id, company_id in sorted(pairs)
            if level_id == level.id
            for user in level._told_anyway(companies.browse(company_id))
        ]
