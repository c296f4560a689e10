from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import rows_tile

from ..feedback.vip_feedback import LATE, OPEN


class VipHome(models.AbstractModel):
    """What a home says of the client's voice."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        """Add what managers look after; of agents these are requests as any others."""
        return [
            *super()._tiles(),
            rows_tile(
                "vip_voice/feedback",
                self.env._("Feedback to answer"),
                "vip.feedback",
                self._feedback_open,
                oldest="opened_at",
                empty=self.env._("every client got an answer"),
                sequence=60,
            ),
            rows_tile(
                "vip_voice/complaints",
                self.env._("Open complaints"),
                "vip.complaint",
                self._complaints_open,
                oldest="filed_at",
                empty=self.env._("no client complains"),
                sequence=65,
            ),
        ]

    @api.model
    def _feedback_open(self):
        return Domain("state", "in", [OPEN, LATE])

    @api.model
    def _complaints_open(self):
        return Domain("closed_at", "=", False)
