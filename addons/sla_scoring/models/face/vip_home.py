from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import (
    AGENTS,
    CARETAKERS,
    MANAGERS,
    Counted,
    Tile,
    note,
    rows_tile,
)
from odoo.addons.vip_base.tools.times import event_time

#: Of the time to contest so few days are left that it is to be done now.
ENDS_SOON = 3


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
                counted=self._count_to_contest,
                action="sla_scoring.score_entry_my_action",
                later=True,
                empty=self.env._("no deduction is open to be contested"),
                sequence=70,
            ),
            rows_tile(
                "sla_scoring/aside",
                self.env._("Rows put aside"),
                "score.aside",
                self._put_aside,
                roles=(*MANAGERS, *CARETAKERS),
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
    def _count_to_contest(self):
        """Return how many charges may be contested, and how long the first of them may."""
        count, left = self.env["score.entry"]._contest_count()
        if left is None:
            notes = [note(self.env._("not posted yet"))] if count else []
            return Counted(count, notes=tuple(notes))
        tone = "soon" if left < ENDS_SOON else None
        if not left:
            text = self.env._("the last day for the first of them")
        elif left == 1:
            text = self.env._("1 day left for the first of them")
        else:
            text = self.env._("%s days left for the first of them", left)
        return Counted(count, notes=(note(text, tone),), tone=tone)

    @api.model
    def _put_aside(self):
        return Domain("state", "=", "open")
