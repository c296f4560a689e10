from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import event_time

from ...tools.automatic import AUTOMATIC


class HelpdeskTicket(models.Model):
    """Contacts with the ticket's client, and what people log of them."""

    _inherit = "helpdesk.ticket"

    contact_ids = fields.One2many(
        "vip.contact",
        "ticket_id",
        string="Contacts",
        readonly=True,
        groups=STAFF_GROUPS,
    )

    def _message_track_post_template(self, changes):
        tickets = self.with_context(**{AUTOMATIC: True})
        return super(HelpdeskTicket, tickets)._message_track_post_template(changes)

    def _log_contact(self, at=None, outgoing=True, kind="call"):
        """Take note of a contact with each ticket's client that left no message.

        :param at: naive UTC; the event time of the environment if not given
        :param outgoing: we spoke to the client, else the client to us
        """
        at = at or event_time(self.env)
        self.env["vip.contact"]._log(self, at, outgoing, kind)

    def _log_contact_by_hand(self, kind, at, body):
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
        at = self._check_contact_time(at, now)
        note = self.with_context(clean_context(self.env.context)).message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note"
        )
        self.env["vip.contact"]._log_by_hand(self, kind, at, note, now)

    def _check_contact_time(self, at, now):
        """Return when a contact took place, to the second; refuse what cannot be.

        People pick minutes: in the minute of the opening it was at the opening.
        """
        at = self.env["vip.contact"]._check_not_ahead(at, now)
        opened = self.opened_at
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
