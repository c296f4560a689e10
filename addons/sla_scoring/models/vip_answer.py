from odoo import api, models

from odoo.addons.vip_base.tools.times import add_months


class VipAnswer(models.Model):
    _inherit = "vip.answer"

    @api.model
    def _counted_at(self, company, at):
        """Let what becomes known after a month was closed count in the next open one.

        The last locked month stays so until the transaction ends, as for points.
        """
        counted = super()._counted_at(company, at)
        # As superuser: what is closed decides, whoever answers.
        locked = self.env["score.entry"].sudo()._hold_locked_month(company)
        if not locked or company._vip_month(counted) > locked:
            return counted
        begins, _ends = self.env["score.card.mixin"]._month_limits(
            company, add_months(locked, 1)
        )
        return begins
