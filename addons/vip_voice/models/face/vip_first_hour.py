from odoo import api, models


class VipFirstHour(models.AbstractModel):
    """The team of the client's voice, which is shipped, serves nobody."""

    _inherit = "vip.first.hour"

    @api.model
    def _serving(self, teams):
        return super()._serving(teams).filtered(lambda team: not team.vip_is_voice)
