from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_service.tools.event_time import event_time


class HelpdeskTicket(models.Model):
    """Contacts with the client that people write down: calls, visits, chats."""

    _inherit = "helpdesk.ticket"

    def _sla_log_by_hand(self, kind, at, body):
        """Take note of a contact by the current user, with an internal note.

        :param kind: ``call``, ``visit`` or ``chat``
        :param at: when it took place (naive UTC), from the opening of the ticket to now
        :param body: what the internal note says, HTML or text
        :raise AccessError: the user may not write the ticket
        :raise UserError: it took place before the opening or in the future, or the user
            is the client
        """
        self.ensure_one()
        self.check_access("write")
        if self.partner_id and self.partner_id == self.env.user.partner_id:
            raise UserError(
                self.env._(
                    "You are the client of this ticket; somebody else serves it."
                )
            )
        now = event_time(self.env)
        at = self._sla_check_contact_time(at, now)
        note = self.with_context(clean_context(self.env.context)).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self._sla_flush()
        # As superuser: contacts are written by this code only.
        contacts = self.env["sla.contact"].sudo()
        self._sla_hear(contacts._log_by_hand(self, kind, at, note, now), now)

    def _sla_check_contact_time(self, at, now):
        """Return when a contact took place, to the second; refuse what cannot be.

        People pick minutes: in the minute of the opening it was at the opening.
        """
        at = at.replace(microsecond=0)
        opened = self.opened_at
        if at > now:
            raise UserError(
                self.env._("A contact with the client is not in the future.")
            )
        if at < opened.replace(second=0):
            opening = fields.Datetime.context_timestamp(self, opened)
            raise UserError(
                self.env._(
                    "A contact with the client is not before the opening of the ticket "
                    "(%s).",
                    opening.strftime("%Y-%m-%d %H:%M"),
                )
            )
        return max(at, opened)
