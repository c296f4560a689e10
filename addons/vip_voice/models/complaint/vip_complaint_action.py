from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import event_time

PLANNED = {"complaint_id", "name", "user_id", "deadline", "evidence"}


class VipComplaintAction(models.Model):
    """What is done so that it does not happen again, or for this client."""

    _name = "vip.complaint.action"
    _description = "Action of a Complaint"
    _inherit = ["vip.hands.off.mixin"]
    _order = "complaint_id, done_at desc, deadline, id"

    complaint_id = fields.Many2one(
        "vip.complaint", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="complaint_id.company_id", store=True)
    name = fields.Char(string="What is done", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.uid,
        ondelete="restrict",
    )
    deadline = fields.Date(string="By when")
    evidence = fields.Char(help="Where it can be seen that it is done.")
    done_at = fields.Datetime(string="Done at", readonly=True)
    done_by_id = fields.Many2one("res.users", string="Done by", readonly=True)

    def _guarded_fields(self):
        if self and (self.done_at or self.complaint_id.closed_at):
            return set(self._fields)
        return self._all_but(PLANNED - ({"complaint_id"} if self else set()))

    def _hands_off(self, names):
        return AccessError(self.env._("What is done stays as it is written."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if done := self.filtered("done_at"):
            raise UserError(
                self.env._("“%s” is done: it stays in the file.", done[0].name)
            )

    def action_done(self):
        """Take note that these are done.

        :raise UserError: without evidence
        """
        self.check_access("write")
        at = event_time(self.env)
        for action in self.filtered(lambda action: not action.done_at):
            if not (action.evidence or "").strip():
                raise UserError(
                    self.env._("Say where it can be seen: “%s”.", action.name)
                )
            # As superuser: when and by whom it was done is written here only.
            action.sudo().write({"done_at": at, "done_by_id": self.env.uid})


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
