from odoo import fields, models


class VipTierReviewReason(models.TransientModel):
    """Asks why a month is judged without waiting for figures, or left out."""

    _name = "vip.tier.review.reason"
    _description = "Reason about a Tier Review"

    review_id = fields.Many2one("vip.tier.review", required=True, ondelete="cascade")
    waiting_for = fields.Char(related="review_id.waiting_for")
    decision = fields.Selection(
        [("judge", "Judge without waiting"), ("leave", "Leave the month out")],
        required=True,
        default="judge",
    )
    reason = fields.Text(required=True)

    def action_judge(self):
        """Judge the month without waiting for what is missing."""
        self.ensure_one()
        self.review_id._judge_anyway(self.reason)
        return {"type": "ir.actions.act_window_close"}

    def action_leave_out(self):
        """Leave the month out."""
        self.ensure_one()
        self.review_id._leave_out(self.reason)
        return {"type": "ir.actions.act_window_close"}
