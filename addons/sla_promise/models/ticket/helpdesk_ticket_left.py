from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS

COMPARISONS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}
EARLIER = (COMPARISONS["<"], COMPARISONS["<="])
#: The earliest due time of what is owed on a ticket; an index of sla.clock serves it.
DUE_AT = """
    (SELECT c.due_at FROM sla_clock c
      WHERE c.ticket_id = %s AND c.stopped_at IS NULL
      ORDER BY c.due_at LIMIT 1)
"""


class TimeLeft(fields.Datetime):
    """Datetime by which lists are sorted and grouped, read from the clocks."""

    def to_sql(self, model, alias):
        return SQL(DUE_AT, SQL.identifier(alias, "id"))


class HelpdeskTicket(models.Model):
    """How much time is left of what is owed on a ticket, to sort and search by."""

    _inherit = "helpdesk.ticket"

    sla_due_at = TimeLeft(
        string="Time left",
        compute="_compute_sla_due_at",
        search="_search_sla_due_at",
        groups=STAFF_GROUPS,
        help="The earliest due time of a promise that is not kept yet.",
    )
    sla_paused = fields.Boolean(
        string="Paused",
        compute="_compute_sla_due_at",
        groups=STAFF_GROUPS,
        help="Everything that is still owed waits.",
    )

    def _compute_sla_due_at(self):
        owed = {
            ticket_id: due_at
            for ticket_id, due_at in self.env.execute_query(
                SQL(
                    "SELECT ticket_id, min(due_at) FROM sla_clock"
                    " WHERE ticket_id = ANY(%s) AND stopped_at IS NULL GROUP BY 1",
                    self.ids,
                )
            )
        }
        for ticket in self:
            ticket.sla_due_at = owed.get(ticket.id)
            # What waits has no due time until it goes on.
            ticket.sla_paused = ticket.id in owed and not owed[ticket.id]

    @api.model
    def _search_sla_due_at(self, operator, value):
        # A field that is not stored is searched without asking who may read it.
        self._check_field_access(self._fields["sla_due_at"], "read")
        if operator in COMPARISONS:
            return [("id", "in", self._sla_due(COMPARISONS[operator], value))]
        if operator == "in" and set(value) == {False}:
            return [("id", "not in", self._sla_due(SQL("IS NOT"), None))]
        return NotImplemented

    @api.model
    def _sla_due(self, comparison, value):
        """Return the SQL of the ids of tickets whose time left compares so.

        Reads what is owed, not all tickets.
        """
        if comparison in EARLIER:
            # The earliest is before an instant if any one is.
            return SQL(
                "SELECT ticket_id FROM sla_clock WHERE stopped_at IS NULL AND due_at %s %s",
                comparison,
                fields.Datetime.to_datetime(value),
            )
        return SQL(
            "SELECT ticket_id FROM sla_clock WHERE stopped_at IS NULL"
            " GROUP BY ticket_id HAVING min(due_at) %s %s",
            comparison,
            fields.Datetime.to_datetime(value),
        )
