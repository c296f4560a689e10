from odoo import fields, models
from odoo.tools import SQL


class VipHealthBacktestRow(models.Model):
    """A client that fell or went dormant in a month, or was red three months before it.

    Written by the back-test, in SQL.
    """

    _name = "vip.health.backtest.row"
    _description = "Row of a Back-test of Health"
    _log_access = False
    _order = "month desc, id"
    _rec_name = "partner_id"

    backtest_id = fields.Many2one(
        "vip.health.backtest",
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
    month = fields.Date(required=True, readonly=True)
    looked_on = fields.Date(
        string="Health on",
        required=True,
        readonly=True,
        help="Three months before, by what had been recorded by the day before.",
    )
    number = fields.Integer(readonly=True)
    state = fields.Selection(
        [("good", "Good"), ("watch", "To watch"), ("red", "In danger")],
        string="Health then",
        readonly=True,
        help="Empty: nothing was measured.",
    )
    event = fields.Selection(
        [("fall", "Fell a tier"), ("dormant", "Went dormant")],
        string="What happened",
        readonly=True,
        help="The last of it from then to the end of the month; empty: nothing.",
    )
    event_on = fields.Date(string="On", readonly=True)
    fell = fields.Boolean(
        string="Fell in the month",
        readonly=True,
        help="It happened in this month, three months after the look.",
    )

    def _delete_of(self, backtests):
        """Delete the rows of these back-tests by one statement, however many."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM vip_health_backtest_row WHERE backtest_id = ANY(%s)",
                backtests.ids,
            )
        )
        self.invalidate_model()
