from odoo import models


class VipActivityImport(models.Model):
    _inherit = "vip.activity.import"

    def _book(self, columns):
        """Propose at once who enters a tier by the first deposit, if set so."""
        changed = super()._book(columns)
        # As superuser: a setting of the company decides, whoever imports.
        if self.company_id.sudo().vip_entry_auto:
            self.env["vip.tier.change"]._propose_entries(
                self.company_id, import_ids=self.ids
            )
        return changed
