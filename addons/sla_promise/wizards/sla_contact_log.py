from odoo import api, fields, models
from odoo.tools import plaintext2html

from odoo.addons.vip_base.tools.event_time import event_time

from ..models.sla_contact_log import LOGGED


class SlaContactLog(models.TransientModel):
    """Asks for a call, visit or chat with the client that left no message."""

    _name = "sla.contact.log"
    _description = "Log of a Contact"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(LOGGED, required=True, default="call")
    at = fields.Datetime(
        string="When",
        required=True,
        default=lambda self: event_time(self.env),
        help="When you spoke to the client: from the opening of the ticket to now.",
    )
    note = fields.Text(
        required=True, help="What was said. It becomes an internal note of the ticket."
    )
    doubtful = fields.Boolean(compute="_compute_doubtful")

    @api.depends("at")
    def _compute_doubtful(self):
        now = event_time(self.env)
        contacts = self.env["sla.contact"]
        for log in self:
            log.doubtful = bool(log.at) and contacts._is_doubtful(log.at, now)

    def action_log(self):
        """Write the contact down: it answers the client, and a note tells of it.

        :raise AccessError: the user may not write the ticket
        :raise UserError: it took place before the opening or in the future
        """
        self.ensure_one()
        self.ticket_id._sla_log_by_hand(self.kind, self.at, self._body())
        return {"type": "ir.actions.act_window_close"}

    def _body(self):
        """Return the internal note: what it was, when, and what was said."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        at = fields.Datetime.context_timestamp(self, self.at)
        head = self.env._(
            "%(kind)s with the client, %(at)s",
            kind=kinds[self.kind],
            at=at.strftime("%Y-%m-%d %H:%M"),
        )
        return plaintext2html(f"{head}\n{self.note}")
