from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time


class HelpdeskTicket(models.Model):
    """What promises say of the client's other requests beside a ticket."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _panel_stage_kind(self, stage):
        """Say of a stage what it means for the clocks."""
        names = ("waiting_on", "cancels", "solved", "closed", "works")
        return SQL(
            """
            CASE WHEN %(waiting_on)s IS NOT NULL OR %(cancels)s THEN 'still'
                 WHEN %(solved)s OR %(closed)s THEN 'done'
                 WHEN %(works)s THEN 'moving' ELSE 'new' END
            """,
            **{name: SQL.identifier(stage, name) for name in names},
        )

    @api.model
    def _panel_request_columns(self, table):
        """Add how late what is owed is, or was: of the day, what was missed by then."""
        self.env["sla.clock"].flush_model()
        return {
            **super()._panel_request_columns(table),
            "late": SQL(
                """
                (SELECT max(CASE WHEN l.stopped_at IS NULL
                                 THEN EXTRACT(EPOCH FROM %(now)s::timestamp - l.due_at)
                                 ELSE l.overrun_seconds END)::bigint
                   FROM sla_clock l
                  WHERE l.ticket_id = %(ticket)s AND l.replaced_by_id IS NULL
                    AND (l.state = 'missed'
                         OR l.stopped_at IS NULL AND l.due_at < %(now)s))
                """,
                now=event_time(self.env),
                ticket=SQL.identifier(table, "id"),
            ),
        }

    @api.model
    def _panel_request(self, row):
        return {**super()._panel_request(row), "late": row["late"] or False}
