from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.models.resource_calendar_leaves import APPROVED
from odoo.addons.vip_base.tools.groups import DECIDER_GROUPS
from odoo.addons.vip_base.tools.times import event_time

#: Posted charges, not taken back, whose agent was on leave in the time that is charged,
#: where that leave was approved after they were posted: their ids.
LEAVE_CAME_LATER = SQL(
    """
    SELECT DISTINCT e.id
      FROM (%s) l
      JOIN score_entry e ON e.user_id = l.user_id AND e.posted_at < l.approved_at
       AND e.company_id = COALESCE(l.company_id, e.company_id)
     CROSS JOIN LATERAL jsonb_array_elements(e.details -> 'spans') span
     WHERE e.state = 'posted' AND e.kind IN ('deduction', 'error')
       AND COALESCE((e.details ->> 'spares_leave')::boolean, TRUE)
       AND (span ->> 0)::bigint < EXTRACT(EPOCH FROM l.date_to)
       AND (span ->> 1)::bigint > EXTRACT(EPOCH FROM l.date_from)
       AND NOT EXISTS (SELECT FROM score_entry r WHERE r.reversal_of_id = e.id)
    """,
    APPROVED,
)


class ScoreEntryLeave(models.Model):
    """What leave that becomes known late does to points that are there already."""

    _inherit = "score.entry"

    leave_came_later = fields.Boolean(
        string="Leave approved later",
        compute="_compute_leave_came_later",
        search="_search_leave_came_later",
        groups=DECIDER_GROUPS,
        help="It was posted before leave was approved that would have spared it. What is "
        "posted stays, until a manager takes it back or an appeal does.",
    )

    def _compute_leave_came_later(self):
        self.env.flush_all()
        rows = self.env.execute_query(LEAVE_CAME_LATER)
        found = {entry_id for (entry_id,) in rows}
        for entry in self:
            entry.leave_came_later = entry._origin.id in found

    @api.model
    def _search_leave_came_later(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env.flush_all()
        found = SQL("(%s)", LEAVE_CAME_LATER)
        return Domain("id", "in" if True in value else "not in", found)

    @api.model
    def _draft_anew(self, stretches):
        """Drop the drafts that depend on leave, so that the job drafts them again.

        Those of a breach of which something is posted or contested stay: people have
        seen and may have answered them.

        :param stretches: set of (user id, company id or None, start, stop) that became,
            or are no longer, approved leave; naive UTC datetimes
        :return: how many breaches are drafted again
        """
        self._wait_for_run()
        # As superuser: the rules charge, not the person who decides on leave.
        breaches = self.sudo()._breaches_held_in(stretches)
        entries = self.sudo().search([("breach_id", "in", breaches)])
        kept = entries.filtered(
            lambda entry: entry.state != "draft" or entry.appeal_ids
        ).breach_id
        entries = entries.filtered(lambda entry: entry.breach_id not in kept)
        again, months = entries.breach_id, entries._error_months()
        entries.unlink()
        again.write({"scored_at": False})
        # As superuser: see above.
        self.sudo()._count_anew(months, event_time(self.env), by=None)
        return len(again)

    @api.model
    def _posted_before_leave(self, stretches):
        """Return the posted charges that this leave would have spared."""
        # As superuser: whoever decides on leave is told, and sees what he may.
        return self.sudo().search(
            [
                ("leave_came_later", "=", True),
                ("breach_id", "in", self.sudo()._breaches_held_in(stretches)),
                ("user_id", "in", list({user_id for user_id, *_rest in stretches})),
            ]
        )

    @api.model
    def _breaches_held_in(self, stretches):
        """Return the ids of scored breaches whose promise somebody held in a stretch."""
        self.env.flush_all()
        users, companies, starts, stops = zip(*stretches, strict=True)
        rows = self.env.execute_query(
            SQL(
                """
        SELECT DISTINCT b.id
          FROM unnest(%s::int[], %s::int[], %s::timestamp[], %s::timestamp[])
               leave (user_id, company_id, start, stop)
          JOIN sla_breach b ON b.company_id = COALESCE(leave.company_id, b.company_id)
           AND b.scored_at IS NOT NULL AND b.state = 'open'
          JOIN sla_clock c ON c.id = b.clock_id
           AND c.started_at < leave.stop AND c.stopped_at > leave.start
          JOIN (%s) s ON s.ticket_id = c.ticket_id AND s.user_id = leave.user_id
           AND s.start < LEAST(leave.stop, c.stopped_at)
           AND (s.stop IS NULL OR s.stop > GREATEST(leave.start, c.started_at))
                """,
                *map(list, (users, companies, starts, stops)),
                self.env["sla.span"]._stretches(
                    SQL(
                        """
                        s.ticket_id IN (
                            SELECT c.ticket_id
                              FROM sla_breach b
                              JOIN sla_clock c ON c.id = b.clock_id
                             WHERE b.scored_at IS NOT NULL
                               AND c.started_at < %s AND c.stopped_at > %s)
                        """,
                        *(max(stops), min(starts)),
                    )
                ),
            )
        )
        return [breach_id for (breach_id,) in rows]
