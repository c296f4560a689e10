from odoo import fields, models

from .score_card_component import COMPONENTS

#: Sums over the months of a period; the others are means of the months measured.
SUMMED = ("volume", "total")


class ScoreAwardCriterion(models.Model):
    """One figure by which scorecards are compared, in its order."""

    _name = "score.award.criterion"
    _description = "Award Criterion"
    _order = "rule_id, sequence, id"
    _rec_name = "key"

    rule_id = fields.Many2one(
        "score.award.rule", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    key = fields.Selection(
        [("score", "Score"), *COMPONENTS], string="Figure", required=True
    )

    _key_uniq = models.UniqueIndex(
        "(rule_id, key)", "Scorecards are compared by each figure once."
    )

    def _figure(self, cards):
        """Return the figure of one agent's cards; nothing measured is the least."""
        if self.key == "score":
            values = [card.score for card in cards if card.is_scored]
        else:
            values = [card._measured(self.key) for card in cards]
        values = [value for value in values if value is not None]
        if not values:
            return float("-inf")
        total = sum(values)
        return round(total if self.key in SUMMED else total / len(values), 4)
