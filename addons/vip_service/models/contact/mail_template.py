from odoo import models

from ...tools.automatic import AUTOMATIC


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail_batch(self, *args, **kwargs):
        """Mark what programs send: it is no answer of a person to the client."""
        template = self.with_context(**{AUTOMATIC: True})
        return super(MailTemplate, template).send_mail_batch(*args, **kwargs)
