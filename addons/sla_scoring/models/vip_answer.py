from odoo import api, models

from odoo.addons.vip_base.tools.times import add_months


class VipAnswer(models.Model):
    _inherit = "vip.answer"

    @api.model
    def _counts_since(self, company):
        """Let what becomes known after a month was closed count in the next open one.

        The last locked month stays so until the transaction ends, as for points.
        """
        since = super()._counts_since(company)
        # As superuser: what is closed decides, whoever answers.
        locked = self.env["score.entry"].sudo()._hold_locked_month(company)
        if not locked:
            return since
        following = add_months(locked, 1)
        begins, _ends = company._vip_month_limits(following)
        return max(since, begins)
