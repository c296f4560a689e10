from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import MANAGERS, Tile
from odoo.addons.vip_base.tools.times import event_time


class VipHome(models.AbstractModel):
    """What a home says of improvements."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        return [
            *super()._tiles(),
            Tile(
                key="vip_improvement/recheck",
                label=self.env._("Improvements to re-check"),
                roles=MANAGERS,
                model="vip.improvement",
                which=self._to_recheck,
                action="vip_improvement.vip_improvement_action",
                empty=self.env._("none is due"),
                sequence=70,
            ),
        ]

    @api.model
    def _to_recheck(self):
        today = self.env.company._vip_local_date(event_time(self.env))
        return Domain("closed_at", "=", False) & Domain("recheck_on", "<=", today)
