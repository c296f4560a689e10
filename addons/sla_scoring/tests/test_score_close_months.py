from datetime import timedelta
from random import Random

from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import add_months

from .common import APRIL, DUE, MARCH
from .test_score_close_check import CLOSING, CloseCase

MONTHS = [add_months(MARCH, count) for count in range(4)]


@tagged("post_install", "-at_install")
class TestBetweenMonths(CloseCase):
    """What comes after its month was closed counts later, with offsets of its own month."""

    def total(self, month):
        cards = self.env["score.card"]
        cards._refresh(self.company, month)
        card = cards.search([("user_id", "=", self.agent.id), ("month", "=", month)])
        return card.total

    def test_a_late_error_still_uses_the_offset_of_its_month(self):
        draft = self.draft(900)
        self.gift(1)
        self.close().sudo()._run(CLOSING, self.manager)
        draft._post(CLOSING)
        self.assertEqual((draft.period, draft.month), (MARCH, APRIL))
        self.assertEqual((self.total(MARCH), self.total(APRIL)), (0, -0.5))

    def test_a_late_offset_gives_back_what_its_month_lost(self):
        self.posted(900)
        self.close().sudo()._run(CLOSING, self.manager)
        self.gift(1)
        self.assertEqual((self.total(MARCH), self.total(APRIL)), (-1.5, 1))

    def test_the_offset_of_another_month_does_not_pay_for_it(self):
        draft = self.draft(900)
        self.posted(60)
        self.close().sudo()._run(CLOSING, self.manager)
        draft._post(CLOSING)
        self.gift(2, at=DUE + timedelta(days=31))
        self.assertEqual((self.total(MARCH), self.total(APRIL)), (-0.5, -1.5))

    def test_all_months_together_are_as_if_all_had_been_known_at_once(self):
        for seed in range(25):
            with self.subTest(seed=seed):
                self._random_history(Random(seed))

    def _random_history(self, random):
        agent = self.new_user(f"months_{random.random()}", "base.group_user")
        entries, totals, frozen = [], {}, {}
        for month in MONTHS:
            for _entry in range(random.randrange(4)):
                entries.append(self._random_entry(random, agent, month))
            for entry in random.sample(entries, min(len(entries), 2)):
                if random.random() < 0.4 and not entry.reversal_ids:
                    self._reversal(entry, month, random)
            for known, total in frozen.items():
                self.assertEqual(self._card(agent, known).total, total)
            self.env["score.card"]._refresh_points(self.company, month, agent.ids)
            card = self._card(agent, month)
            if card:
                card._freeze(CLOSING)
                frozen[month] = totals[month] = card.total
        self.assertEqual(round(sum(totals.values()), 2), self._oracle(entries))

    def _random_entry(self, random, agent, month):
        period = random.choice([known for known in MONTHS if known <= month])
        kind = random.choice(["deduction", "error", "offset"])
        points = random.choice([0.5, 1, 1.5, 0.33])
        values = {
            "company_id": self.company.id,
            "user_id": agent.id,
            "kind": kind,
            "points": points if kind == "offset" else -points,
            "occurred_at": DUE,
            **{"period": period, "month": month, "state": "posted"},
            "source_key": f"random:{random.random()}",
            "reason": "Random",
        }
        if kind == "error":
            values["ordinal"] = random.randrange(10**9)
        self._ensure_card(agent, month)
        return self.entries.create(values)

    def _reversal(self, entry, month, random):
        self._ensure_card(entry.user_id, month)
        back = -round(entry.points * random.choice([1, 1, 0.5]), 2)
        return self.entries.create(
            {
                "company_id": self.company.id,
                "user_id": entry.user_id.id,
                "kind": "reversal",
                **{"points": back, "undone": back},
                "occurred_at": DUE,
                **{"period": month, "month": month, "state": "posted"},
                "reversal_of_id": entry.id,
                "reason": "Random",
            }
        )

    def _ensure_card(self, agent, month):
        if not self._card(agent, month):
            self.env["score.card"].create(
                {"company_id": self.company.id, "user_id": agent.id, "month": month}
            )

    def _card(self, agent, month):
        return self.env["score.card"].search(
            [("user_id", "=", agent.id), ("month", "=", month)]
        )

    def _oracle(self, entries):
        """Return what the person has when each month is summed up with all known of it."""
        months = {}
        for entry in entries:
            left = entry.points + sum(entry.reversal_ids.mapped("points"))
            months[entry.period] = months.get(entry.period, 0) + left
        return round(sum(min(total, 0) for total in months.values()), 2)
