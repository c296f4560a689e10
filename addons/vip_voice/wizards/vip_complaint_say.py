from odoo import fields, models


class VipComplaintSay(models.TransientModel):
    """What a step of a complaint needs in words."""

    _name = "vip.complaint.say"
    _description = "Words for a Step of a Complaint"

    complaint_id = fields.Many2one("vip.complaint", required=True, readonly=True)
    step = fields.Selection(
        [
            ("unreached", "The client was not reached"),
            ("reexamine", "An upper level examines it again"),
        ],
        required=True,
        readonly=True,
    )
    words = fields.Text(required=True)

    def action_say(self):
        """Take the step."""
        self.ensure_one()
        if self.step == "unreached":
            self.complaint_id.action_unreached(self.words)
        else:
            self.complaint_id.action_reexamine(self.words)
        return {"type": "ir.actions.act_window_close"}
