from odoo import api, fields, models

from odoo.addons.vip_base.tools.sql import NamesMany2one

from .door import FOLLOWING


class VipLadderRung(models.Model):
    """What a version of the ladder says of a tier."""

    _name = "vip.ladder.rung"
    _description = "Tier of a Version"
    _inherit = ["vip.ladder.place.mixin"]
    _order = "version_id, rank, id"
    _rec_name = "tier_id"

    version_id = fields.Many2one(
        "vip.ladder.version", required=True, ondelete="cascade", index=True
    )
    tier_id = NamesMany2one("vip.tier", required=True, context={"active_test": False})
    criterion_ids = fields.One2many(
        "vip.ladder.criterion", "rung_id", string="Criteria", copy=True
    )

    _tier_once = models.UniqueIndex(
        "(version_id, tier_id)", "A tier stands once in a ladder."
    )

    @api.model_create_multi
    def create(self, vals_list):
        rungs = super().create(vals_list)
        rungs.version_id._changed()
        return rungs

    def write(self, vals):
        """What a version says is written while it is a draft."""
        self.version_id._check_open()
        result = super().write(vals)
        self.version_id._changed()
        return result

    def unlink(self):
        """Tiers leave a version while it is a draft."""
        versions = self.version_id
        versions._check_open()
        result = super().unlink()
        versions._changed()
        return result

    def _company(self):
        return self.version_id.company_id

    @api.model
    def _values_of(self, source):
        """Return the values of a rung as a tier or another rung says it."""
        tier = source if source._name == "vip.tier" else source.tier_id
        return {
            "tier_id": tier.id,
            **self._said_by(source),
            "criterion_ids": [
                (0, 0, criterion._values()) for criterion in source.criterion_ids
            ],
        }

    @api.model
    def _said_by(self, source):
        """Return what a tier or rung says besides its criteria."""
        return {
            **{name: source[name] for name in ("rank", "match", "grace_reviews")},
            "entry_metric_id": source.entry_metric_id.id,
            "entry_value": source.entry_value,
        }

    def _show_on_tier(self):
        """Let the tier show what this rung says: it is in force."""
        # As superuser: tiers in force follow their version, whoever decided on it.
        tier = self.tier_id.sudo().with_context(**FOLLOWING.context)
        said = [criterion._values() for criterion in self.criterion_ids]
        if [criterion._values() for criterion in tier.criterion_ids] != said:
            tier.criterion_ids.unlink()
            tier.write({"criterion_ids": [(0, 0, values) for values in said]})
        said = {"active": True, **self._said_by(self)}
        tier.write(
            {
                name: value
                for name, value in said.items()
                if tier._fields[name].convert_to_write(tier[name], tier) != value
            }
        )


class VipLadderCriterion(models.Model):
    """A criterion of a tier, as a version of the ladder says it."""

    _name = "vip.ladder.criterion"
    _description = "Criterion of a Version"
    _inherit = ["vip.criterion.mixin"]
    _order = "rung_id, sequence, id"

    rung_id = fields.Many2one(
        "vip.ladder.rung", required=True, ondelete="cascade", index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.rung_id.version_id._check_open()
        return criteria

    def write(self, vals):
        """What a version asks is written while it is a draft."""
        self.rung_id.version_id._check_open()
        result = super().write(vals)
        self.rung_id.version_id._check_open()
        return result

    def unlink(self):
        """Criteria leave a version while it is a draft."""
        self.rung_id.version_id._check_open()
        return super().unlink()

    def _company(self):
        return self.rung_id.version_id.company_id
