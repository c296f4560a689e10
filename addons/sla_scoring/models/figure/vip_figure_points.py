from odoo import api, models

from odoo.addons.vip_base.models.figure.vip_figure import LOWER

from .vip_figure import AWARD, CARD, LIMIT

# What the card itself comes to: points are dealt over a whole month (the offsets of it
# over its deductions), so they are no sum over single entries.


class Points(models.AbstractModel):
    """What the ledger takes in a month, after offsets (REQUIREMENTS P1, P3)."""

    _name = "vip.figure.total"
    _inherit = "vip.figure"
    _description = "Points"
    _key = "total"
    _sequence = 80
    _unit = "points"
    _adds_up = True
    _serves = frozenset({CARD, AWARD})

    @api.model
    def _label(self):
        return self.env._("Points")

    def _on_card(self, card):
        return card.total


class PointsLost(models.AbstractModel):
    """Deductions less the offsets used (REQUIREMENTS P6)."""

    _name = "vip.figure.lost"
    _inherit = "vip.figure"
    _description = "Points Lost"
    _key = "lost"
    _sequence = 1
    _unit = "points"
    _better = LOWER
    _adds_up = True
    _serves = frozenset({LIMIT})

    @api.model
    def _label(self):
        return self.env._("Points lost")

    def _on_card(self, card):
        return -card.total


class Score(models.AbstractModel):
    """Each figure on its line, by its weight: 0 to 100 (REQUIREMENTS P4)."""

    _name = "vip.figure.score"
    _inherit = "vip.figure"
    _description = "Score"
    _key = "score"
    _sequence = 2
    _serves = frozenset({AWARD, LIMIT})

    @api.model
    def _label(self):
        return self.env._("Score")

    def _on_card(self, card):
        return card.score if card.is_scored else None
