from datetime import date, datetime

from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import at_context

from .common import FEBRUARY, JANUARY, MARCH, REVIEW_AT
from .review_case import APRIL, ReviewCase, morning

FIVE = [f"D{place}" for place in range(5)]
RICH = dict.fromkeys(FIVE, 1_200_000)
BUSY = dict.fromkeys(FIVE, 900)


class TestReviewWaits(ReviewCase):
    """A month is judged once its figures are complete."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in FIVE:
            cls.promote(cls.client(number), cls.diamond, at=datetime(2023, 12, 5))

    def waiting(self, month, at):
        review = self.env["vip.tier.review"].new({"month": month})
        return review.with_context(**at_context(at)).waiting_for

    def test_nobody_falls_because_a_file_is_late(self):
        self.file(JANUARY, RICH, BUSY)
        self.assertEqual(self.run_job(REVIEW_AT)[JANUARY].state, "done")
        review = self.run_job(morning(FEBRUARY))[FEBRUARY]
        self.assertEqual((review.state, len(review.change_ids)), ("draft", 0))
        self.assertEqual(
            self.waiting(FEBRUARY, morning(FEBRUARY)),
            "Deposit (no figures yet); Volume (no figures yet)",
        )
        self.file(FEBRUARY, RICH, BUSY)
        review = self.run_job(morning(FEBRUARY, 4))[FEBRUARY]
        self.assertEqual((review.state, len(review.change_ids)), ("done", 0))

    def test_half_a_file_is_no_file(self):
        self.file(JANUARY, RICH, BUSY)
        self.run_job(REVIEW_AT)
        self.file(FEBRUARY, RICH)
        review = self.run_job(morning(FEBRUARY))[FEBRUARY]
        self.assertEqual(review.state, "draft")
        self.assertEqual(review.waiting_for, "Volume (no figures yet)")

    def test_a_metric_that_the_ladder_does_not_measure_is_not_missed(self):
        users = self.env["vip.metric"].create({"name": "Logins", "code": "logins"})
        self.env["vip.activity"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.client("X").id,
                "metric_id": users.id,
                "month": JANUARY,
                "value": 3,
            }
        )
        for month in JANUARY, FEBRUARY:
            self.file(month, RICH, BUSY)
        self.run_job(REVIEW_AT)
        self.assertEqual(self.run_job(morning(FEBRUARY))[FEBRUARY].state, "done")

    def test_the_managers_are_told_once(self):
        self.file(JANUARY, RICH, BUSY)
        self.run_job(REVIEW_AT)
        for day in 1, 2, 3:
            review = self.run_job(morning(FEBRUARY, day))[FEBRUARY]
        told = self.env["mail.message"].search(
            [("model", "=", review._name), ("res_id", "=", review.id)]
        )
        told = told.filtered(lambda m: m.message_type == "user_notification")
        self.assertEqual(len(told), 1)
        self.assertIn("Deposit", told.body)
        managers = (self.manager + self.second + self.users["admin"]).partner_id
        self.assertLessEqual(managers, told.partner_ids)
        self.assertNotIn(self.users["auditor"].partner_id, told.partner_ids)

    def test_the_button_waits_too(self):
        self.file(JANUARY, RICH, BUSY)
        self.run_job(REVIEW_AT)
        review = self.env["vip.tier.review"].create({"month": FEBRUARY})
        with self.assertRaisesRegex(UserError, "waits for: Deposit"):
            review.with_user(self.manager).action_run()

    def test_a_trial_does_not_wait(self):
        self.file(JANUARY, RICH, BUSY)
        trial = self.env["vip.tier.review"].create({"month": FEBRUARY, "trial": True})
        trial._run(at=morning(FEBRUARY))
        self.assertEqual((trial.state, trial.demotion_count), ("tried", 5))
        self.assertFalse(trial.waiting_for)


class TestSourcesComplete(ReviewCase):
    """What completes a month, as each source says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.c1, cls.c2 = cls.client("C-1"), cls.client("C-2")

    def lacking(self, at=REVIEW_AT, month=JANUARY):
        review = self.env["vip.tier.review"].new(
            {"company_id": self.company.id, "month": month}
        )
        return review._lacking(at)

    def test_a_file_completes(self):
        books = self.source("Books", self.deposit)
        desk = self.source("Desk", self.volume)
        self.assertEqual(
            self.lacking(), ["Books (no file has come)", "Desk (no file has come)"]
        )
        self.file(JANUARY, {"C-1": 5}, source_id=books.id)
        self.assertEqual(self.lacking(), ["Desk (no file has come)"])
        self.file(FEBRUARY, {}, {"C-1": 5}, source_id=desk.id)
        self.assertEqual(self.lacking(), ["Desk (no file has come)"])
        self.file(JANUARY, {}, {"C-1": 5}, source_id=desk.id)
        self.assertEqual(self.lacking(), [])

    def test_a_file_of_which_no_row_was_accepted_completes_nothing(self):
        self.source("Books", self.deposit)
        record = self.file(JANUARY, {"nobody": 5})
        self.assertEqual(record.state, "failed")
        self.assertEqual(self.lacking(), ["Books (no file has come)"])

    def test_so_many_rows_complete(self):
        self.source("Books", self.deposit, completed_by="count", least_rows=2)
        self.file(JANUARY, {"C-1": 5})
        self.assertEqual(self.lacking(), ["Books (1 of 2 rows have come)"])
        # Again the same is no second row; another client's is.
        self.file(JANUARY, {"C-1": 5})
        self.assertEqual(self.lacking(), ["Books (1 of 2 rows have come)"])
        self.file(JANUARY, {"C-2": 5})
        self.assertEqual(self.lacking(), [])

    def test_the_control_total_completes(self):
        self.source(
            "Books",
            self.deposit,
            completed_by="total",
            control_metric_id=self.deposit.id,
        )
        self.assertEqual(self.lacking(), ["Books (no file has come)"])
        self.file(JANUARY, {"C-1": 5, "gone": 2.5}, control_total=7.5)
        self.assertEqual(
            self.lacking(), ["Books (the newest file adds up to 5, not to 7.50)"]
        )
        self.file(JANUARY, {"C-1": 5, "C-2": 2.5}, control_total=7.5)
        self.assertEqual(self.lacking(), [])

    def test_a_day_completes_whatever_has_come(self):
        self.source("Books", self.deposit + self.volume, completed_by="day", day=5)
        self.fact(self.c1, date(2023, 12, 1), 5, 5)
        self.assertEqual(
            self.lacking(morning(JANUARY, 4)), ["Books (from Feb 5, 2024 on)"]
        )
        self.assertEqual(self.lacking(morning(JANUARY, 5, 0)), [])

    def test_a_metric_that_a_file_forgot_is_missed(self):
        self.source("Books", self.deposit + self.volume)
        self.fact(self.c1, date(2023, 12, 1), 5, 5)
        self.file(JANUARY, {"C-1": 5})
        self.assertEqual(self.lacking(), ["Volume (no figures yet)"])

    def test_a_source_of_another_company_or_out_of_use_is_not_waited_for(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.source("Far", self.deposit, company_id=other.id)
        self.source("Old", self.deposit, active=False)
        self.assertEqual(self.lacking(), [])

    def test_the_job_judges_once_all_have_come(self):
        books = self.source("Books", self.deposit)
        desk = self.source("Desk", self.volume)
        self.file(JANUARY, {"C-1": 600_000}, source_id=books.id)
        review = self.run_job(REVIEW_AT)[JANUARY]
        self.assertEqual(review.waiting_for, "Desk (no file has come)")
        job = self.env.ref("vip_service.ir_cron_tier_review")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])
        self.file(JANUARY, {}, {"C-1": 300}, source_id=desk.id)
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])
        self.assertEqual(after - before, 1, "the job looks at once")
        review = self.run_job(morning(JANUARY, 3))[JANUARY]
        self.assertEqual(self.proposed(review), {"C-1": ("silver", "platinum")})


