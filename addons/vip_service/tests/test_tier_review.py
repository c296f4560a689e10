from datetime import date, datetime

from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import at_context

from .common import FEBRUARY, JANUARY, MARCH, REVIEW_AT, VipCase


class TestTierReview(VipCase):
    def proposals(self, review):
        """Return ``{client number: code of the proposed tier}``."""
        return {
            change.partner_id.client_number: change.to_tier_id.code
            for change in review.change_ids
        }

    # Thresholds

    def test_at_the_threshold_a_client_qualifies(self):
        for number, deposit, volume in (
            ("diamond", 1_000_000, 700),
            ("almost", 999_999.99, 700),
            ("few lots", 1_000_000, 699),
            ("platinum", 500_000, 200),
            ("silver", 499_999.99, 200),
            ("poor", 500_000, 199),
        ):
            self.fact(self.client(number), JANUARY, deposit, volume)
        review = self.review()
        self.assertEqual(
            self.proposals(review),
            {
                "diamond": "diamond",
                "almost": "platinum",
                "few lots": "platinum",
                "platinum": "platinum",
            },
        )
        self.assertEqual(
            (review.client_count, review.promotion_count, review.demotion_count),
            (6, 4, 0),
        )

    def test_any_criterion_is_enough_when_the_tier_says_so(self):
        self.setting_up(self.platinum).match = "any"
        self.fact(self.client("lots"), JANUARY, 0, 200)
        self.fact(self.client("money"), JANUARY, 500_000, 0)
        self.fact(self.client("neither"), JANUARY, 499_999, 199)
        self.assertEqual(
            self.proposals(self.review()), {"lots": "platinum", "money": "platinum"}
        )

    def test_a_tier_without_criteria_is_not_given_by_the_rules(self):
        self.diamond.criterion_ids.unlink()
        self.fact(self.client("rich"), JANUARY, 9_000_000, 9_000)
        self.assertEqual(self.proposals(self.review()), {"rich": "platinum"})

    def test_who_is_in_a_tier_stays_from_its_retain_threshold(self):
        self.setting_up(self.platinum.criterion_ids).write({"retain": 100})
        stays, falls, outside = map(self.client, ("stays", "falls", "outside"))
        for client in stays, falls:
            self.promote(client, self.platinum, at=datetime(2024, 1, 10))
        for client, lots in ((stays, 100), (falls, 99), (outside, 199)):
            self.fact(client, JANUARY, 400_000, lots)
        self.assertEqual(self.proposals(self.review()), {"falls": "silver"})

    def test_a_client_without_figures_falls_to_the_lowest_tier(self):
        client = self.client("gone")
        self.promote(client, self.diamond, at=datetime(2024, 1, 10))
        review = self.review()
        self.assertEqual(self.proposals(review), {"gone": "silver"})
        self.assertEqual((review.client_count, review.demotion_count), (1, 1))

    def test_a_fall_may_stop_halfway(self):
        client = self.client("halfway")
        self.promote(client, self.diamond, at=datetime(2024, 1, 10))
        self.fact(client, JANUARY, 600_000, 300)
        self.assertEqual(self.proposals(self.review()), {"halfway": "platinum"})

    # Windows

    def criterion(self, aggregate, months, threshold):
        """Let Platinum ask for one thing only; Diamond for nothing."""
        (self.platinum | self.diamond).criterion_ids.unlink()
        self.platinum.criterion_ids = [
            (
                0,
                0,
                {
                    "metric_id": self.volume.id,
                    "aggregate": aggregate,
                    "window_months": months,
                    "qualify": threshold,
                },
            )
        ]

    def judged(self, aggregate, months, threshold, *lots):
        """Return whether ``lots`` (months up to March, None = no figures) qualify."""
        self.criterion(aggregate, months, threshold)
        client = self.client("X")
        for month, value in zip((JANUARY, FEBRUARY, MARCH), lots, strict=True):
            self.fact(client, month, volume=value)
        review = self.review(MARCH, at=datetime(2024, 4, 1))
        return self.proposals(review) == {"X": "platinum"}

    def test_the_window_reaches_back_n_calendar_months(self):
        self.assertTrue(self.judged("sum", 2, 300, 999, 100, 200))

    def test_the_window_reaches_no_further(self):
        self.assertFalse(self.judged("sum", 2, 301, 999, 100, 200))

    def test_missing_months_count_as_zero_in_an_average(self):
        self.assertTrue(self.judged("avg", 3, 100, None, 100, 200))

    def test_an_average_is_over_the_whole_window(self):
        self.assertFalse(self.judged("avg", 3, 101, None, 100, 200))

    def test_the_lowest_month_is_the_lowest(self):
        self.assertTrue(self.judged("min", 3, 100, 100, 300, 200))

    def test_a_missing_month_is_the_lowest_month(self):
        self.assertFalse(self.judged("min", 3, 1, None, 300, 200))

    def test_the_highest_month_needs_no_other(self):
        self.assertTrue(self.judged("max", 3, 300, None, 300, None))

    def test_the_last_month_is_the_month_under_review(self):
        self.assertTrue(self.judged("last", 3, 200, 0, 0, 200))

    def test_a_missing_last_month_is_zero(self):
        self.assertFalse(self.judged("last", 3, 1, 500, 500, None))

    def test_only_the_current_version_of_a_fact_counts(self):
        client = self.client("X")
        self.fact(client, JANUARY, 1_000_000, 700)
        self.env["vip.activity"].search([]).superseded_at = REVIEW_AT
        self.env.flush_all()
        self.fact(client, JANUARY, 0, 0)
        self.assertEqual(self.proposals(self.review()), {})

    # Frozen

    def test_rules_and_evidence_stay_as_they_were(self):
        client = self.client("X")
        self.fact(client, JANUARY, 600_000, 300)
        review = self.review()
        rules, evidence = review.rules, review.change_ids.evidence
        self.setting_up(self.platinum.criterion_ids).write({"qualify": 1})
        self.env["vip.activity"].search([]).write({"value": 5})
        self.env.invalidate_all()
        self.assertEqual(review.rules, rules)
        self.assertEqual(review.change_ids.evidence, evidence)
        self.assertEqual(evidence["month"], "2024-01-01")
        [deposit] = [
            row
            for row in evidence["criteria"]
            if (row["tier"], row["metric"]) == ("platinum", "deposit")
        ]
        self.assertEqual(
            {key: deposit[key] for key in ("value", "qualify", "retain", "passed")},
            {"value": 600_000, "qualify": 500_000, "retain": 500_000, "passed": True},
        )
        self.assertEqual((deposit["window_months"], deposit["aggregate"]), (1, "sum"))

    def test_evidence_is_readable_by_people(self):
        self.fact(self.client("X"), JANUARY, 600_000.5, 300)
        change = self.review().change_ids
        text = str(change.evidence_html)
        for part in ("Platinum", "Deposit", "600,001", "1,000,000", "not reached"):
            self.assertIn(part, text)
        sign = self.company.currency_id.symbol
        self.assertEqual(change.evidence_text, f"Deposit {sign}600,001 · Volume 300")

    # Again, in order, by month

    def test_a_second_run_changes_nothing(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        review = self.review()
        before = review.read(), review.change_ids.read()
        review._run(at=datetime(2024, 3, 1))
        self.env.invalidate_all()
        self.assertEqual((review.read(), review.change_ids.read()), before)
        with self.assertRaises(UserError):
            review.action_run()

    def test_a_month_is_reviewed_when_it_is_over(self):
        with self.assertRaises(UserError):
            self.review(JANUARY, at=datetime(2024, 1, 31, 23, 59))

    def test_a_month_ends_in_the_companys_zone(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.review(JANUARY, at=datetime(2024, 1, 31, 16, 0))
        self.company.resource_calendar_id.tz = "America/New_York"
        with self.assertRaises(UserError):
            self.review(FEBRUARY, at=datetime(2024, 3, 1, 3, 0))

    def test_months_are_reviewed_forwards_only(self):
        self.review(FEBRUARY, at=datetime(2024, 3, 1))
        with self.assertRaises(UserError):
            self.review(JANUARY, at=datetime(2024, 3, 2))

    def test_a_newer_review_lets_undecided_proposals_expire(self):
        client = self.client("X")
        self.fact(client, JANUARY, 600_000, 300)
        self.fact(client, FEBRUARY, 1_000_000, 700)
        old = self.review().change_ids
        new = self.review(FEBRUARY, at=datetime(2024, 3, 1)).change_ids
        self.assertEqual((old.state, new.state), ("expired", "proposed"))
        self.assertEqual(old.decided_at, datetime(2024, 3, 1))
        self.assertEqual(new.to_tier_id, self.diamond)

    def test_who_is_archived_is_not_proposed(self):
        archived = self.client("archived")
        self.fact(archived, JANUARY, 600_000, 300)
        archived.active = False
        self.assertEqual(self.proposals(self.review()), {})

    # Companies

    def test_each_company_judges_by_its_own_facts_and_ladder(self):
        other = self.env["res.company"].create({"name": "Other"})
        client = self.client("X")
        self.fact(client, JANUARY, 600_000, 300)
        self.fact(client, JANUARY, 1_000_000, 700, company=other)
        here, there = self.review(), self.review(company=other)
        self.assertEqual(here.change_ids.to_tier_id, self.platinum)
        self.assertEqual(
            there.change_ids.to_tier_id, self.env.ref("vip_service.tier_diamond")
        )
        there.change_ids.sudo()._apply(REVIEW_AT)
        self.assertEqual(client.vip_tier_id, self.silver)

    # The job and the button

    def run_job(self, at):
        """Run the job on a cursor of its own, as it commits."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            reviews = self.env(cr=cr, su=True)["vip.tier.review"]
            reviews.with_context(**at_context(at))._cron_review()
        self.env.invalidate_all()
        return self.env["vip.tier.review"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_the_job_reviews_the_month_before_once(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        review = self.run_job(REVIEW_AT)
        self.assertEqual((review.month, review.state), (JANUARY, "done"))
        self.assertEqual(review.promotion_count, 1)
        self.assertEqual(self.run_job(datetime(2024, 2, 2)), review)
        self.assertEqual(len(review.change_ids), 1)

    def test_the_job_finishes_a_review_that_was_only_made(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        made = self.env["vip.tier.review"].create({"month": JANUARY})
        self.assertEqual(self.run_job(REVIEW_AT), made)
        self.assertEqual(made.state, "done")

    def test_the_job_waits_for_the_review_day(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        self.company.vip_review_day = 5
        self.assertFalse(self.run_job(datetime(2024, 2, 4, 12)))
        self.assertTrue(self.run_job(datetime(2024, 2, 5, 12)))

    def test_the_job_leaves_out_companies_without_figures_or_wish(self):
        self.assertFalse(self.run_job(REVIEW_AT))
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        self.company.vip_review_auto = False
        self.assertFalse(self.run_job(REVIEW_AT))

    def test_the_button_runs_and_shows_who_ran_it(self):
        manager = self.users["manager"]
        review = (
            self.env["vip.tier.review"].with_user(manager).create({"month": JANUARY})
        )
        review.action_run()
        self.assertEqual((review.state, review.run_by_id), ("done", manager))
        with self.assertRaises(AccessError):
            review.write({"state": "draft"})
        with self.assertRaises(UserError):
            review.write({"month": FEBRUARY})
        with self.assertRaises(UserError):
            review.sudo().unlink()

    def test_any_day_stands_for_its_month(self):
        review = self.env["vip.tier.review"].create({"month": date(2024, 1, 17)})
        self.assertEqual((review.month, review.display_name), (JANUARY, "January 2024"))

    def test_the_statements_do_not_grow_with_the_clients(self):
        counts = []
        for place, month in enumerate((JANUARY, FEBRUARY)):
            for number in range(1 + 50 * place):
                self.fact(self.client(f"{place}-{number}"), month, 600_000, 300)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.review(month, at=datetime(2024, month.month + 1, 1))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
