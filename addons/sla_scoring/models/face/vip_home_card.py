from odoo import api, models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.panel import SIDE, Panel
from odoo.addons.vip_base.tools.tile import AGENTS


class VipHome(models.AbstractModel):
    """An agent's own scorecard of the last month that has one, in a few lines."""

    _inherit = "vip.home"

    @api.model
    def _panels(self):
        return [
            *super()._panels(),
            Panel(
                key="sla_scoring/card",
                label=self.env._("My scorecard"),
                roles=AGENTS,
                component="sla_scoring/card",
                load=self._card_shown,
                place=SIDE,
                model="score.card",
                later=True,
                sequence=30,
            ),
        ]

    @api.model
    def _card_shown(self):
        """Return month, what was measured with its target, and what would help most."""
        card = self.env["score.card"].search(
            [("user_id", "=", self.env.uid), ("company_id", "=", self.env.company.id)],
            order="month desc",
            limit=1,
        )
        if not card:
            return None
        parts = [card._named(part) for part in (card.details or {}).get("parts", ())]
        hints = sorted(
            (part for part in parts if part["gain"]), key=lambda part: -part["gain"]
        )
        figures = self.env["vip.figure"]._all()
        return {
            "month": str(card.month),
            "link": record_link("score.card", card.id),
            "rows": [
                {
                    "name": part["name"],
                    "value": part["value"],
                    "target": part["target"],
                    "below": part["key"] in figures
                    and figures[part["key"]]._is_worse(part["value"], part["target"]),
                }
                for part in parts
                if part["value"] is not None
            ],
            "hint": hints[0]["name"] if hints else False,
            "gain": hints[0]["gain"] if hints else 0,
        }
