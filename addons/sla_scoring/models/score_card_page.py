from odoo import models

from odoo.addons.vip_base.tools.times import add_months

TREND = 12  # months
HINTS = 3


class ScoreCardPage(models.AbstractModel):
    """The card as its page shows it: what it is made of, what would help, the trend."""

    _inherit = "score.card.mixin"

    def card_page(self):
        """Return parts, hints, trend and podium of one card.

        :return: ``parts`` as frozen in the card with their names, those that would add
            most first in ``hints``; ``trend`` of the bearer's own last twelve months
        """
        self.ensure_one()
        self.check_access("read")
        parts = [self._named(part) for part in (self.details or {}).get("parts", ())]
        hints = [part for part in parts if part["gain"]]
        hints.sort(key=lambda part: -part["gain"])
        return {
            "score": self.score if self.is_scored else None,
            "is_ranked": self._is_compared(),
            "min_tickets": self._min_tickets(),
            "volume": self.volume,
            "parts": parts,
            "hints": hints[:HINTS],
            "trend": self._trend(),
            "podium": self.env["score.card"]._podium(self.company_id, self.month),
        }

    def _is_compared(self):
        """Return whether the card has a place among others; teams always."""
        return True

    def _min_tickets(self):
        template = (self.details or {}).get("template") or {}
        return template.get("min_tickets", 0)

    def _named(self, part):
        """Return a part with its name and what is behind it: pairs of kind and name."""
        figure = self.env["vip.figure"]._all().get(part["key"])
        if figure is None:
            return {**part, "name": part["key"], "facts": []}
        return {**part, "name": figure._label(), "facts": figure._kinds()}

    def _trend(self):
        """Return ``[{month, score, total}]`` of the bearer's last twelve cards, in order."""
        cards = self.search(
            [
                (self._bearer, "=", self[self._bearer].id),
                ("company_id", "=", self.company_id.id),
                ("month", "<=", self.month),
                ("month", ">", add_months(self.month, -TREND)),
            ],
            order="month",
        )
        return [
            {
                "month": str(card.month),
                "score": card.score if card.is_scored else None,
                "total": card.total,
            }
            for card in cards
        ]

    def action_facts(self, kind):
        """Open the records behind a number of the card.

        :param kind: of occurrences
        """
        self.ensure_one()
        self.check_access("read")
        model = self.env["vip.occurrence"]._all()[kind]._rows_of
        ids = ((self.details or {}).get("ids") or {}).get(kind, [])
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            "context": {"active_test": False},
        }
