from datetime import datetime, timedelta

from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import at_context

from ..models.review import vip_tier_review_again
from .common import FEBRUARY, JANUARY, MARCH, REVIEW_AT
from .review_case import ReviewCase, morning

LATE = morning(JANUARY, 3)
FIVE = [f"D{place}" for place in range(5)]


class TestJudgedAgain(ReviewCase):
    """While nobody has decided, a review follows its figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clients = {number: cls.client(number) for number in (*FIVE, "NEW", "UP")}
        for number in FIVE:
            cls.promote(cls.clients[number], cls.diamond, at=datetime(2023, 12, 5))

    def judged_without_file(self):
        """The review of January, judged without the figures of the five Diamonds."""
        self.file(JANUARY, {"UP": 600_000}, {"UP": 300})
        review = self.env["vip.tier.review"].create({"month": JANUARY})
        review._run(at=REVIEW_AT)
        return review

    def late_file(self, at=LATE, **values):
        self.file(JANUARY, dict.fromkeys(FIVE, 1_200_000), dict.fromkeys(FIVE, 900), at)

    # Figures that come late

    def test_a_fall_that_a_late_file_does_not_justify_ends(self):
        review = self.judged_without_file()
        falls = review.change_ids.filtered(lambda c: c.direction == "demotion")
        self.assertEqual((len(falls), review.demotion_count), (5, 5))
        self.late_file()
        self.assertEqual(set(falls.mapped("state")), {"expired"})
        self.assertEqual(falls.mapped("decided_at"), [LATE] * 5)
        self.assertEqual(self.proposed(review), {"UP": ("silver", "platinum")})
        self.assertEqual((review.promotion_count, review.demotion_count), (1, 0))
        self.assertEqual((review.judged_again_at, review.run_at), (LATE, REVIEW_AT))
        lines = self.log_of(falls)
        self.assertEqual(lines.mapped("action"), ["expired"] * 5)
        self.assertIn("not justified any more", lines[0].reason)

    def test_whom_a_late_file_lets_rise_is_proposed(self):
        review = self.judged_without_file()
        self.file(JANUARY, {"NEW": 1_000_000}, {"NEW": 700}, LATE)
        self.assertEqual(self.proposed(review)["NEW"], ("silver", "diamond"))
        change = review.change_ids.filtered(lambda c: c.partner_id.name == "Client NEW")
        self.assertEqual(change.proposed_at, LATE)
        self.assertFalse(change.figures_changed_at)

    def test_what_is_as_it_was_is_left_alone(self):
        review = self.judged_without_file()
        change = review.change_ids.filtered(lambda c: c.direction == "promotion")
        before = change.read()
        self.late_file()
        self.env.invalidate_all()
        self.assertEqual(change.read(), before)

    def test_a_figure_that_a_person_corrects_counts_as_one_of_a_file(self):
        review = self.judged_without_file()
        [rise] = review.change_ids.filtered(lambda c: c.direction == "promotion")
        figure = (
            self.at(LATE)
            .env["vip.activity"]
            .search(
                [
                    ("partner_id", "=", rise.partner_id.id),
                    ("metric_id", "=", self.deposit.id),
                ]
            )
        )
        figure.write({"value": 400_000})
        self.assertEqual((rise.state, rise.decided_at), ("expired", LATE))
        self.assertEqual(review.promotion_count, 0)

    def test_another_month_changes_nothing(self):
        review = self.judged_without_file()
        for month in FEBRUARY, datetime(2023, 12, 1):
            self.file(month, {"UP": 1}, {"UP": 1}, LATE, confirmed=True)
        self.assertFalse(review.judged_again_at)

    def test_the_window_of_the_rules_reaches_back(self):
        criteria = self.setting_up(self.platinum.criterion_ids)
        criteria.write({"window_months": 2, "aggregate": "avg"})
        self.file(JANUARY, {"UP": 900_000}, {"UP": 300})
        review = self.review()
        self.assertEqual(self.proposed(review).get("UP"), None)
        self.file(datetime(2023, 12, 1), {"UP": 200_000}, {"UP": 100}, LATE)
        self.assertEqual(self.proposed(review)["UP"], ("silver", "platinum"))

    def test_the_job_judges_anew_where_there_is_much(self):
        self.patch(vip_tier_review_again, "FEW_FACTS", 1)
        review = self.judged_without_file()
        self.late_file()
        self.assertTrue(review.outdated)
        change = review.change_ids.filtered(lambda c: c.direction == "promotion")
        with self.assertRaisesRegex(UserError, "judged anew. Try again"):
            self.approve(change)
        # To reject needs no figures.
        fall = review.change_ids.filtered(lambda c: c.direction == "demotion")[0]
        fall.with_user(self.manager)._reject("No file yet")
        self.run_job(morning(JANUARY, 3, 4))
        self.assertFalse(review.outdated)
        self.assertEqual(self.proposed(review), {"UP": ("silver", "platinum")})
        self.assertEqual(fall.state, "rejected")
        self.approve(change)
        self.assertEqual(change.state, "applied")

    def test_a_second_run_changes_nothing(self):
        review = self.judged_without_file()
        self.late_file()
        before = review.change_ids.read(), review.verdict_ids.read()
        review.with_user(self.manager).action_judge_again()
        self.env.invalidate_all()
        after = review.change_ids.read(), review.verdict_ids.read()
        strip = lambda rows: [  # noqa: E731
            {k: v for k, v in row.items() if k not in ("id", "can_decide")}
            for row in rows
        ]
        self.assertEqual(strip(after[0]), strip(before[0]))
        self.assertEqual(strip(after[1]), strip(before[1]))

    # Figures that changed

    def changed(self):
        """A rise whose figures were corrected, and still justify it."""
        review = self.judged_without_file()
        self.file(JANUARY, {"UP": 700_000}, {"UP": 300}, LATE)
        return review.change_ids.filtered(lambda c: c.direction == "promotion")

    def test_a_proposal_says_that_its_figures_changed(self):
        change = self.changed()
        self.assertEqual((change.state, change.figures_changed_at), ("proposed", LATE))
        sign = self.company.currency_id.symbol
        self.assertEqual(
            change.evidence_text,
            f"Deposit {sign}700,000 (before: {sign}600,000) · Volume 300",
        )
        for part in ("Before", "600,000", "700,000"):
            self.assertIn(part, str(change.evidence_html))

    def test_it_is_not_approved_unseen(self):
        change = self.changed()
        with self.assertRaisesRegex(UserError, "figures have changed"):
            self.approve(change)
        action = change.with_user(self.manager).action_approve()
        self.assertEqual(action["res_model"], "vip.tier.change.decision")
        wizard = (
            self.env["vip.tier.change.decision"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({})
        )
        self.assertIn("600,000", str(wizard.evidence_html))
        wizard.action_approve()
        self.assertEqual(change.state, "applied")

    def test_what_changed_once_more_is_seen_once_more(self):
        change = self.changed()
        wizard = (
            self.env["vip.tier.change.decision"]
            .with_user(self.manager)
            .create({"change_ids": change.ids, "decision": "approve"})
        )
        self.assertEqual(wizard.seen_at, LATE)
        self.file(JANUARY, {"UP": 800_000}, {}, LATE + timedelta(hours=1))
        with self.assertRaisesRegex(UserError, "figures have changed"):
            wizard.action_approve()

    def test_many_at_once_leave_it_out_by_name(self):
        changed = self.changed()
        others = changed.review_id.change_ids - changed
        told = self.approve(changed + others)
        message = told["params"]["message"]
        self.assertIn("Client UP", message)
        self.assertIn("look at them", message)
        self.assertEqual(set(others.mapped("state")), {"applied"})
        self.assertEqual(changed.state, "proposed")

    def test_a_correction_taken_back_is_none(self):
        change = self.changed()
        self.file(JANUARY, {"UP": 600_000}, {}, LATE + timedelta(hours=1))
        self.assertFalse(change.figures_changed_at or change.figures_before)
        self.approve(change)
        self.assertEqual(change.state, "applied")

    def test_another_tier_is_another_proposal_that_says_so(self):
        review = self.judged_without_file()
        old = review.change_ids.filtered(lambda c: c.direction == "promotion")
        self.file(JANUARY, {"UP": 1_000_000}, {"UP": 700}, LATE)
        new = review.change_ids.filtered(lambda c: c.to_tier_id == self.diamond)
        self.assertEqual((old.state, new.state), ("expired", "proposed"))
        self.assertEqual(new.figures_changed_at, LATE)
        self.assertEqual(new.figures_before, old.evidence)

    def test_withdrawn_and_back_is_proposed_once_more(self):
        review = self.judged_without_file()
        self.file(JANUARY, {"UP": 1}, {}, LATE)
        self.assertNotIn("UP", self.proposed(review))
        self.file(JANUARY, {"UP": 600_000}, {}, LATE + timedelta(hours=1))
        self.assertEqual(self.proposed(review)["UP"], ("silver", "platinum"))
        change = review.change_ids.filtered(
            lambda c: c.state == "proposed" and c.direction == "promotion"
        )
        self.assertFalse(change.figures_changed_at, "the same figures again")

    def test_what_nobody_decided_in_time_is_not_proposed_again_for_others(self):
        review = self.judged_without_file()
        change = review.change_ids.filtered(lambda c: c.direction == "promotion")
        self.company.vip_proposal_days = 1
        self.env["vip.tier.change"]._expire_stale(self.company, LATE)
        self.assertEqual(change.state, "expired")
        self.late_file(at=LATE + timedelta(hours=1))
        self.assertEqual(self.proposed(review), {})
        self.file(JANUARY, {"UP": 610_000}, {}, LATE + timedelta(hours=2))
        self.assertEqual(self.proposed(review), {"UP": ("silver", "platinum")})

    # What was decided stays

    def test_whom_a_person_decided_about_is_left_alone(self):
        review = self.judged_without_file()
        up = review.change_ids.filtered(lambda c: c.direction == "promotion")
        self.approve(up, at=REVIEW_AT + timedelta(hours=1))
        verdict = review.verdict_ids.filtered(lambda v: v.partner_id == up.partner_id)
        self.file(JANUARY, {"UP": 1}, {"UP": 1}, LATE)
        self.assertEqual(
            (up.state, up.partner_id.vip_tier_id), ("applied", self.platinum)
        )
        self.assertEqual(verdict.exists().outcome, "promotion")
        self.assertNotIn("UP", self.proposed(review))

    def test_a_proposal_that_a_person_made_since_stays(self):
        review = self.judged_without_file()
        client = self.clients["NEW"]
        own = self.change(client, self.platinum, proposed_by_id=self.manager.id)
        self.file(JANUARY, {"NEW": 1_000_000}, {"NEW": 700}, LATE)
        self.assertEqual(own.state, "proposed")
        self.assertNotIn("NEW", self.proposed(review))

    def test_approved_by_rule_is_decided(self):
        self.company.vip_auto_approval = "promotions"
        review = self.judged_without_file()
        self.assertEqual(self.clients["UP"].vip_tier_id, self.platinum)
        self.file(JANUARY, {"UP": 1, "NEW": 600_000}, {"NEW": 300}, LATE)
        self.assertEqual(self.clients["UP"].vip_tier_id, self.platinum)
        self.assertEqual(self.clients["NEW"].vip_tier_id, self.platinum, "by rule, too")
        self.assertEqual(review.promotion_count, 2)

    # Reviews before it

    def test_reviews_since_which_nothing_was_decided_are_judged_anew_with_it(self):
        self.setting_up(self.diamond).grace_reviews = 1
        few, lots = dict.fromkeys(FIVE, 5), dict.fromkeys(FIVE, 5)
        for month in JANUARY, FEBRUARY:
            self.file(month, few, lots)
            self.review(month, at=morning(month))
        self.assertEqual(len(self.proposed(self.reviews()[FEBRUARY])), 5)
        self.late_file(at=morning(FEBRUARY, 4))
        reviews = self.reviews()
        self.assertFalse(reviews[JANUARY].verdict_ids)
        self.assertEqual(reviews[FEBRUARY].grace_count, 5, "the first in a row")
        self.assertEqual(self.proposed(reviews[FEBRUARY]), {})
        self.assertEqual({r.state for r in reviews.values()}, {"done"})

    def test_reviews_before_a_decision_stay_as_they_are(self):
        self.file(JANUARY, {"UP": 600_000}, {"UP": 300})
        january = self.review()
        self.approve(january.change_ids, at=REVIEW_AT + timedelta(hours=1))
        self.file(FEBRUARY, {"UP": 600_000}, {"UP": 300})
        self.review(FEBRUARY, at=morning(FEBRUARY))
        self.late_file(at=morning(FEBRUARY, 4))
        self.assertFalse(january.judged_again_at)
        with self.assertRaisesRegex(UserError, "see its corrections"):
            january.with_user(self.manager).action_judge_again()
        self.assertFalse(january.may_judge_again)

    def test_who_lets_it_judge_anew_does_not_approve_it(self):
        review = self.judged_without_file()
        review.with_user(self.manager).action_judge_again()
        with self.assertRaisesRegex(UserError, "Somebody else decides"):
            self.approve(review.change_ids)
        review.change_ids.with_user(self.second)._approve()
        self.assertEqual(set(review.change_ids.mapped("state")), {"applied"})


class TestWhoRanTheReview(ReviewCase):
    """Who lets a review judge is one of the two people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fact(cls.client("UP"), JANUARY, 600_000, 300)

    def ran_by_hand(self):
        review = self.env["vip.tier.review"].with_user(self.manager)
        review = review.create({"month": JANUARY})
        review.with_context(**at_context(REVIEW_AT)).action_run()
        return review.sudo().change_ids

    def test_does_not_approve_its_result_alone(self):
        change = self.ran_by_hand()
        self.assertFalse(change.with_user(self.manager).can_decide)
        with self.assertRaisesRegex(UserError, "Somebody else decides"):
            self.approve(change)
        change.with_user(self.second)._approve()
        self.assertEqual(change.state, "applied")

    def test_does_where_the_company_says_so(self):
        change = self.ran_by_hand()
        self.company.vip_review_single = True
        self.env.invalidate_all()
        self.assertTrue(change.with_user(self.manager).can_decide)
        self.approve(change)
        self.assertEqual(change.state, "applied")

    def test_that_setting_is_for_what_the_rules_propose(self):
        self.company.vip_review_single = True
        own = self.env["vip.tier.change"].with_user(self.manager)
        own = own.create(
            {
                "partner_id": self.client("OWN").id,
                "to_tier_id": self.diamond.id,
                "reason": "A friend",
            }
        )
        with self.assertRaisesRegex(UserError, "Somebody else decides"):
            own._approve()

    def test_one_decided_meanwhile_stops_no_other_and_is_named(self):
        for number in "A", "B":
            self.fact(self.client(number), JANUARY, 600_000, 300)
        changes = self.review().change_ids
        self.approve(changes[0])
        told = self.approve(changes)
        self.assertEqual(set(changes.mapped("state")), {"applied"})
        self.assertIn(changes[0].partner_id.name, told["params"]["message"])

    def test_a_proposal_of_a_person_that_a_review_ends_leaves_a_line(self):
        own = self.change(
            self.client("OWN"), self.platinum, proposed_by_id=self.second.id
        )
        self.review()
        [line] = self.log_of(own)
        self.assertEqual((own.state, line.action), ("expired", "expired"))
        self.assertEqual(line.reason, "Replaced by the review of January 2024")


