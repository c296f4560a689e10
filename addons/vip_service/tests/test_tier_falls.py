from datetime import date, datetime

from odoo.addons.vip_base.tools.times import add_months, at_context

from .common import JANUARY, VipCase

BEFORE = datetime(2023, 12, 10)


def review_at(month):
    """Return the morning of the first day of the month after ``month``."""
    after = add_months(month, 1)
    return datetime(after.year, after.month, 1, 3)


class TestFallsByPeriod(VipCase):
    """Rises every month, falls only where a period of the year closes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vip_falls_every = "3"
        cls.low = cls.client("LOW")
        cls.promote(cls.low, cls.platinum, at=BEFORE)

    def months(self, count, start=JANUARY):
        """Review ``count`` months; return what became of LOW in each."""
        found = []
        for place in range(count):
            month = add_months(start, place)
            review = self.review(month, at=review_at(month))
            verdict = review.verdict_ids.filtered(lambda v: v.partner_id == self.low)
            found.append((verdict.outcome, verdict.streak))
        return found

    def test_a_fall_waits_for_the_end_of_the_quarter(self):
        self.assertEqual(self.months(3), [("grace", 1), ("grace", 2), ("demotion", 3)])

    def test_every_month_by_default(self):
        self.company.vip_falls_every = "1"
        self.assertEqual(self.months(1), [("demotion", 1)])

    def test_half_years_and_years(self):
        self.company.vip_falls_every = "6"
        found = self.months(2, start=date(2024, 5, 1))
        self.assertEqual(found, [("grace", 1), ("demotion", 2)])
        self.company.vip_falls_every = "12"
        # What was proposed in June was not decided: it is counted on.
        found = self.months(6, start=date(2024, 7, 1))
        self.assertEqual(
            found, [*(("grace", streak) for streak in range(3, 8)), ("demotion", 8)]
        )

    def test_who_recovers_before_does_not_fall(self):
        self.fact(self.low, date(2024, 3, 1), 600_000, 300)
        self.assertEqual(self.months(3)[2], (False, 0))

    def test_grace_that_ends_within_a_quarter_waits_for_its_end(self):
        self.setting_up(self.platinum).grace_reviews = 3
        self.assertEqual(
            [outcome for outcome, _n in self.months(6)],
            ["grace"] * 5 + ["demotion"],
        )

    def test_a_rise_waits_for_nothing(self):
        new = self.client("NEW")
        self.fact(new, JANUARY, 600_000, 300)
        review = self.review()
        self.assertEqual(review.change_ids.partner_id, new)

    def test_a_back_test_respects_it(self):
        backtest = self.env["vip.tier.backtest"].create(
            {"month_from": JANUARY, "months": 4}
        )
        backtest._run()
        self.assertEqual(backtest.line_ids.mapped("month"), [date(2024, 3, 1)])
        self.company.vip_falls_every = "1"
        backtest._run()
        self.assertEqual(backtest.line_ids.mapped("month"), [JANUARY])

    def test_the_outlook_counts_the_reviews_that_are_left(self):
        self.fact(self.low, JANUARY, 1, 1)
        self.review()

        def left():
            at = at_context(review_at(JANUARY))
            self.env.flush_all()
            outlook = self.env["vip.tier.outlook"].with_context(**at)
            outlook.invalidate_model()
            row = outlook.search([("partner_id", "=", self.low.id)])
            page = self.low.with_user(self.users["manager"]).with_context(**at)
            page.invalidate_recordset()
            sections = {s["key"]: s["data"] for s in page.client_360()["sections"]}
            self.assertEqual(row.grace_left, sections["road"]["retain"]["grace_left"])
            return row.at_risk, row.shortfalls, row.grace_left

        # February may find less, March proposes the fall.
        self.assertEqual(left(), (True, 1, 1))
        self.setting_up(self.platinum).grace_reviews = 4
        # 4 of grace, 1 used: February to April; May waits for June.
        self.assertEqual(left(), (True, 1, 4))
        self.company.vip_falls_every = "1"
        self.assertEqual(left(), (True, 1, 3))

    def test_the_rules_of_a_review_keep_it(self):
        review = self.review()
        self.assertEqual(review.rules["falls_every"], 3)

    def test_the_setting_is_kept_in_the_log(self):
        self.company.vip_falls_every = "12"
        line = self.env["vip.audit.log"].search(
            [("model", "=", "res.company"), ("res_id", "=", self.company.id)], limit=1
        )
        self.assertEqual(line.new_values, {"vip_falls_every": "12"})
