from odoo import models


class VipEntitlement(models.Model):
    """The words in which the portal tells a client of its rights."""

    _inherit = "vip.entitlement"

    def _portal_quota(self, used):
        """Return what is left of the present period for people.

        :param used: how often the client has used it in this period
        """
        self.ensure_one()
        if not self.quota:
            return self.env._("No limit")
        left = {"left": max(self.quota - used, 0), "quota": self.quota}
        if self.period == "month":
            return self.env._("%(left)s of %(quota)s left this month", **left)
        if self.period == "quarter":
            return self.env._("%(left)s of %(quota)s left this quarter", **left)
        return self.env._("%(left)s of %(quota)s left this year", **left)
