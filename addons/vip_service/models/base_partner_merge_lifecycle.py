from odoo import api, models
from odoo.tools import SQL


class BasePartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Derive the life cycle anew from the figures of all: states do not add up."""
        # As superuser: tables of the service, which the merging user need not see.
        sources, client = src_partners.sudo(), dst_partner.sudo()
        lifecycle = self.env["vip.lifecycle"].sudo()
        partners = sources | client
        lifecycle.flush_model()
        judged = lifecycle.search_count([("partner_id", "in", partners.ids)], limit=1)
        self.env.cr.execute(
            SQL(
                "DELETE FROM vip_lifecycle WHERE partner_id = ANY(%s)",
                partners.ids,
            )
        )
        result = super()._update_foreign_keys(src_partners, dst_partner)
        if judged:
            lifecycle._judge_again(client)
        return result
