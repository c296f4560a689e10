from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import AGENTS, Tile
from odoo.addons.vip_base.tools.times import event_time


class VipHome(models.AbstractModel):
    """What a home says of points."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        return [
            *super()._tiles(),
            Tile(
                key="sla_scoring/my_points",
                label=self.env._("My points of this month"),
                roles=AGENTS,
                model="score.entry",
                which=self._my_points,
                action="sla_scoring.score_entry_my_action",
                total="points",
                later=True,
                empty=self.env._("none in this month so far"),
                sequence=60,
            ),
            Tile(
                key="sla_scoring/contest",
                label=self.env._("My points that I may contest"),
                roles=AGENTS,
                model="score.entry",
                which=self.env["score.entry"]._to_contest,
                action="sla_scoring.score_entry_my_action",
                oldest="posted_at",
                later=True,
                empty=self.env._("no deduction is open to be contested"),
                sequence=70,
            ),
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
    def _my_points(self):
        company = self.env.company
        month = company._vip_month(event_time(self.env))
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("company_id", "=", company.id)
            & Domain("month", "=", month)
        )

    @api.model
    def _put_aside(self):
        return Domain("state", "=", "open")