class TestCorrections(ReviewCase):
    """What was decided stays; whose tier would be another is listed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in "UP", "SAME", "LOW", "FALLS":
            cls.client(number)
        cls.low, cls.falls = (
            cls.env["res.partner"].search([("client_number", "=", number)])
            for number in ("LOW", "FALLS")
        )
        cls.promote(cls.falls, cls.platinum, at=datetime(2023, 12, 5))

    def setUp(self):
        super().setUp()
        deposits = {"UP": 600_000, "SAME": 600_000, "LOW": 5, "FALLS": 5}
        self.file(JANUARY, deposits, dict.fromkeys(deposits, 300), at=REVIEW_AT)
        self.january = self.review(at=REVIEW_AT + timedelta(hours=1))
        self.approve(self.january.change_ids, at=REVIEW_AT + timedelta(hours=2))

    def corrections(self, review=None):
        review = review or self.january
        action = review.with_user(self.manager).action_open_corrections()
        found = self.env["vip.tier.correction"].with_user(self.manager)
        return {
            row.partner_id.client_number: (
                row.tier_id.code,
                row.found_id.code,
                row.now_id.code,
                row.change_state,
            )
            for row in found.search(action["domain"])
        }

    def test_there_are_none_where_nothing_changed(self):
        self.assertEqual(self.corrections(), {})

    def test_whose_tier_would_be_another(self):
        deposits = {"UP": 5, "SAME": 700_000, "FALLS": 600_000}
        self.file(JANUARY, deposits, {}, LATE)
        self.assertEqual(
            self.corrections(),
            {
                "UP": ("silver", "platinum", "silver", "applied"),
                "FALLS": ("platinum", "silver", "platinum", "applied"),
            },
        )
        row = self.env["vip.tier.correction"].search(
            [("partner_id.name", "like", "UP")]
        )
        self.assertEqual(
            (row.then_text, row.now_text),
            ("Deposit $600,000 · Volume 300", "Deposit $5 · Volume 300"),
        )

    def test_of_a_month_before_the_last_review_too(self):
        self.file(FEBRUARY, {"UP": 600_000, "SAME": 600_000}, {"UP": 300, "SAME": 300})
        february = self.review(FEBRUARY, at=morning(FEBRUARY))
        self.file(JANUARY, {"LOW": 600_000}, {}, morning(FEBRUARY, 3))
        self.assertEqual(
            self.corrections(), {"LOW": ("silver", "silver", "platinum", False)}
        )
        self.assertEqual(self.corrections(february), {})

    def test_a_correction_taken_back_is_none(self):
        self.file(JANUARY, {"UP": 5}, {}, LATE)
        self.file(JANUARY, {"UP": 600_000}, {}, LATE + timedelta(hours=1))
        self.assertEqual(self.corrections(), {})

    def test_who_has_an_override_is_not_listed(self):
        self.change(
            self.low,
            self.diamond,
            state="applied",
            reason="A friend",
            override_until=MARCH,
            override_end=MARCH,
            effective_date=JANUARY,
        )
        self.file(JANUARY, {"LOW": 600_000}, {}, LATE)
        self.assertEqual(self.corrections(), {})

    def test_rows_are_found_for_who_reads_the_review(self):
        self.file(JANUARY, {"UP": 5}, {}, LATE)
        auditor = self.january.with_user(self.users["auditor"])
        auditor.action_open_corrections()
        self.assertEqual(len(self.env["vip.tier.correction"].search([])), 1)
