from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import rows_tile
from odoo.addons.vip_base.tools.times import event_time


class VipHome(models.AbstractModel):
    """What a home says of improvements."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        return [
            *super()._tiles(),
            rows_tile(
                "vip_improvement/recheck",
                self.env._("Improvements to re-check"),
                "vip.improvement",
                self._to_recheck,
                empty=self.env._("none is due"),
                sequence=70,
            ),
        ]

    @api.model
    def _to_recheck(self):
        today = self.env.company._vip_local_date(event_time(self.env))
        return Domain("closed_at", "=", False) & Domain("recheck_on", "<=", today)
