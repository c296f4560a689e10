from odoo import models

from ..tools.groups import AGENT_GROUP, AUDITOR_GROUP
from .base import OURS

#: Of the host: where an auditor reads what the service does.
READ = ("helpdesk.ticket", "res.partner")


class MailThread(models.AbstractModel):
    """An auditor reads everything and writes nothing, also no message."""

    _inherit = "mail.thread"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        asked = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation == "create" and self._is_only_audited():
            return dict.fromkeys(asked, "write")
        return asked

    def _is_only_audited(self):
        ours = self._original_module.startswith(OURS) or self._name in READ
        user = self.env.user
        return (
            ours and user.has_group(AUDITOR_GROUP) and not user.has_group(AGENT_GROUP)
        )
