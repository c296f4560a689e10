from odoo import api, models
from odoo.tools import SQL


class VipQuestion(models.Model):
    """Closings as the timeline knows them: when the work was done, and who held it then."""

    _inherit = "vip.question"

    @api.model
    def _is_closing(self, stage):
        return (super()._is_closing(stage) or stage.solved) and not stage.cancels

    @api.model
    def _closing_sql(self, ticket, at):
        """Return the SQL of the last time before an instant that work came to its end."""
        return SQL(
            """
            SELECT s.start AS closed_at, s.user_id, s.team_id, s.category_id
              FROM sla_span s
             WHERE s.ticket_id = %(ticket)s.id AND s.start <= %(at)s
               AND s.solved AND s.cancels IS NOT TRUE
               AND (SELECT p.solved FROM sla_span p
                     WHERE p.ticket_id = s.ticket_id AND p.start < s.start
                     ORDER BY p.start DESC LIMIT 1) IS NOT TRUE
             ORDER BY s.start DESC LIMIT 1
            """,
            ticket=SQL(ticket),
            at=SQL(at),
        )

    @api.model
    def _asked_about(self, tickets):
        """Return those of these tickets whose last closing has its question already.

        What is solved and then closed is closed once; what was taken up again in
        between is closed anew.
        """
        self.flush_model(["ticket_id", "closed_at"])
        self.env["sla.span"].flush_model(["ticket_id", "start", "solved"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT q.ticket_id FROM vip_question q
                 WHERE q.ticket_id = ANY(%s)
                   AND NOT EXISTS (SELECT FROM sla_span s
                                    WHERE s.ticket_id = q.ticket_id
                                      AND s.start > q.closed_at
                                      AND s.solved IS NOT TRUE)
                """,
                tickets.ids,
            )
        )
        return tickets.browse(row[0] for row in rows)
