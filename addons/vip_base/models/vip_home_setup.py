from odoo import api, models

from ..tools.tile import CARETAKERS, Tile


class VipHome(models.AbstractModel):
    """What is left to set up, and what does not run, on the home of who looks after it."""

    _inherit = "vip.home"

    @api.model
    def _setup_tiles(self):
        return [
            Tile(
                key="vip_base/first_hour",
                label=self.env._("Steps of the first hour left"),
                roles=CARETAKERS,
                model="vip.failing.job",
                counted=self._steps_left,
                opened=self._open_first_hour,
                tone="soon",
                empty=self.env._("all is set up"),
                sequence=10,
            ),
            Tile(
                key="vip_base/operations",
                label=self.env._("Operations that need somebody"),
                roles=CARETAKERS,
                model="vip.failing.job",
                counted=self._operations_wrong,
                opened=self._open_operations,
                tone="soon",
                empty=self.env._("all is well"),
                sequence=15,
            ),
        ]

    @api.model
    def _steps_left(self):
        return sum(not step.done for step in self.env["vip.first.hour"]._steps())

    @api.model
    def _operations_wrong(self):
        return sum(check.wrong for check in self.env["vip.operations"]._checks())

    @api.model
    def _open_first_hour(self):
        return self.env["vip.first.hour"]._window("vip_base.vip_first_hour_action")

    @api.model
    def _open_operations(self):
        return self.env["vip.first.hour"]._window("vip_base.vip_operations_action")
