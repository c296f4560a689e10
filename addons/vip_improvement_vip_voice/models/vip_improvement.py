from odoo import fields, models
from odoo.tools import SQL

CAUSE = "cause"


class VipImprovement(models.Model):
    """An improvement of a cause: its cases are those that came from it."""

    _inherit = "vip.improvement"

    source = fields.Selection(
        selection_add=[(CAUSE, "Cases of a cause")], ondelete={CAUSE: "cascade"}
    )
    cause_id = fields.Many2one("vip.cause", ondelete="restrict", index="btree_not_null")

    def _guarded_fields(self):
        guarded = super()._guarded_fields()
        return guarded if self and self.closed_at else guarded - {"cause_id"}

    def _cases(self, start, stop):
        """Count the cases of the cause, and of those that are part of it."""
        if self.source != CAUSE:
            return super()._cases(start, stop)
        [(count,)] = self.env.execute_query(
            SQL(
                """
                SELECT count(DISTINCT k.ticket_id) FROM vip_case_cause k
                  JOIN vip_cause c ON c.id = k.cause_id
                 WHERE k.company_id = %s AND starts_with(c.parent_path, %s)
                   AND k.happened_at >= %s AND k.happened_at < %s
                """,
                self.company_id.id,
                self.cause_id.parent_path,
                start,
                stop,
            )
        )
        return count

    def _tickets(self, start, stop):
        """Count ordinary tickets only: answering clients is no service of its own."""
        if self.source != CAUSE:
            return super()._tickets(start, stop)
        [(count,)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM helpdesk_ticket t
                  LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
                 WHERE t.company_id = %s AND m.vip_is_voice IS NOT TRUE
                   AND t.opened_at >= %s AND t.opened_at < %s
                """,
                self.company_id.id,
                start,
                stop,
            )
        )
        return count
