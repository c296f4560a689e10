from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import array

from ...engine import states

#: Whether a clock c may count by working time of before: of its hours there is a later
#: version, or its team or company has other hours, and it does not know of that yet.
ANEW = """
    COALESCE(%(c)s.stopped_at IS NULL AND %(c)s.state IN %(open)s AND (
        EXISTS (
            SELECT FROM resource_worktime_version w
              JOIN resource_worktime_version n
                ON n.calendar_id = w.calendar_id AND n.number = w.number + 1
               AND COALESCE(n.company_id, 0) = COALESCE(w.company_id, 0)
             WHERE w.id = %(c)s.version_id)
        OR EXISTS (
            SELECT FROM sla_calendar_switch w
              JOIN helpdesk_ticket t ON t.id = %(c)s.ticket_id
             WHERE w.pending AND w.old_calendar_id IS NOT DISTINCT FROM %(c)s.calendar_id
               AND COALESCE(w.company_id = %(c)s.company_id, TRUE)
               AND COALESCE(w.team_id = t.team_id, w.team_id IS NULL))), FALSE)
"""


class SlaClock(models.Model):
    """Whether a clock does not know yet what has changed of working time."""

    _inherit = "sla.clock"

    judged_anew = fields.Boolean(
        string="Being judged anew",
        compute="_compute_judged_anew",
        help="Working time has changed; the job has not judged this promise by it yet.",
    )

    def _compute_judged_anew(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM sla_clock c WHERE c.id = ANY(%s) AND %s",
                array(self._origin.ids),
                self._anew("c")["judged_anew"],
            )
        )
        found = {row[0] for row in rows}
        for clock in self:
            clock.judged_anew = clock._origin.id in found

    @api.model
    def _anew(self, alias):
        """Return {field: SQL} of what waits to be judged anew, to be read with a clock."""
        clock = SQL.identifier(alias)
        return {"judged_anew": SQL(ANEW, c=clock, open=states.OPEN_STATES)}
