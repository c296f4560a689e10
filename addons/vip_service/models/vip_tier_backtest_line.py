from odoo import fields, models


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
