from odoo import SUPERUSER_ID, api, models

from odoo.addons.vip_base.tools.times import event_time

from ...engine.answer_link import without_keys
from ...engine.arrival import says_something
from ...tools.automatic import AUTOMATIC, SENDING

#: Kinds of messages in which a person speaks.
SPOKEN = ("comment", "email", "email_outgoing")


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        """Note contacts; keep no link to answer by, which a client may have quoted."""
        vals_list = [self._vip_without_keys(vals) for vals in vals_list]
        messages = super().create(vals_list)
        if not self.env.context.get(AUTOMATIC):
            messages._vip_note_contacts()
        return messages

    def write(self, vals):
        """Take back a contact whose text is taken away.

        Nothing else of a message is asked once it is written. What jobs and erasures
        empty was said all the same.
        """
        result = super().write(self._vip_without_keys(vals))
        if "body" in vals and self.env.uid != SUPERUSER_ID:
            self._vip_note_emptied()
        return result

    def _vip_without_keys(self, vals):
        """Return the values of a message in which nobody finds a key of the client."""
        body = vals.get("body")
        if not body or "answer" not in body:
            return vals
        return {**vals, "body": type(body)(without_keys(str(body)))}

    def _vip_note_contacts(self):
        """Take note of which messages on tickets and clients are contacts with them."""
        messages = self._vip_spoken()
        contacts, now = self.env["vip.contact"], event_time(self.env)
        on_clients = messages.filtered(lambda message: message.model == "res.partner")
        if on_clients:
            contacts._note_on_clients(on_clients.ids, now, self.env.su)
        messages -= on_clients
        if not messages:
            return
        heard = contacts._heard(messages)
        # Only the mail gateway, which works as superuser, hands over a date that the
        # sender's program wrote; a user could say anything.
        told = contacts._note(messages.ids, now, self.env.su, heard)
        messages._vip_hear_on_closed(told)

    def _vip_note_emptied(self):
        # As superuser: only whether there is a text.
        emptied = self.sudo().filtered(
            lambda message: (
                message._vip_is_spoken() and not message._vip_says_something()
            )
        )
        if emptied:
            self.env["vip.contact"]._emptied(emptied, event_time(self.env))

    def _vip_hear_on_closed(self, contacts):
        """Let closed tickets hear what the client has said."""
        asked = {one.ticket_id for one in contacts if not one.outgoing}
        if not asked:
            return
        # As superuser: the client may write no ticket.
        messages = self.sudo().filtered(lambda message: message.res_id in asked)
        for ticket_id, said in messages.grouped("res_id").items():
            self.env["helpdesk.ticket"].sudo().browse(ticket_id)._hear_on_closed(said)

    def _vip_spoken(self):
        """Return the messages on tickets and clients that may be contacts; no query.

        ``res_id`` is not read: it is the one value that is not cached after creation.
        """
        # As superuser: who posts a message may not read it.
        return self.sudo().filtered(
            lambda message: (
                message._vip_is_spoken()
                and message._vip_in_own_name()
                and message._vip_is_no_blank()
            )
        )

    def _vip_is_spoken(self):
        """Tell whether this may be a contact.

        A call or visit that was planned with a client writes itself down when it is done.
        """
        if self.model == "res.partner":
            return self.message_type in SPOKEN and not self.mail_activity_type_id
        return self.model == "helpdesk.ticket" and bool(
            self.message_type in SPOKEN or self.mail_activity_type_id
        )

    def _vip_in_own_name(self):
        """Tell whether somebody speaks for himself.

        The system writes down what others have said, and so does the portal, which knows
        a client by the link to the ticket.
        """
        user, author = self.env.user, self.author_id
        if self.env.uid == SUPERUSER_ID or author == user.partner_id:
            return True
        return user.share and (not author or author.partner_share)

    def _vip_is_no_blank(self):
        """Tell whether a message says something; the text of a mail is looked at later.

        An e-mail of a client may say all in its subject.
        """
        return self.message_type != "comment" or self._vip_says_something()

    def _vip_says_something(self):
        return says_something(self.body, bool(self.attachment_ids))

    def _vip_statuses(self):
        """Return {message id: {partner or address: status}} of who got these by mail."""
        result = {}
        for one in self._vip_notifications():
            receiver = one._vip_receiver()
            if receiver:
                said = result.setdefault(one.mail_message_id.id, {})
                said[receiver] = one.notification_status
        return result

    def _vip_mark_bounced(self, receivers):
        """Mark in the host, too, which receivers did not get these."""
        lost = self._vip_notifications().filtered(
            lambda one: (
                one._vip_receiver() in receivers and one.notification_status != "bounce"
            )
        )
        if lost:
            lost.with_context(**{SENDING: True}).write(
                {"notification_status": "bounce", "failure_type": "mail_bounce"}
            )

    def _vip_notifications(self):
        # As superuser: what became of a message, whoever may read it.
        notifications = self.env["mail.notification"].sudo()
        return notifications.search(
            [("mail_message_id", "in", self.ids), ("notification_type", "=", "email")]
        )
