from odoo import models

TEMPLATE = "vip_service.mail_template_grace"


class VipTierVerdict(models.Model):
    _inherit = "vip.tier.verdict"

    def _deliver_client_warnings(self):
        """Write to these clients that they are in grace: the hook for other channels.

        By e-mail in the client's language; the mail queue sends it.
        """
        template = self.env.ref(TEMPLATE, False)
        if template and self:
            # As superuser: our own template, queued by a job.
            template.sudo().send_mail_batch(self.ids, force_send=False)
