from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import AGENTS, Tile


class VipHome(models.AbstractModel):
    """A number on the home of agents."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        return [
            *super()._tiles(),
            Tile(
                key="vip_sample_wing/urgent",
                label=self.env._("Urgent requests"),
                roles=AGENTS,
                model="helpdesk.ticket",
                which=self._urgent,
                among=self._open_requests,
                action=self._requests_window(),
                empty=self.env._("nothing burns"),
            ),
        ]

    @api.model
    def _urgent(self):
        return Domain("priority", "=", "3")
