from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import event_time

PLANNED = {"improvement_id", "name", "user_id", "deadline", "evidence"}


class VipImprovementAction(models.Model):
    """What is done about it."""

    _name = "vip.improvement.action"
    _description = "Action of an Improvement"
    _inherit = ["vip.hands.off.mixin"]
    _order = "improvement_id, deadline, id"

    improvement_id = fields.Many2one(
        "vip.improvement", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="improvement_id.company_id", store=True)
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
        if self and self.done_at:
            return set(self._fields)
        return self._all_but(PLANNED - ({"improvement_id"} if self else set()))

    def _hands_off(self, names):
        return AccessError(self.env._("What is done stays as it is written."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if done := self.filtered("done_at"):
            raise UserError(self.env._("“%s” is done: it stays.", done[0].name))

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


class VipImprovement(models.Model):
    """The actions of an improvement."""

    _inherit = "vip.improvement"

    action_ids = fields.One2many("vip.improvement.action", "improvement_id")
