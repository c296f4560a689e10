from odoo import fields, models


class VipTierBacktestTicket(models.Model):
    """A ticket whose tier at opening would have been another; written in SQL."""

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
    from_tier_id = fields.Many2one(string="Tier it had")
    to_tier_id = fields.Many2one(string="Tier under the draft")
