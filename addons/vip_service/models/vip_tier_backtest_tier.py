from odoo import api, fields, models

#: What a draft may change of a tier besides its criteria.
DRAFTED = ("match", "grace_reviews")


class VipTierBacktestTier(models.Model):
    """A draft of how the criteria of a tier are taken."""

    _name = "vip.tier.backtest.tier"
    _description = "Draft Tier"
    _inherit = ["vip.ladder.terms.mixin"]
    _order = "rank, id"
    _rec_name = "tier_id"

    backtest_id = fields.Many2one(
        "vip.tier.backtest", required=True, ondelete="cascade", index=True
    )
    tier_id = fields.Many2one("vip.tier", required=True, ondelete="cascade")
    rank = fields.Integer(related="tier_id.rank", store=True)

    _tier_unique = models.UniqueIndex(
        "(backtest_id, tier_id)", "A back-test drafts each tier once."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.backtest_id._reopen()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if set(DRAFTED) & vals.keys():
            self.backtest_id._reopen()
        return result

    def unlink(self):
        backtests = self.backtest_id
        result = super().unlink()
        backtests._reopen()
        return result

    @api.model
    def _values_of(self, tier):
        """Return the values of a line that drafts nothing new."""
        return {"tier_id": tier.id, **{name: tier[name] for name in DRAFTED}}

    def _as_rule(self):
        return {name: self[name] for name in DRAFTED}

    def _use_in(self, rung):
        """Write this draft and those of the criteria to a tier of a version."""
        self.ensure_one()
        drafts = self.backtest_id.criterion_ids.filtered(
            lambda criterion: criterion.tier_id == self.tier_id
        )
        rung.criterion_ids.unlink()
        rung.write(
            {
                **self._as_rule(),
                "criterion_ids": [(0, 0, draft._values()) for draft in drafts],
            }
        )


class VipTierBacktestCriterion(models.Model):
    """A draft of a tier's criterion: all its fields and rules, in force nowhere."""

    _name = "vip.tier.backtest.criterion"
    _inherit = "vip.criterion.mixin"
    _description = "Draft Tier Criterion"
    _order = "tier_id, sequence, id"

    tier_id = fields.Many2one("vip.tier", required=True, ondelete="cascade", index=True)
    backtest_id = fields.Many2one(
        "vip.tier.backtest", required=True, ondelete="cascade", index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        criteria.backtest_id._reopen()
        return criteria

    def write(self, vals):
        result = super().write(vals)
        self.backtest_id._reopen()
        return result

    def unlink(self):
        backtests = self.backtest_id
        result = super().unlink()
        backtests._reopen()
        return result

    def _company(self):
        return self.backtest_id.company_id

    def _as_rule(self):
        return {
            "id": self.id,
            "client_type": self.client_type,
            "metric_id": self.metric_id.id,
            "metric": self.metric_id.code,
            "unit": self.metric_id.unit,
            "window_months": self.window_months,
            "aggregate": self.aggregate,
            "qualify": self.qualify,
            "retain": self.retain,
        }
