from odoo import fields, models
from odoo.tools import SQL


class VipTierBacktestTicket(models.Model):
    """A ticket whose tier at opening would have been another; written in SQL."""

    _name = "vip.tier.backtest.ticket"
    _description = "Tier Back-test Ticket"
    _log_access = False
    _order = "opened_at, id"
    _rec_name = "ticket_id"

    backtest_id = fields.Many2one(
        "vip.tier.backtest",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="backtest_id.company_id")
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    opened_at = fields.Datetime(string="Opened at", readonly=True)
    from_tier_id = fields.Many2one(
        "vip.tier",
        string="Tier it had",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    to_tier_id = fields.Many2one(
        "vip.tier",
        string="Tier under the draft",
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
