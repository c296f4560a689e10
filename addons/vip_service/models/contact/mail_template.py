from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools.automatic import AUTOMATIC


class MailTemplate(models.Model):
    _inherit = "mail.template"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_letters(self):
        """Keep the letters that tell clients of their tier: without one nobody is told.

        Archived they are still sent; whether any are is said in the settings.
        """
        ours = Domain("module", "=", "vip_service") & Domain("model", "=", self._name)
        # As superuser: only which templates came with the addon.
        known = self.env["ir.model.data"].sudo()
        known = known.search(ours & Domain("res_id", "in", self.ids), limit=1)
        if known:
            raise UserError(
                self.env._(
                    "Clients are told of their tier by “%s”. Change it instead of "
                    "deleting it.",
                    self.browse(known.res_id).name,
                )
            )

    def send_mail_batch(self, *args, **kwargs):
        """Mark what programs send: it is no answer of a person to the client."""
        template = self.with_context(**{AUTOMATIC: True})
        return super(MailTemplate, template).send_mail_batch(*args, **kwargs)
