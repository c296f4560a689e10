from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time

from ..models.answer.vip_answer import ENTERED


class VipAnswerEntry(models.TransientModel):
    """Asks a service manager what a client answered elsewhere, and from where it is known."""

    _name = "vip.answer.entry"
    _description = "Entry of an Answer"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    channel = fields.Selection(ENTERED, required=True, default="phone")
    source = fields.Char(
        required=True, help="Where it can be checked: a recording, a list, a letter."
    )
    answered_at = fields.Datetime(
        string="Answered at",
        required=True,
        default=lambda self: event_time(self.env),
    )
    grade = fields.Selection(
        [
            ("1", "1: very dissatisfied"),
            ("2", "2: dissatisfied"),
            ("3", "3: neither"),
            ("4", "4: satisfied"),
            ("5", "5: very satisfied"),
        ],
        required=True,
    )
    line_ids = fields.One2many(
        "vip.answer.entry.line",
        "entry_id",
        string="Dimensions",
        default=lambda self: self._default_lines(),
    )
    words = fields.Text()

    @api.model
    def _default_lines(self):
        dimensions = self.env["vip.dimension"].search([("active", "=", True)])
        return [(0, 0, {"dimension_id": one.id}) for one in dimensions]

    def action_enter(self):
        """Write the answer down.

        :raise AccessError: the user is no service manager, or held the request
        :raise UserError: the request was not closed by then, or that is yet to come
        """
        self.ensure_one()
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only a service manager enters answers."))
        self.ticket_id.check_access("read")
        self.env["vip.answer"]._enter(
            self.ticket_id,
            {
                "grade": int(self.grade),
                "channel": self.channel,
                "source": self.source,
                "answered_at": self.answered_at,
                "words": self.words,
                "dimensions": {
                    line.dimension_id: int(line.grade)
                    for line in self.line_ids
                    if line.grade
                },
            },
            event_time(self.env),
        )
        return {"type": "ir.actions.act_window_close"}


class VipAnswerEntryLine(models.TransientModel):
    """The grade of one dimension, where the client gave it."""

    _name = "vip.answer.entry.line"
    _description = "Entry of a Dimension"

    entry_id = fields.Many2one("vip.answer.entry", required=True, ondelete="cascade")
    dimension_id = fields.Many2one(
        "vip.dimension", required=True, ondelete="cascade", readonly=True
    )
    grade = fields.Selection([(str(grade), str(grade)) for grade in range(1, 6)])
