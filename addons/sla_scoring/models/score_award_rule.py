from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.times import add_months, closes, month_name

from .figure.vip_figure import AWARD
from .score_award import REWARDS


class ScoreAwardRule(models.Model):
    """An award for the best scorecards of a period (REQUIREMENTS P5).

    Who qualifies has solved and promised enough, reaches the minimum of each figure, and
    neither lost points nor got a measure, unless the rule says otherwise. Its criteria
    are compared in their order, each only where all before it are equal; agents who are
    equal in all of them share the award.
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
    min_promises = fields.Integer(
        string="From (promises)",
        default=10,
        help="Who had fewer promises, kept or missed, in the period is not compared.",
    )
    excludes_negative = fields.Boolean(
        string="Not who lost points",
        default=True,
        help="Whose points of the period are below zero after offsets does not qualify.",
    )
    excludes_measured = fields.Boolean(
        string="Not who got a measure",
        default=True,
        help="Who was proposed coaching, a deduction or a change of post in the period "
        "does not qualify, unless it was dismissed.",
    )
    reward_kind = fields.Selection(
        REWARDS, string="Kind of reward", required=True, default="bonus"
    )
    reward = fields.Char(
        translate=True, help="What is given beside the points: how much, which course …"
    )
    criterion_ids = fields.One2many(
        "score.award.criterion", "rule_id", string="Compared by", copy=True
    )

    _positive = models.Constraint(
        "CHECK (points > 0 AND min_tickets >= 0 AND COALESCE(min_promises, 0) >= 0)",
        "An award gives points, and the numbers of tickets and promises cannot be "
        "negative.",
    )

    @api.constrains("points", "company_id", "active")
    def _check_points(self):
        """Refuse an award of more points than one of its companies gives."""
        for rule in self.filtered("active"):
            # As superuser: a setting of every company that the award is for.
            served = [("active", "=", True)]
            if rule.company_id:
                served = [("id", "=", rule.company_id.id)]
            companies = self.env["res.company"].sudo().search(served)
            companies._check_award(rule)

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
        awards = self.env["score.award"]
        once = [
            ("rule_id", "=", self.id),
            ("company_id", "=", company.id),
            ("month", "=", month),
        ]
        if not months or awards.search_count(once, limit=1):
            return
        cards = self._period_cards(company, month)
        if "draft" in cards.mapped("state"):
            return
        best, barred = self._judged(company, cards, month)
        known = {
            "rule_id": self.id,
            "company_id": company.id,
            "month": month,
            "reward_kind": self.reward_kind,
            "reward": self.reward,
        }
        if not best:
            awards.create({**known, "reason": self._why_nobody(barred)})
        key = f"award:{self.id}:{company.id}:{month}"
        for own, figures in best:
            values = self._award_values(own, figures, months, at)
            entry = self.env["score.entry"].create({**values, "source_key": key})
            awards.create(
                {
                    **known,
                    "user_id": entry.user_id.id,
                    "points": entry.points,
                    "reason": self._told(figures),
                    "entry_id": entry.id,
                }
            )

    def _period_cards(self, company, month):
        """Return the scorecards of the period that ends with a month."""
        return self.env["score.card"].search(
            [("company_id", "=", company.id), ("month", "in", self._months(month))]
        )

    def _reward_name(self):
        """Return what the reward is, in words."""
        kinds = dict(self._fields["reward_kind"]._description_selection(self.env))
        kind = kinds.get(self.reward_kind, "")
        return f"{kind}: {self.reward}" if self.reward else kind

    def _months(self, month):
        """Return the months of the period that ends with a month, none if none does."""
        if self.period == "month":
            return [month]
        if not closes(month, 3):
            return []
        return [add_months(month, back) for back in (-2, -1, 0)]

    def _award_values(self, cards, figures, months, at):
        period = month_name(self.env, months[-1])
        if len(months) > 1:
            period = f"{month_name(self.env, months[0])} – {period}"
        return {
            "company_id": cards.company_id.id,
            "user_id": cards.user_id.id,
            "kind": "award",
            # As superuser: a setting; a company made since may give less.
            "points": min(self.points, cards.company_id.sudo().score_award_max),
            "occurred_at": at,
            "needs_review": True,
            "reason": f"{self.name} · {period}: {self._told(figures)}",
        }

    def _told(self, figures):
        return ", ".join(
            f"{criterion._key_name()} {figure:.2f}"
            for criterion, figure in zip(self.criterion_ids, figures, strict=True)
            if figure is not None
        )

    # Who qualifies, and why the others do not

    def _judged(self, company, cards, month):
        """Return the best of a period, and why others could not be.

        :param cards: scorecards of the months of the period
        :param month: its last month
        :return: list of (cards of one agent, figures), and a Counter of reasons
        """
        measured = self._measured_users(company, cards, month)
        compared, barred = [], Counter()
        for user, own in cards.grouped("user_id").items():
            figures = [criterion._figure(own) for criterion in self.criterion_ids]
            if reason := self._bar_of(user, own, figures, measured):
                barred[reason] += 1
            else:
                compared.append((own, figures))
        places = [self._place(figures) for _own, figures in compared]
        best = max(places, default=None)
        return [
            one for one, place in zip(compared, places, strict=True) if place == best
        ], barred

    def _place(self, figures):
        """Return by what agents are compared: the greater, the better."""
        return [
            criterion._place(figure)
            for criterion, figure in zip(self.criterion_ids, figures, strict=True)
        ]

    def _bar_of(self, user, cards, figures, measured):
        """Return why an agent does not qualify, None who does.

        :param figures: of the criteria, in their order
        :param measured: ids of the users with a measure in the period
        """
        promises = sum(cards.mapped("met_count")) + sum(cards.mapped("missed_count"))
        if not user.active:
            return self.env._("left")
        if sum(cards.mapped("volume")) < max(self.min_tickets, 1):
            return self.env._("too few tickets")
        if promises < self.min_promises:
            return self.env._("too few promises")
        for criterion, figure in zip(self.criterion_ids, figures, strict=True):
            if criterion.has_minimum and criterion._is_short(figure):
                return self.env._("below the minimum of %s", criterion._key_name())
        if self.excludes_negative and round(sum(cards.mapped("total")), 2) < 0:
            return self.env._("lost points")
        if self.excludes_measured and user.id in measured:
            return self.env._("a measure in the period")
        return None

    def _measured_users(self, company, cards, month):
        """Return the ids of who has a measure in the period, or is about to.

        While the month is open its measures are not proposed yet: who passes a limit
        counts as well.
        """
        known = self.env["score.measure"].search(
            [
                ("company_id", "=", company.id),
                ("month", "in", cards.mapped("month")),
                ("state", "!=", "dismissed"),
            ]
        )
        users = set(known.user_id.ids)
        open_cards = cards.filtered(
            lambda card: card.month == month and card.state == "draft"
        )
        limits = self.env["score.measure.rule"]
        if open_cards:
            limits = limits.search(Domain("company_id", "in", [False, company.id]))
        for limit in limits:
            passed = limit._passed(open_cards, month)
            users.update(card.user_id.id for card, _figure in passed)
        return users

    def _why_nobody(self, barred):
        """Return in words why nobody qualifies."""
        if not barred:
            return self.env._("There were no scorecards to compare.")
        return self.env._(
            "Nobody qualified: %s.",
            ", ".join(f"{count} × {reason}" for reason, count in barred.most_common()),
        )

    @api.model
    def _forecast_all(self, company, month):
        """Return what each award of a period that ends with a month would come to.

        :return: list of dict: name, reward, people (names), told (figures, or why
            nobody qualifies)
        """
        rules = self.search(Domain("company_id", "in", [False, company.id]))
        return [rule._forecast(company, month) for rule in rules if rule._months(month)]

    def _forecast(self, company, month):
        cards = self._period_cards(company, month)
        best, barred = self._judged(company, cards, month)
        # As superuser: the names of people whose cards were read.
        return {
            "id": self.id,
            "name": self.name,
            "reward": self._reward_name(),
            "people": [cards.user_id.sudo().name for cards, _figures in best],
            "told": self._told(best[0][1]) if best else self._why_nobody(barred),
        }


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
        lambda self: self.env["vip.figure"]._serving(AWARD),
        string="Figure",
        required=True,
    )
    has_minimum = fields.Boolean(
        string="Has a minimum", help="Who is below it does not qualify."
    )
    minimum = fields.Float(
        string="At least", help="What was not measured does not reach it."
    )

    _key_uniq = models.UniqueIndex(
        "(rule_id, key)", "Scorecards are compared by each figure once."
    )

    def _by(self):
        """Return the figure, None where its addon is gone."""
        return self.env["vip.figure"]._all().get(self.key)

    def _key_name(self):
        figure = self._by()
        return self.key if figure is None else figure._label()

    def _figure(self, cards):
        """Return the figure of one agent's cards, None if nothing was measured."""
        figure = self._by()
        value = None if figure is None else figure._of_cards(cards)
        return None if value is None else round(value, 4)

    def _place(self, figure):
        """Return a figure so that the greater is the better; nothing is the worst."""
        if figure is None:
            return float("-inf")
        return figure * self._by()._better

    def _is_short(self, figure):
        """Return whether a figure does not reach the minimum."""
        return figure is None or self._by()._is_worse(figure, self.minimum)
