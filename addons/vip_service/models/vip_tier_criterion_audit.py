from odoo import models


class VipTierCriterion(models.Model):
    _name = "vip.tier.criterion"
    _inherit = ["vip.tier.criterion", "vip.audited"]

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS
        }
