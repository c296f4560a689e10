from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import Tile


class VipHome(models.AbstractModel):
    """What a home says of points."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        return [
            *super()._tiles(),
            Tile(
                key="sla_scoring/aside",
                label=self.env._("Rows put aside"),
                roles=("manager", "admin", "auditor"),
                model="score.aside",
                which=self._put_aside,
                action="sla_scoring.score_aside_action",
                oldest="put_at",
                tone="soon",
                empty=self.env._("every row was booked"),
                sequence=60,
            ),
        ]

    @api.model
    def _put_aside(self):
        return Domain("state", "=", "open")
