from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.times import add_months, closes, month_name

from .score_card_template import COMPONENTS

#: Sums over the months of a period; the others are means of the months measured.
SUMMED = ("volume", "total")


class ScoreAwardRule(models.Model):
    """An award for the best scorecards of a period (REQUIREMENTS P5).

    Its criteria are compared in their order, each only where all before it are equal;
    agents who are equal in all of them share the award.
    """

    _name = "score.award.rule"
    _description = "Award Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = NamesMany2one("res.company", help="Empty: every company.")
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter")], required=True, default="month"
    )
    points = fields.Float(
        required=True,
        digits=(8, 2),
        help="Proposed to a service manager, who posts it.",
    )
    min_tickets = fields.Integer(
        string="From (tickets solved)",
        default=5,
        help="Who solved fewer in the period is not compared.",
    )
    criterion_ids = fields.One2many(
        "score.award.criterion", "rule_id", string="Compared by", copy=True
    )

    _positive = models.Constraint(
        "CHECK (points > 0 AND min_tickets >= 0)",
        "An award gives points, and the number of tickets cannot be negative.",
    )

    @api.constrains("criterion_ids")
    def _check_criteria(self):
        if any(not rule.criterion_ids for rule in self):
            raise ValidationError(
                self.env._("Say by what the scorecards are compared.")
            )

    @api.model
    def _propose_all(self, company, month, at):
        """Draft the awards of all periods that end with a month; each once.

        :param month: first day of the month that was closed
        :param at: naive UTC datetime of the close
        """
        rules = self.search(Domain("company_id", "in", [False, company.id]))
        entries = self.env["score.entry"]
        entries._each_apart(
            "award",
            rules,
            lambda some: [rule._propose(company, month, at) for rule in some],
            at,
            company=company,
            month=month,
        )

    def _propose(self, company, month, at):
        months = self._months(month)
        key = f"award:{self.id}:{company.id}:{month}"
        known = self.env["score.entry"].search_count(
            [("source_key", "=", key)], limit=1
        )
        if not months or known:
            return
        cards = self.env["score.card"].search(
            [("company_id", "=", company.id), ("month", "in", months)]
        )
        if "draft" in cards.mapped("state"):
            return
        for cards_of_one, figures in self._best(cards):
            values = self._award_values(cards_of_one, figures, months, at)
            self.env["score.entry"].create({**values, "source_key": key})

    def _months(self, month):
        """Return the months of the period that ends with a month, none if none does."""
        if self.period == "month":
            return [month]
        if not closes(month, 3):
            return []
        return [add_months(month, back) for back in (-2, -1, 0)]

    def _best(self, cards):
        """Return ``(cards, figures)`` of the best agent, or of all who are equal."""
        compared = [
            (own, [criterion._figure(own) for criterion in self.criterion_ids])
            for user, own in cards.grouped("user_id").items()
            if user.active and sum(own.mapped("volume")) >= max(self.min_tickets, 1)
        ]
        if not compared:
            return []
        best = max(figures for _own, figures in compared)
        return [(own, figures) for own, figures in compared if figures == best]

    def _award_values(self, cards, figures, months, at):
        period = month_name(self.env, months[-1])
        if len(months) > 1:
            period = f"{month_name(self.env, months[0])} – {period}"
        return {
            "company_id": cards.company_id.id,
            "user_id": cards.user_id.id,
            "kind": "award",
            "points": self.points,
            "occurred_at": at,
            "needs_review": True,
            "reason": f"{self.name} · {period}: {self._told(figures)}",
        }

    def _told(self, figures):
        labels = dict(
            self.criterion_ids._fields["key"]._description_selection(self.env)
        )
        return ", ".join(
            f"{labels[criterion.key]} {figure:.2f}"
            for criterion, figure in zip(self.criterion_ids, figures, strict=True)
            if figure != float("-inf")
        )


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
