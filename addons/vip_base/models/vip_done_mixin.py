from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.times import event_time

PLANNED = {"name", "user_id", "deadline", "evidence"}


class VipDoneMixin(models.AbstractModel):
    """Something to do for a record: by whom, by when; done with evidence, then kept.

    A model of this mixin names what it belongs to in ``_part_of``.
    """

    _name = "vip.done.mixin"
    _description = "To Be Done With Evidence"
    _inherit = ["vip.hands.off.mixin"]
    #: The field of the record that it belongs to: said once.
    _part_of = None

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

    def _is_settled(self):
        """Tell whether this stays as it is written; a hook."""
        self.ensure_one()
        return bool(self.done_at)

    def _guarded_fields(self):
        if self and self._is_settled():
            return set(self._fields)
        return self._all_but(PLANNED if self else PLANNED | {self._part_of})

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
