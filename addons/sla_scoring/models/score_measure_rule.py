from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.months import add_months

STEPS = [
    ("coaching", "Coaching"),
    ("deduction", "Deduction"),
    ("post", "Change of post"),
]


class ScoreMeasureRule(models.Model):
    """A limit which, when passed, proposes a measure to a manager (REQUIREMENTS P6).

    Of several limits passed at once the last in the list proposes: the severest step.
    """

    _name = "score.measure.rule"
    _description = "Measure Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    step = fields.Selection(STEPS, required=True, default="coaching")
    basis = fields.Selection(
        [("lost", "Points lost"), ("score", "Score")],
        required=True,
        default="lost",
        help="Points lost: deductions less the offsets used, summed over the months, from "
        "the limit on. Score: the mean of the months, below the limit.",
    )
    threshold = fields.Float(string="Limit", required=True, digits=(8, 2))
    months = fields.Integer(
        required=True, default=1, help="Months looked at, the closed one the last."
    )
    days = fields.Integer(string="To be done in (days)", required=True, default=14)
    points = fields.Float(
        string="Points deducted",
        digits=(8, 2),
        help="Charged when a manager agrees to the deduction.",
    )

    _positive = models.Constraint(
        "CHECK (threshold > 0 AND months BETWEEN 1 AND 12 AND days > 0)",
        "The limit and the days are above zero, the months between 1 and 12.",
    )
    _points = models.Constraint(
        "CHECK (step <> 'deduction' OR COALESCE(points, 0) > 0)",
        "A deduction takes points: say how many.",
    )

    @api.model
    def _propose(self, cards, at, by=None):
        """Propose a measure to each agent of closed cards who passed a limit, once.

        :param at: naive UTC datetime of the close
        :param by: the manager who closes
        """
        for (company, month), group in cards.grouped(
            lambda card: (card.company_id, card.month)
        ).items():
            rules = self.search(Domain("company_id", "in", [False, company.id]))
            passed = {}
            for rule in rules:
                for card, figure in rule._passed(group, month):
                    passed[card] = (rule, figure)
            self.env["score.measure"]._propose(passed, at, by)

    def _passed(self, cards, month):
        """Return ``[(card, figure)]`` of the cards whose agents passed the limit."""
        rows = self.env["score.card"]._read_group(
            [
                ("company_id", "in", cards.company_id.ids),
                ("user_id", "in", cards.user_id.ids),
                ("state", "=", "closed"),
                ("month", "<=", month),
                ("month", ">", add_months(month, -self.months)),
            ],
            ["user_id"],
            ["total:sum", "id:recordset"],
        )
        figures = {user: self._figure(total, own) for user, total, own in rows}
        return [
            (card, figures[card.user_id])
            for card in cards
            if self._is_passed(figures.get(card.user_id))
        ]

    def _figure(self, total, cards):
        if self.basis == "lost":
            return round(-total, 2)
        scores = [card.score for card in cards if card.is_scored]
        return round(sum(scores) / len(scores), 2) if scores else None

    def _is_passed(self, figure):
        if figure is None:
            return False
        return (
            figure >= self.threshold
            if self.basis == "lost"
            else figure < self.threshold
        )
