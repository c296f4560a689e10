from odoo import models

from ..tools.groups import AGENT_GROUP, AUDITOR_GROUP
from .vip_hands_off_mixin import is_ours


class MailThread(models.AbstractModel):
    """An auditor reads everything and writes nothing, also no message."""

    _inherit = "mail.thread"

    #: A model of the host that auditors read for us.
    _vip_auditors_read = False

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        asked = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation == "create" and self._is_only_audited():
            return dict.fromkeys(asked, "write")
        return asked

    def _is_only_audited(self):
        ours = self._vip_auditors_read or is_ours(self._original_module)
        user = self.env.user
        return (
            ours and user.has_group(AUDITOR_GROUP) and not user.has_group(AGENT_GROUP)
        )
