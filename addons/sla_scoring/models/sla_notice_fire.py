from odoo import api, models
from odoo.tools import SQL


class SlaNotice(models.Model):
    """What the due job leaves in the outbox."""

    _inherit = "sla.notice"

    @api.model
    def _fire(self, fired):
        """Write what levels that came true have to tell and do, each once per clock.

        One statement for all. The handler and the leader are those of the instant at
        which the level was reached, whenever this runs.

        :param fired: list of :class:`~..tools.escalation.Fired`
        """
        if not fired:
            return
        levels = self.env["sla.escalation.level"]
        levels.flush_model()
        self.flush_model()
        told = self._told_anyway(fired)
        clock_ids, was, now, *_rest = map(list, zip(*fired, strict=True))
        self.env.cr.execute(
            SQL(
                """
                WITH hit AS (
                SELECT c.id AS clock_id, c.ticket_id, c.company_id, l.id AS level_id,
                       to_timestamp(c.level_at[nr]) AT TIME ZONE 'UTC' AS at,
                       CASE WHEN c.level_offsets[nr] < c.seconds THEN 'warning'
                            ELSE 'breach' END AS kind,
                       l.at_once, l.activity, l.raise_priority, l.reassign,
                       CASE WHEN l.tell_handler THEN COALESCE(s.user_id, m.user_id)
                        END AS handler_id,
                       CASE WHEN l.tell_leader THEN m.user_id END AS leader_id
                  FROM unnest(%(ids)s::int[], %(was)s::int[], %(now)s::int[])
                       f (clock_id, was, now)
                  JOIN sla_clock c ON c.id = f.clock_id
                 CROSS JOIN LATERAL generate_series(f.was + 1, f.now) nr
                  JOIN sla_escalation_level l ON l.id = c.level_ids[nr] AND l.active
                  LEFT JOIN LATERAL (
                       SELECT s.user_id, s.team_id FROM sla_span s
                        WHERE s.ticket_id = c.ticket_id
                          AND s.start <= to_timestamp(c.level_at[nr]) AT TIME ZONE 'UTC'
                        ORDER BY s.start DESC LIMIT 1
                  ) s ON TRUE
                  LEFT JOIN helpdesk_ticket_team m ON m.id = s.team_id
                ), told AS (
                SELECT hit.*, r.user_id
                  FROM hit
                 CROSS JOIN LATERAL (VALUES (handler_id), (leader_id)) r (user_id)
                  JOIN res_users u ON u.id = r.user_id AND u.active
                UNION
                SELECT hit.*, a.user_id
                  FROM hit
                  JOIN unnest(%(levels)s::int[], %(companies)s::int[], %(users)s::int[])
                       a (level_id, company_id, user_id)
                    ON a.level_id = hit.level_id AND a.company_id = hit.company_id
                )
                INSERT INTO sla_notice (
                       clock_id, ticket_id, level_id, kind, action, user_id, created_at,
                       at_once, state)
                SELECT clock_id, ticket_id, level_id, kind, action, user_id, at,
                       COALESCE(at_once, FALSE), 'waiting'
                  FROM (SELECT told.*, 'notify' AS action FROM told
                        UNION ALL
                        SELECT told.*, 'activity' FROM told WHERE activity
                        UNION ALL
                        SELECT hit.*, NULL, 'priority' FROM hit
                         WHERE raise_priority IS NOT NULL
                        UNION ALL
                        SELECT hit.*, NULL, 'reassign' FROM hit
                         WHERE reassign IS NOT NULL) rows
                 ORDER BY at, clock_id, level_id, action, user_id
                ON CONFLICT DO NOTHING
                """,
                ids=clock_ids,
                was=was,
                now=now,
                levels=[row[0] for row in told],
                companies=[row[1] for row in told],
                users=[row[2] for row in told],
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
