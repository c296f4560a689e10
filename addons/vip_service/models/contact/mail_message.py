from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time

from ...tools.automatic import AUTOMATIC

#: Kinds of messages in which a person speaks.
SPOKEN = ("comment", "email", "email_outgoing")


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        if not self.env.context.get(AUTOMATIC):
            messages._vip_note_contacts()
        return messages

    def _vip_note_contacts(self):
        """Take note of which messages on tickets are contacts with the client."""
        ids = self._vip_ticket_message_ids()
        if not ids:
            return
        # Only the mail gateway, which works as superuser, hands over a date that the
        # sender's program wrote; a user could say anything.
        self.env["vip.contact"]._note(ids, event_time(self.env), self.env.su)

    def _vip_ticket_message_ids(self):
        """Return the ids of messages on tickets that may be contacts; no query.

        ``res_id`` is not read: it is the one value that is not cached after creation.
        """
        # As superuser: who posts a message may not read it; only ids leave here.
        return [
            message.id
            for message in self.sudo()
            if message.model == "helpdesk.ticket"
            and (message.message_type in SPOKEN or message.mail_activity_type_id)
        ]
