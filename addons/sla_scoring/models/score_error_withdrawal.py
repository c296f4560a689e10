from odoo import fields, models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP


class ScoreErrorWithdrawal(models.TransientModel):
    """Who raised an error report, or a manager, takes it back with a reason."""

    _name = "score.error.withdrawal"
    _description = "Withdraw an Error Report"

    report_id = fields.Many2one(
        "score.error.report",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(required=True)

    def action_withdraw(self):
        """Withdraw the report.

        :raise AccessError: the user neither raised it nor is a manager, or is its agent
        :raise UserError: withdrawn already
        """
        self.ensure_one()
        report, user = self.report_id, self.env.user
        report.check_access("read")
        manager = user.has_group(MANAGER_GROUP) and user != report.user_id
        if user != report.raised_by_id and not manager:
            raise AccessError(
                self.env._("A report is withdrawn by who raised it, or by a manager.")
            )
        report._withdraw(self.reason, event_time(self.env), user)
        return {"type": "ir.actions.act_window_close"}
