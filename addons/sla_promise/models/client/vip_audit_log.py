from odoo import api, models

from ...tools.correction import correction_reason


class VipAuditLog(models.Model):
    """A correction of a policy in force says why."""

    _inherit = "vip.audit.log"

    @api.model
    def _record(self, records, action, old=None, new=None, reason=False):
        reason = reason or correction_reason(self.env)
        return super()._record(records, action, old, new, reason)
