from odoo import api, fields, models


class VipTierBacktestCriterion(models.Model):
    """A draft of a tier's criterion: all its fields and rules, in force nowhere."""

    _name = "vip.tier.backtest.criterion"
    _inherit = "vip.tier.criterion"
    _description = "Draft Tier Criterion"

    backtest_id = fields.Many2one(
        "vip.tier.backtest", required=True, ondelete="cascade", index=True
    )
    criterion_id = fields.Many2one(
        "vip.tier.criterion",
        string="Drafted from",
        ondelete="set null",
        readonly=True,
        help="Empty: the draft adds it.",
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

    def _audited_fields(self):
        """Keep drafts out of the audit log: they are in force nowhere."""
        return set()

    def _draft_values(self):
        """Return what the draft says, as values of a criterion in force."""
        [values] = self.copy_data()
        for name in ("backtest_id", "criterion_id"):
            values.pop(name, None)
        return values
