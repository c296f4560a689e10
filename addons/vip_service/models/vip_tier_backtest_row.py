from odoo import fields, models
from odoo.tools import SQL


class VipTierBacktestRow(models.AbstractModel):
    """What a back-test found about a client; written in SQL, dropped by one statement."""

    _name = "vip.tier.backtest.row"
    _description = "Row of a Tier Back-test"
    _log_access = False

    backtest_id = fields.Many2one(
        "vip.tier.backtest",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="backtest_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    from_tier_id = fields.Many2one(
        "vip.tier",
        string="From tier",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    to_tier_id = fields.Many2one(
        "vip.tier",
        string="To tier",
        required=True,
        readonly=True,
        ondelete="cascade",
    )

    def _delete_of(self, backtests):
        """Delete the rows of these back-tests by one statement, however many."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE backtest_id = ANY(%s)",
                SQL.identifier(self._table),
                backtests.ids,
            )
        )
        self.invalidate_model()
