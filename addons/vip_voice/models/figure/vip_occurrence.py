from odoo import api, models
from odoo.tools import SQL


class VipOccurrence(models.AbstractModel):
    """What teams of the client's voice do is no ordinary service, and counted apart."""

    _inherit = "vip.occurrence"
    #: Of a kind that tells of the client's voice itself.
    _of_voice = False

    @api.model
    def _counted(self):
        counted = super()._counted()
        if self._of_voice or "team_id" not in self._dimensions:
            return counted
        return SQL(
            "%s AND (f.team_id IS NULL OR f.team_id NOT IN"
            " (SELECT id FROM helpdesk_ticket_team WHERE vip_is_voice))",
            counted,
        )