class TestReviewInOrder(ReviewCase):
    """Months are settled one after the other; grace is in a row, across no gap."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.low = cls.client("LOW")
        cls.promote(cls.low, cls.platinum, at=datetime(2023, 12, 5))
        cls.setting_up(cls.platinum).grace_reviews = 2

    def outcomes(self):
        return {
            month: [(v.outcome, v.streak) for v in review.verdict_ids]
            for month, review in self.reviews().items()
        }

    def test_the_job_catches_up_on_months_that_it_missed(self):
        for month in JANUARY, FEBRUARY, MARCH:
            self.file(month, {"LOW": 1}, {"LOW": 1})
        self.run_job(REVIEW_AT)
        self.run_job(morning(MARCH, 5))
        self.assertEqual(
            self.outcomes(),
            {
                JANUARY: [("grace", 1)],
                FEBRUARY: [("grace", 2)],
                MARCH: [("demotion", 3)],
            },
        )

    def test_before_the_review_day_only_older_months_are_caught_up_on(self):
        self.company.vip_review_day = 10
        for month in JANUARY, FEBRUARY, MARCH:
            self.file(month, {"LOW": 1}, {"LOW": 1})
        self.run_job(morning(JANUARY, 10))
        self.assertEqual(set(self.run_job(morning(MARCH, 9))), {JANUARY, FEBRUARY})
        self.assertIn(MARCH, self.run_job(morning(MARCH, 10)))

    def test_a_month_that_waits_keeps_those_after_it_waiting(self):
        self.file(JANUARY, {"LOW": 1}, {"LOW": 1})
        self.run_job(REVIEW_AT)
        self.file(MARCH, {"LOW": 1}, {"LOW": 1})
        reviews = self.run_job(morning(MARCH))
        self.assertEqual(set(reviews), {JANUARY, FEBRUARY})
        with self.assertRaisesRegex(UserError, "Review February 2024 first"):
            self.review(MARCH, at=morning(MARCH))
        self.file(FEBRUARY, {"LOW": 1}, {"LOW": 1})
        self.run_job(morning(MARCH, 2))
        self.assertEqual(self.outcomes()[MARCH], [("demotion", 3)])

    def test_the_first_month_that_waited_comes_first(self):
        books = self.source("Books", self.deposit)
        self.file(JANUARY, {"LOW": 1}, {"LOW": 1}, source_id=False)
        self.run_job(REVIEW_AT)
        self.file(FEBRUARY, {"LOW": 1}, {"LOW": 1}, source_id=books.id)
        reviews = self.run_job(morning(FEBRUARY))
        self.assertEqual({m: r.state for m, r in reviews.items()}, {JANUARY: "draft"})
        self.file(JANUARY, {"LOW": 1}, source_id=books.id)
        reviews = self.run_job(morning(FEBRUARY, 2))
        self.assertEqual(self.outcomes()[FEBRUARY], [("grace", 2)])

    def leave_out(self, month, at, reason="The system was down"):
        review = self.env["vip.tier.review"].create({"month": month})
        review.with_user(self.manager)._leave_out(reason, at=at)
        return review

    def test_nothing_in_a_row_runs_across_a_month_left_out(self):
        for month in JANUARY, MARCH:
            self.file(month, {"LOW": 1}, {"LOW": 1})
        self.run_job(REVIEW_AT)
        left = self.leave_out(FEBRUARY, morning(FEBRUARY))
        self.assertEqual((left.state, left.run_by_id), ("left", self.manager))
        self.env.flush_all()
        outlook = self.env["vip.tier.outlook"].search(
            [("partner_id", "=", self.low.id)]
        )
        self.assertEqual((outlook.shortfalls, outlook.grace_left), (0, 2))
        self.run_job(morning(MARCH))
        self.assertEqual(self.outcomes()[MARCH], [("grace", 1)])

    def test_a_month_is_left_out_by_a_manager_with_a_reason(self):
        self.file(JANUARY, {"LOW": 1}, {"LOW": 1})
        self.run_job(REVIEW_AT)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.leave_out(FEBRUARY, morning(FEBRUARY), reason=" ")
        self.env["vip.tier.review"].search([("month", "=", FEBRUARY)]).unlink()
        with self.assertRaisesRegex(UserError, "not over yet"):
            self.leave_out(FEBRUARY, datetime(2024, 2, 20))
        review = self.env["vip.tier.review"].search([("month", "=", FEBRUARY)])
        with self.assertRaises(AccessError):
            review.with_user(self.users["auditor"])._leave_out("No", at=morning(MARCH))
        review.with_user(self.manager)._leave_out("The system was down")
        [line] = self.log_of(review)
        self.assertEqual(
            (line.user_id, line.action, line.reason, line.new_values),
            (self.manager.id, "decided", "The system was down", {"state": "left"}),
        )
        with self.assertRaises(UserError):
            review.with_user(self.manager)._leave_out("Again")
        with self.assertRaises(UserError):
            review.unlink()

    def test_the_last_month_left_out_may_be_reviewed_after_all(self):
        for month in JANUARY, MARCH:
            self.file(month, {"LOW": 1}, {"LOW": 1})
        self.run_job(REVIEW_AT)
        left = self.leave_out(FEBRUARY, morning(FEBRUARY))
        with self.assertRaises(AccessError):
            left.with_user(self.users["auditor"]).action_take_back()
        left.with_user(self.manager).action_take_back()
        self.assertEqual((left.state, left.reason), ("draft", False))
        self.assertEqual(self.log_of(left)[-1].new_values, {"state": "draft"})
        left.with_user(self.manager)._leave_out("No", at=morning(FEBRUARY))
        self.run_job(morning(MARCH))
        with self.assertRaisesRegex(UserError, "Only the last month"):
            left.with_user(self.manager).action_take_back()

    def test_months_are_left_out_in_order_too(self):
        self.file(JANUARY, {"LOW": 1}, {"LOW": 1})
        self.run_job(REVIEW_AT)
        with self.assertRaisesRegex(UserError, "Review February 2024 first"):
            self.leave_out(MARCH, morning(MARCH))
        self.env["vip.tier.review"].search([("month", "=", MARCH)]).unlink()
        self.leave_out(FEBRUARY, morning(FEBRUARY))
        self.leave_out(MARCH, morning(MARCH))
        with self.assertRaisesRegex(UserError, "already reviewed"):
            self.review(date(2023, 12, 1))
        self.file(APRIL, {"LOW": 1}, {"LOW": 1})
        self.assertEqual(self.run_job(morning(APRIL))[APRIL].state, "done")

    def test_a_manager_lets_a_month_be_judged_without_waiting(self):
        self.file(JANUARY, {"LOW": 1}, {"LOW": 1})
        self.run_job(REVIEW_AT)
        review = self.run_job(morning(FEBRUARY))[FEBRUARY].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Say why"):
            review._judge_anyway("")
        wizard = self.env["vip.tier.review.reason"].with_user(self.manager)
        wizard = wizard.create({"review_id": review.id, "reason": "No file will come"})
        wizard.with_context(**at_context(morning(FEBRUARY))).action_judge()
        self.assertEqual((review.state, review.reason), ("done", "No file will come"))
        self.assertEqual(review.by_hand_ids, self.manager)
        [line] = self.log_of(review)
        self.assertEqual((line.action, line.reason), ("decided", "No file will come"))

    def test_what_was_complete_needs_no_reason(self):
        self.file(JANUARY, {"LOW": 1}, {"LOW": 1})
        review = self.env["vip.tier.review"].create({"month": JANUARY})
        review.with_user(self.manager)._judge_anyway("To be sure", at=REVIEW_AT)
        self.assertFalse(review.reason)
        self.assertFalse(self.log_of(review))
