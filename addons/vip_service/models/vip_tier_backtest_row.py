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


class VipTierBacktestLine(models.Model):
    """A client that would have moved in a month; written by the back-test, in SQL."""

    _name = "vip.tier.backtest.line"
    _description = "Tier Back-test Mover"
    _inherit = "vip.tier.backtest.row"
    _log_access = False
    _order = "month, id"
    _rec_name = "partner_id"

    month = fields.Date(
        required=True, readonly=True, help="The month that was judged, its first day."
    )
    adviser_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The client's adviser when the back-test was run.",
    )
    today_tier_id = fields.Many2one(
        "vip.tier",
        string="By today's thresholds",
        readonly=True,
        ondelete="cascade",
        help="The client's tier after that month by today's thresholds, replayed alike.",
    )
    actual_tier_id = fields.Many2one(
        "vip.tier",
        string="Really had",
        readonly=True,
        ondelete="cascade",
        help="The client's tier at the end of the month after, or today.",
    )
    direction = fields.Selection(
        [("promotion", "Promotion"), ("demotion", "Demotion")],
        required=True,
        readonly=True,
    )

    def action_open_client(self):
        """Open the client's page."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.client_action"
        )
        form = self.env.ref("vip_service.res_partner_view_form_client_360")
        return dict(action, views=[(form.id, "form")], res_id=self.partner_id.id)


class VipTierBacktestToday(models.Model):
    """A client that would have moved in a month by today's thresholds; written in SQL."""

    _name = "vip.tier.backtest.today"
    _description = "Tier Back-test Mover by Today's Thresholds"
    _inherit = "vip.tier.backtest.row"
    _log_access = False
    _order = "month, id"
    _rec_name = "partner_id"

    month = fields.Date(
        required=True, readonly=True, help="The month that was judged, its first day."
    )
    direction = fields.Selection(
        [("promotion", "Promotion"), ("demotion", "Demotion")],
        required=True,
        readonly=True,
    )


class VipTierBacktestTicket(models.Model):
    """A ticket whose tier at opening would have been another; written in SQL.

    Another than by today's thresholds, replayed alike.
    """

    _name = "vip.tier.backtest.ticket"
    _description = "Tier Back-test Ticket"
    _inherit = "vip.tier.backtest.row"
    _log_access = False
    _order = "opened_at, id"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    opened_at = fields.Datetime(string="Opened at", readonly=True)
    had_tier_id = fields.Many2one(
        "vip.tier", string="Tier it had", readonly=True, ondelete="cascade"
    )
    from_tier_id = fields.Many2one(string="Tier by today's thresholds")
    to_tier_id = fields.Many2one(string="Tier under the draft")
