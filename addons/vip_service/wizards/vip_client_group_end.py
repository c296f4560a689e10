from odoo import fields, models

from odoo.addons.vip_base.tools.times import event_time


class VipClientGroupEnd(models.TransientModel):
    """Asks from which day and why a client is no longer judged with its group."""

    _name = "vip.client.group.end"
    _description = "End of a Consent"

    member_id = fields.Many2one("vip.client.group.member", required=True)
    date_to = fields.Date(
        string="Ends on",
        required=True,
        default=lambda self: self.env.company._vip_local_date(event_time(self.env)),
        help="The first day on which the client is judged alone again.",
    )
    reason = fields.Char(required=True)

    def action_end(self):
        """End the consent for the reason given."""
        self.ensure_one()
        self.member_id._end(self.date_to, self.reason)
        return {"type": "ir.actions.act_window_close"}
