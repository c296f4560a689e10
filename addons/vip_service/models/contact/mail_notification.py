from odoo import models

from odoo.addons.vip_base.tools.times import event_time

from ...engine.arrival import LOST
from ...tools.automatic import SENDING


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def write(self, vals):
        """Take back a contact whose message did not arrive.

        While a mail is sent its notifications say for a moment that it failed.
        """
        result = super().write(vals)
        if vals.get("notification_status") in LOST and not self.env.context.get(
            SENDING
        ):
            # As superuser: only which messages.
            messages = self.sudo().mail_message_id.filtered("res_id")
            messages = messages.filtered(lambda message: message._vip_is_spoken())
            self.env["vip.contact"]._follow_mail(messages, event_time(self.env))
        return result

    def _vip_receiver(self):
        """Return the partner, or the address where there is none."""
        return self.res_partner_id or self.mail_email_address
