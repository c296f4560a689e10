from odoo import fields, models

from odoo.addons.vip_base.tools.event_time import event_time


class ScoreEntryReversal(models.TransientModel):
    """A manager takes back a posted entry, with a reason."""

    _name = "score.entry.reversal"
    _description = "Reverse a Point Entry"

    entry_id = fields.Many2one(
        "score.entry",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(required=True)

    def action_reverse(self):
        """Post the reversing entry.

        :raise AccessError: the user is no manager, or it is about own points
        """
        self.ensure_one()
        self.entry_id._check_decider()
        self.entry_id._reverse(self.reason, event_time(self.env), by=self.env.user)
        return {"type": "ir.actions.act_window_close"}
