from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import MANAGERS, Tile

from ..feedback.vip_feedback import LATE, OPEN


class VipHome(models.AbstractModel):
    """What a home says of the client's voice."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        """Add what managers look after; of agents these are requests as any others."""
        return [
            *super()._tiles(),
            Tile(
                key="vip_voice/feedback",
                label=self.env._("Feedback to answer"),
                roles=MANAGERS,
                model="vip.feedback",
                which=self._feedback_open,
                action="vip_voice.vip_feedback_action",
                oldest="opened_at",
                empty=self.env._("every client got an answer"),
                sequence=60,
            ),
            Tile(
                key="vip_voice/complaints",
                label=self.env._("Open complaints"),
                roles=MANAGERS,
                model="vip.complaint",
                which=self._complaints_open,
                action="vip_voice.vip_complaint_action",
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
