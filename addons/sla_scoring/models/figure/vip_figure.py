from odoo import api, models

#: What figures are for: a line of the scorecard, a criterion of awards, a limit.
CARD, AWARD, LIMIT = "card", "award", "limit"


class VipFigure(models.AbstractModel):
    """A figure as the card of a month has it."""

    _inherit = "vip.figure"
    _serves = frozenset({CARD, AWARD, LIMIT})

    @api.model
    def _serving(self, what):
        """Return ``[(key, label)]`` of what serves as ``what``, for a field to choose."""
        return [
            (key, figure._label())
            for key, figure in self._all().items()
            if what in figure._serves
        ]

    @api.model
    def _selection_counted(self):
        """Return ``[(key, label)]`` of what is counted of occurrences."""
        return [(key, figure._label()) for key, figure in self._counted().items()]

    def _on_card(self, card):
        """Return the value that one card has, None where nothing was measured."""
        figures = (card.details or {}).get("figures") or {}
        value = figures.get(self._key, {}).get("value")
        return self._formula.nothing if value is None else value

    def _of_cards(self, cards):
        """Return the value over several cards of one bearer, None if nothing was measured.

        Their sum where it adds up, else the mean of those that measured something.
        """
        values = [card._measured(self._key) for card in cards]
        values = [value for value in values if value is not None]
        if not values:
            return None
        return sum(values) if self._adds_up else sum(values) / len(values)

    def _is_worse(self, value, limit):
        """Return whether a value is worse than a limit."""
        return (value - limit) * self._better < 0
