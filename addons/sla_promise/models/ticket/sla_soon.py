from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import event_time

#: What is due within so many minutes is soon, whether or not somebody was warned.
SOON_MINUTES = 20


class HelpdeskTicket(models.Model):
    """What goes wrong soon unless somebody acts: due soon, but nothing late yet."""

    _inherit = "helpdesk.ticket"

    sla_soon = fields.Boolean(
        string="Due soon",
        compute="_compute_sla_soon",
        search="_search_sla_soon",
        groups=STAFF_GROUPS,
        help="A promise was warned of, or is due within 20 minutes; none is late.",
    )

    def _compute_sla_soon(self):
        soon = self.filtered_domain([("id", "in", self._sla_soon_ids(self.ids))])
        soon.sla_soon = True
        (self - soon).sla_soon = False

    @api.model
    def _search_sla_soon(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self._sla_soon_sql())]

    @api.model
    def _sla_soon_ids(self, ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT ticket_id FROM (%s) s WHERE ticket_id = ANY(%s)",
                self._sla_soon_sql(),
                ids,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _sla_soon_sql(self):
        """Return the SQL of the ids of tickets that are due soon; reads what is owed."""
        now = event_time(self.env)
        return SQL(
            "SELECT ticket_id FROM sla_clock"
            " WHERE stopped_at IS NULL AND due_at IS NOT NULL GROUP BY ticket_id"
            " HAVING min(due_at) >= %s AND (min(due_at) <= %s OR min(warn_at) <= %s)",
            now,
            now + timedelta(minutes=SOON_MINUTES),
            now,
        )
