from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import at_context


class VipTierChange(models.Model):
    """A tier that takes effect is that of the open tickets' promises from then on."""

    _inherit = "vip.tier.change"

    def _apply(self, at):
        self = self.with_context(**at_context(at))
        return super()._apply(at)

    def _apply_on(self, day, company, at):
        result = super()._apply_on(day, company, at)
        ticket_ids = self._retier_open_tickets()
        self.env["helpdesk.ticket"].browse(ticket_ids)._sla_rematch()
        return result

    def _retier_open_tickets(self):
        """Give the clients' open tickets the new tier; return the ids of these tickets.

        Set-based: thousands of changes take one statement.
        """
        self.env["helpdesk.ticket"].flush_model()
        self.env["helpdesk.ticket.stage"].flush_model(["closed"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE helpdesk_ticket t SET sla_tier_id = c.to_tier_id
                  FROM vip_tier_change c, helpdesk_ticket_stage g
                 WHERE c.id = ANY(%s) AND c.direction <> 'hold'
                   AND t.commercial_partner_id = c.partner_id
                   AND t.company_id = c.company_id
                   AND g.id = t.stage_id AND NOT COALESCE(g.closed, FALSE)
                   AND COALESCE(t.sla_tier_id, t.vip_tier_id, 0) <> c.to_tier_id
                RETURNING t.id
                """,
                self.ids,
            )
        )
        ids = sorted(row[0] for row in rows)
        tickets = self.env["helpdesk.ticket"].browse(ids)
        tickets.invalidate_recordset(["sla_tier_id"], flush=False)
        return ids
