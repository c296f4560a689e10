from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import AGENTS, MANAGERS, Tile

from ..feedback.vip_feedback import LATE, OPEN


class VipHome(models.AbstractModel):
    """What a home says of the client's voice."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        return [
            *super()._tiles(),
            self._feedback_tile("feedback_mine", AGENTS, self._feedback_mine),
            self._feedback_tile("feedback", MANAGERS, self._feedback_open),
            self._complaint_tile("complaints_mine", AGENTS, self._complaints_mine),
            self._complaint_tile("complaints", MANAGERS, self._complaints_open),
        ]

    @api.model
    def _complaint_tile(self, key, roles, which):
        return Tile(
            key=f"vip_voice/{key}",
            label=self.env._("Open complaints"),
            roles=roles,
            model="vip.complaint",
            which=which,
            action="vip_voice.vip_complaint_action",
            oldest="filed_at",
            empty=self.env._("no client complains"),
            sequence=65,
        )

    @api.model
    def _complaints_open(self):
        return Domain("closed_at", "=", False)

    @api.model
    def _complaints_mine(self):
        mine = Domain("ticket_id.vip_owner_id", "=", self.env.uid)
        return self._complaints_open() & mine

    @api.model
    def _feedback_tile(self, key, roles, which):
        return Tile(
            key=f"vip_voice/{key}",
            label=self.env._("Feedback to answer"),
            roles=roles,
            model="vip.feedback",
            which=which,
            action="vip_voice.vip_feedback_action",
            oldest="opened_at",
            empty=self.env._("every client got an answer"),
            sequence=60,
        )

    @api.model
    def _feedback_open(self):
        return Domain("state", "in", [OPEN, LATE])

    @api.model
    def _feedback_mine(self):
        return self._feedback_open() & Domain("ticket_id.user_id", "=", self.env.uid)
