from odoo import models
from odoo.tools import SQL


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Let promises follow the client into which partners are merged.

        The merge rewrites tickets in SQL, where nobody notices.
        """
        # As superuser: promises follow the client, whoever may see its tickets.
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        tickets = tickets.search([("partner_id", "in", partner_ids)])
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        self._sla_merge_contacts(partner_ids)
        if tickets:
            tickets.invalidate_recordset(["partner_id", "commercial_partner_id"])
            self.env.cr.execute(
                SQL(
                    "UPDATE sla_clock c SET partner_id = t.partner_id "
                    "FROM helpdesk_ticket t "
                    "WHERE t.id = c.ticket_id AND t.id = ANY(%s)",
                    tickets.ids,
                )
            )
            self.env["sla.clock"].invalidate_model(["partner_id"], flush=False)
            tickets._sla_sync()
        return result

    def _sla_merge_contacts(self, partner_ids):
        """Let who spoke be the one that is left; the column has no key to follow."""
        # As superuser: only which partner is left.
        left = self.env["res.partner"].sudo().browse(partner_ids).exists()
        if len(left) == 1:
            self.env.cr.execute(
                SQL(
                    "UPDATE sla_contact SET author_id = %s WHERE author_id = ANY(%s)",
                    left.id,
                    list(partner_ids),
                )
            )
            self.env["sla.contact"].invalidate_model(["author_id"], flush=False)
