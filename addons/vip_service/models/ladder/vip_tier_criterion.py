from odoo import api, fields, models

from .door import door


class VipTierCriterion(models.Model):
    """A criterion of a tier as it is in force today."""

    _name = "vip.tier.criterion"
    _description = "Tier Criterion"
    _inherit = ["vip.criterion.mixin", "vip.audited"]
    _order = "tier_id, sequence, id"

    tier_id = fields.Many2one("vip.tier", required=True, ondelete="cascade", index=True)

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.tier_id._changed_in_place()
        return criteria

    def write(self, vals):
        """Criteria of a ladder in use change by a version of it."""
        tiers = self.tier_id
        result = super().write(vals)
        (tiers | self.tier_id)._changed_in_place()
        return result

    def unlink(self):
        """Criteria of a ladder in use go by a version of it."""
        tiers = self.tier_id
        if not door(self.env):
            tiers._check_in_place()
        result = super().unlink()
        tiers.exists()._changed_in_place()
        return result

    def _company(self):
        return self.tier_id.company_id

    def _audited_companies(self):
        return self.tier_id.company_id

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS
        }
