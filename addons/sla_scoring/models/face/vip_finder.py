from odoo import api, models

from odoo.addons.vip_base.tools.finding import MOST, Place
from odoo.addons.vip_base.tools.times import month_name
from odoo.addons.vip_base.tools.written import written_day


class VipFinder(models.AbstractModel):
    """Points and scorecards by the name of the agent, the newest first."""

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
            Place(
                kind="entry",
                model="score.entry",
                action="sla_scoring.score_entry_action",
                find=self._find_entries,
                tell=self._tell_entry,
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

    @api.model
    def _find_entries(self, text):
        return self.env["score.entry"].search(
            [("user_id.name", "ilike", text), ("state", "=", "posted")],
            order="occurred_at desc, id desc",
            limit=MOST,
        )

    @api.model
    def _tell_entry(self, entry):
        # As superuser: whose entry it is, which the reader may read.
        name = entry.sudo().user_id.name or ""
        day = written_day(self.env, entry.company_id._vip_local_date(entry.occurred_at))
        points = f"{entry.points:+.2f}".replace("-", "−")
        why = entry.ticket_number or (entry.reason or "").partition("\n")[0]
        told = filter(None, (points, day, why))
        return name, " · ".join(told), entry.id
