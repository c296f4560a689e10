import logging

from odoo import api, models

from ...tools.panel import TOP, Panel
from ...tools.shared import share
from .vip_home import RETRIED

_logger = logging.getLogger(__name__)


class VipHome(models.AbstractModel):
    """What stands on a home beside its numbers; a part that fails says so."""

    _inherit = "vip.home"

    # To be extended

    @api.model
    def _panels(self):
        """Return the panels of all roles (``tools/panel.py``), in any order."""
        return [
            Panel(
                key="vip_base/first_hour",
                label=self.env._("First hour"),
                roles=("admin",),
                component="vip_base/first_hour",
                load=self.env["vip.first.hour"]._summary,
                place=TOP,
                later=True,
            )
        ]

    # Telling

    @api.model
    @api.readonly
    def later(self, role):
        """Return what a page left for this call: {key: told} of tiles and of panels.

        :raise AccessError: the user does not have this role
        """
        role = self._checked(role, self._roles())
        self = share(self)
        tiles = [tile for tile in self._shown(role) if tile.later]
        counted = self._count(tiles)
        self._counted().update(counted)
        return {
            "tiles": {tile.key: self._told(tile, counted[tile.key]) for tile in tiles},
            "panels": {
                panel.key: self._panel_told(panel)
                for panel in self._panels_of(role)
                if panel.later
            },
        }

    @api.model
    def _panels_told(self, role):
        """Return the panels of a role, without what is loaded later."""
        told = []
        for panel in self._panels_of(role):
            if panel.later:
                told.append(self._panel_frame(panel, later=True))
            else:
                told.append(self._panel_told(panel))
        return [
            each for each in told if each["failed"] or each["later"] or each["data"]
        ]

    @api.model
    def _panels_of(self, role):
        panels = [
            panel
            for panel in self._panels()
            if role in panel.roles
            and (not panel.model or self.env[panel.model].has_access("read"))
        ]
        return sorted(panels, key=lambda panel: (panel.sequence, panel.key))

    @api.model
    def _panel_told(self, panel):
        savepoint = self._savepoint()
        try:
            return self._panel_frame(panel, data=panel.load() or False)
        except RETRIED:
            raise
        except Exception:
            savepoint.rollback()
            _logger.exception("The panel %s could not be read", panel.key)
            return self._panel_frame(panel, failed=True)

    @api.model
    def _panel_frame(self, panel, data=False, failed=False, later=False):
        return {
            "key": panel.key,
            "label": panel.label,
            "component": panel.component,
            "place": panel.place,
            "data": data,
            "failed": failed,
            "later": later,
        }
