from odoo import api, models

from ...engine.auto_submitted import is_auto_submitted
from ...tools.automatic import AUTOMATIC


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Mark what a program sent: it neither answers nor asks.

        The headers that say so are known here and nowhere later.
        """
        if is_auto_submitted(message):
            self = self.with_context(**{AUTOMATIC: True})
        return super()._message_route_process(message, message_dict, routes)
