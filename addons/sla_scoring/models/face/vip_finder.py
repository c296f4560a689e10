from odoo import api, models

from odoo.addons.vip_base.tools.finding import MOST, Place
from odoo.addons.vip_base.tools.times import month_name


class VipFinder(models.AbstractModel):
    """Scorecards by the name of the agent, the newest first."""

    _inherit = "vip.finder"

    @api.model
    def _places(self):
        return [
            *super()._places(),
            Place(
                kind="card",
                model="score.card",
                action="sla_scoring.score_card_action",
                find=self._find_cards,
                tell=self._tell_card,
            ),
        ]

    @api.model
    def _find_cards(self, text):
        return self.env["score.card"].search(
            [("user_id.name", "ilike", text)], order="month desc, id", limit=MOST
        )

    @api.model
    def _tell_card(self, card):
        # As superuser: the name of whose card the reader may read.
        name = card.sudo().user_id.name or ""
        return name, month_name(self.env, card.month), card.id
