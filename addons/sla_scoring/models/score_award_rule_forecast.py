from collections import Counter

from odoo import api, models
from odoo.fields import Domain


class ScoreAwardForecast(models.Model):
    """Who qualifies for an award and why the others do not."""

    _inherit = "score.award.rule"

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
        best = max((figures for _own, figures in compared), default=None)
        return [one for one in compared if one[1] == best], barred

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
            if criterion.has_minimum and figure < criterion.minimum:
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
        return {
            "id": self.id,
            "name": self.name,
            "reward": self._reward_name(),
            "people": [cards.user_id.sudo().name for cards, _figures in best],
            "told": self._told(best[0][1]) if best else self._why_nobody(barred),
        }
