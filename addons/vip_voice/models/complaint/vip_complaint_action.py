from odoo import fields, models


class VipComplaintAction(models.Model):
    """What is done so that it does not happen again, or for this client."""

    _name = "vip.complaint.action"
    _description = "Action of a Complaint"
    _inherit = ["vip.done.mixin"]
    _order = "complaint_id, done_at desc, deadline, id"
    _part_of = "complaint_id"

    complaint_id = fields.Many2one(
        "vip.complaint", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)

    def _is_settled(self):
        return super()._is_settled() or bool(self.complaint_id.closed_at)


class VipComplaint(models.Model):
    """The actions of a complaint."""

    _inherit = "vip.complaint"

    action_ids = fields.One2many("vip.complaint.action", "complaint_id")

    def _are_actions_done(self):
        """Tell whether there is an action, all are done, and one since the client's no."""
        done = self.action_ids.filtered("done_at")
        since = self.unsettled_at
        fresh = done.filtered(lambda action: not since or action.done_at > since)
        return bool(fresh) and done == self.action_ids
