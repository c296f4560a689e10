from odoo import fields, models


class VipTierChangeDecision(models.TransientModel):
    """Asks why tier changes are rejected."""

    _name = "vip.tier.change.decision"
    _description = "Rejection of Tier Changes"

    change_ids = fields.Many2many(
        "vip.tier.change", string="Tier changes", required=True
    )
    reason = fields.Text(required=True)

    def action_reject(self):
        """Reject the chosen tier changes for the reason given."""
        self.ensure_one()
        self.change_ids._reject(self.reason)
        return {"type": "ir.actions.act_window_close"}
