from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import UserError

from ..models import vip_tier_review
from .common import FEBRUARY, JANUARY, MARCH, REVIEW_AT, VipCase

APRIL = date(2024, 4, 1)
MONTHS = (JANUARY, FEBRUARY, MARCH, APRIL)
BEFORE = datetime(2024, 1, 10)


def review_at(month):
    """Return the morning of the first day of the month after ``month``."""
    return datetime(month.year, month.month + 1, 1, 3, 0)


class RulesCase(VipCase):
    def found(self, review):
        """Return ``{client number: (outcome, tier asked for)}`` of a review."""
        return {
            verdict.partner_id.client_number: (
                verdict.outcome,
                verdict.target_id.code,
            )
            for verdict in review.verdict_ids
        }

    def proposals(self, review):
        return {
            change.partner_id.client_number: change.to_tier_id.code
            for change in review.change_ids
        }

    def year(self, client, *lots):
        """Review a month per number of ``lots``; return what was proposed each time."""
        found = []
        for month, value in zip(MONTHS, lots, strict=False):
            self.fact(client, month, 2_000_000, value)
            review = self.review(month, at=review_at(month))
            found.append(self.proposals(review).get(client.client_number))
        return found


class TestCriteriaByType(RulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.platinum | cls.diamond).criterion_ids.unlink()
        cls.criterion(cls.platinum, "deposit", 100, False)

    @classmethod
    def criterion(cls, tier, metric, qualify, client_type, **values):
        return cls.env["vip.tier.criterion"].create(
            {
                "tier_id": tier.id,
                "metric_id": getattr(cls, metric).id,
                "qualify": qualify,
                "client_type": client_type,
                **values,
            }
        )

    def trio(self, deposit, volume):
        """One client of each type, with the same figures."""
        for kind in ("end", "franchisee", "agent"):
            client = self.client(kind, client_type=kind)
            self.fact(client, JANUARY, deposit, volume)

    def test_a_criterion_without_type_judges_every_type(self):
        self.trio(100, 0)
        self.assertEqual(
            self.proposals(self.review()),
            dict.fromkeys(("end", "franchisee", "agent"), "platinum"),
        )

    def test_a_criterion_of_a_type_is_asked_of_that_type_as_well(self):
        self.criterion(self.platinum, "volume", 50, "agent")
        self.trio(100, 49)
        self.assertEqual(
            self.proposals(self.review()),
            {"end": "platinum", "franchisee": "platinum"},
        )

    def test_types_have_thresholds_of_their_own(self):
        self.platinum.criterion_ids.client_type = "end"
        self.criterion(self.platinum, "deposit", 1000, "franchisee")
        self.criterion(self.platinum, "deposit", 1001, "agent")
        self.trio(1000, 0)
        self.assertEqual(
            self.proposals(self.review()),
            {"end": "platinum", "franchisee": "platinum"},
        )

    def test_a_tier_without_criteria_for_a_type_is_not_given_to_it(self):
        self.platinum.criterion_ids.client_type = "end"
        self.trio(9e9, 9e9)
        self.assertEqual(self.proposals(self.review()), {"end": "platinum"})

    def test_nor_taken_from_it(self):
        self.platinum.criterion_ids.client_type = "end"
        for kind in ("end", "agent"):
            client = self.client(kind, client_type=kind)
            self.promote(client, self.platinum, at=BEFORE)
        self.assertEqual(self.proposals(self.review()), {"end": "silver"})

    def test_a_fall_passes_a_tier_that_the_rules_cannot_give(self):
        self.criterion(self.diamond, "deposit", 1000, False)
        self.platinum.criterion_ids.client_type = "end"
        self.company.vip_one_step_down = True
        for kind in ("end", "agent"):
            client = self.client(kind, client_type=kind)
            self.promote(client, self.diamond, at=BEFORE)
        self.assertEqual(
            self.proposals(self.review()), {"end": "platinum", "agent": "silver"}
        )

    def test_any_criterion_means_any_of_those_of_the_type(self):
        self.setting_up(self.platinum).match = "any"
        self.criterion(self.platinum, "volume", 50, "agent")
        self.trio(0, 50)
        self.assertEqual(self.proposals(self.review()), {"agent": "platinum"})

    def test_the_evidence_names_the_type_and_only_its_criteria(self):
        self.criterion(self.platinum, "volume", 50, "agent")
        self.trio(100, 50)
        review = self.review()
        evidence = {
            change.partner_id.client_number: change.evidence
            for change in review.change_ids
        }
        measured = {
            kind: [row["metric"] for row in found["criteria"]]
            for kind, found in evidence.items()
        }
        self.assertEqual(
            measured,
            {
                "end": ["deposit"],
                "franchisee": ["deposit"],
                "agent": ["deposit", "volume"],
            },
        )
        self.assertEqual(evidence["agent"]["client_type"], "agent")
        self.assertEqual(
            [c["client_type"] for c in review.rules["tiers"][1]["criteria"]],
            [False, "agent"],
        )

    def test_the_page_shows_the_road_of_the_clients_type(self):
        self.criterion(self.platinum, "volume", 50, "agent")
        self.criterion(self.diamond, "volume", 99, "end")
        self.trio(100, 49)
        metrics = {}
        for kind in ("end", "agent"):
            client = self.env["res.partner"].search([("client_number", "=", kind)])
            road = client.client_360_section("road")
            metrics[kind] = [c["metric"] for c in road["next"]["criteria"]]
        self.assertEqual(metrics, {"end": ["deposit"], "agent": ["deposit", "volume"]})
        self.promote(client, self.platinum)
        road = client.client_360_section("road")
        self.assertFalse(road["next"], "Diamond is not within reach of agents")
        self.assertTrue(road["retain"]["at_risk"])


class TestGrace(RulesCase):
    """Platinum asks for 200 lots, its holders keep it from 100 on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.platinum.criterion_ids.write({"retain": 100})
        cls.holder = cls.client("holder")
        cls.promote(cls.holder, cls.platinum, at=BEFORE)

    def test_without_grace_the_first_shortfall_is_a_fall(self):
        self.assertEqual(self.year(self.holder, 99), ["silver"])

    def test_grace_lets_so_many_shortfalls_pass(self):
        self.setting_up(self.platinum).grace_reviews = 2
        self.assertEqual(self.year(self.holder, 99, 0, 99), [None, None, "silver"])

    def test_at_the_threshold_there_is_no_shortfall(self):
        self.setting_up(self.platinum).grace_reviews = 1
        self.assertEqual(
            self.year(self.holder, 99, 100, 99, 99), [None] * 3 + ["silver"]
        )

    def test_a_shortfall_goes_on_until_the_fall_is_approved(self):
        self.setting_up(self.platinum).grace_reviews = 1
        self.assertEqual(
            self.year(self.holder, 99, 99, 99, 99), [None, "silver", "silver", "silver"]
        )
        change = self.env["vip.tier.change"].search([("state", "=", "proposed")])
        self.assertEqual(change.evidence["shortfalls"], 4)

    def test_another_tier_has_a_grace_of_its_own(self):
        self.setting_up(self.platinum | self.diamond).write({"grace_reviews": 1})
        self.promote(self.holder, self.diamond, at=BEFORE, current=self.platinum)
        self.company.vip_one_step_down = True
        found = []
        for month in MONTHS:
            review = self.review(month, at=review_at(month))
            found.append(self.proposals(review).get("holder"))
            review.change_ids.with_user(self.users["manager"])._approve(
                at=review_at(month)
            )
        self.assertEqual(found, [None, "platinum", None, "silver"])

    def test_the_review_counts_and_lists_who_is_in_grace(self):
        self.setting_up(self.platinum).grace_reviews = 1
        self.fact(self.holder, JANUARY, 2_000_000, 99)
        review = self.review()
        self.assertEqual(self.found(review), {"holder": ("grace", "silver")})
        self.assertEqual(
            (review.grace_count, review.demotion_count, review.verdict_ids.streak),
            (1, 0, 1),
        )
        self.assertEqual(
            review.verdict_ids.figures_text,
            f"Deposit {self.company.currency_id.symbol}2,000,000 · Volume 99",
        )

    def test_the_grace_used_is_that_of_the_frozen_rules(self):
        self.setting_up(self.platinum).grace_reviews = 1
        review = self.review()
        self.setting_up(self.platinum).grace_reviews = 0
        [tier] = [t for t in review.rules["tiers"] if t["code"] == "platinum"]
        self.assertEqual(tier["grace_reviews"], 1)
        self.assertFalse(review.rules["previous_review_id"])
        after = self.review(FEBRUARY, at=review_at(FEBRUARY))
        self.assertEqual(after.rules["previous_review_id"], review.id)
        self.assertEqual(after.verdict_ids.streak, 2)

    def test_a_trial_counts_for_no_grace(self):
        self.setting_up(self.platinum).grace_reviews = 1
        self.env["vip.tier.review"].create({"month": JANUARY, "trial": True})._run(
            at=REVIEW_AT
        )
        self.assertEqual(self.year(self.holder, 99, 99), [None, "silver"])

    def test_the_page_says_how_much_grace_is_left(self):
        self.setting_up(self.platinum).grace_reviews = 2
        self.year(self.holder, 99)
        self.holder.adviser_id = self.users["adviser"]
        road = self.holder.with_user(self.users["adviser"]).client_360_section("road")
        self.assertTrue(road["retain"]["at_risk"])
        self.assertEqual(
            (road["retain"]["shortfalls"], road["retain"]["grace_left"]), (1, 1)
        )


class TestSoftLanding(RulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holder = cls.client("holder")
        cls.promote(cls.holder, cls.diamond, at=BEFORE)

    def test_a_fall_goes_as_far_as_the_figures_say(self):
        self.assertEqual(self.proposals(self.review()), {"holder": "silver"})

    def test_a_fall_goes_one_tier_at_a_time_where_the_company_says_so(self):
        self.company.vip_one_step_down = True
        review = self.review()
        self.assertEqual(self.proposals(review), {"holder": "platinum"})
        self.assertIs(review.rules["one_step_down"], True)

    def test_a_rise_may_still_pass_a_tier(self):
        self.company.vip_one_step_down = True
        self.fact(self.client("new"), JANUARY, 1_000_000, 700)
        self.assertEqual(self.proposals(self.review())["new"], "diamond")


class TestEarlyWarning(RulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.platinum.grace_reviews = 1
        cls.second = cls.new_user("adviser", login="vip_adviser_2")
        for place, adviser in enumerate(
            (cls.users["adviser"], cls.users["adviser"], cls.second, None)
        ):
            client = cls.client(f"C{place}", adviser_id=adviser and adviser.id)
            cls.promote(client, cls.platinum, at=BEFORE)

    def warn(self):
        """Run the job; return ``{adviser login: [body]}`` of what it sent."""
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            self.env(cr=cr, su=True)["vip.tier.review"]._cron_warn()
        self.env.invalidate_all()
        sent = {}
        for message in self.env["mail.message"].search([("id", ">", last)]):
            for user in message.notified_partner_ids.user_ids:
                sent.setdefault(user.login, []).append(str(message.body))
        return sent

    def test_each_adviser_gets_one_digest_of_own_clients(self):
        review = self.review()
        self.assertEqual(review.grace_count, 4)
        sent = self.warn()
        self.assertEqual(sent.keys(), {"vip_adviser", "vip_adviser_2"})
        [body] = sent["vip_adviser"]
        for name in ("Client C0", "Client C1", "Platinum", "January 2024"):
            self.assertIn(name, body)
        self.assertNotIn("Client C2", body)
        self.assertTrue(review.warned_at)

    def test_a_second_run_of_the_job_sends_nothing(self):
        self.review()
        self.warn()
        self.assertEqual(self.warn(), {})

    def test_nobody_is_warned_by_a_trial_or_without_grace(self):
        self.env["vip.tier.review"].create({"month": JANUARY, "trial": True})._run(
            at=REVIEW_AT
        )
        self.assertEqual(self.warn(), {})
        self.setting_up(self.platinum).grace_reviews = 0
        self.review()
        self.assertEqual(self.warn(), {})


class TestTrial(RulesCase):
    def trial(self, facts, month=JANUARY, at=datetime(2024, 6, 1)):
        review = self.env["vip.tier.review"].create(
            {"company_id": self.company.id, "month": month}
            | {"trial": True, "facts": facts}
        )
        review._run(at=at)
        return review

    def fact_at(self, client, at, deposit, volume):
        """Book figures of January at ``at``, as a correction where there are others."""
        facts = self.env["vip.activity"].search([("partner_id", "=", client.id)])
        facts.filtered(lambda fact: not fact.superseded_at).superseded_at = at
        self.env.flush_all()
        self.fact(client, JANUARY, deposit, volume)
        new = self.env["vip.activity"].search([("partner_id", "=", client.id)]) - facts
        new.recorded_at = at
        self.env.flush_all()

    def test_a_trial_judges_and_proposes_nothing(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        trial = self.trial("now")
        self.assertEqual(self.found(trial), {"X": ("promotion", "platinum")})
        self.assertEqual((trial.state, trial.promotion_count), ("tried", 1))
        self.assertFalse(trial.change_ids)
        trial._run()
        self.assertEqual(len(trial.verdict_ids), 1)

    def test_facts_as_known_then_and_as_known_now(self):
        client = self.client("X")
        self.fact_at(client, datetime(2024, 1, 31), 600_000, 300)
        real = self.review()
        first = self.found(real)
        self.fact_at(client, datetime(2024, 3, 5), 1_000_000, 700)
        self.assertEqual(self.found(self.trial("then")), first)
        self.assertEqual(self.found(self.trial("now")), {"X": ("promotion", "diamond")})
        # Nobody had decided: the review itself was judged anew.
        self.assertEqual(self.found(real), {"X": ("promotion", "diamond")})

    def test_what_came_after_the_review_was_not_known_then(self):
        self.review()
        self.fact_at(self.client("late"), datetime(2024, 2, 2), 600_000, 300)
        self.assertEqual(self.found(self.trial("then")), {})

    def test_without_a_review_then_is_the_review_day(self):
        self.company.vip_review_day = 5
        self.fact_at(self.client("early"), datetime(2024, 2, 4, 23, 59), 600_000, 300)
        self.fact_at(self.client("late"), datetime(2024, 2, 5, 0, 1), 600_000, 300)
        trial = self.trial("then")
        self.assertEqual(self.found(trial), {"early": ("promotion", "platinum")})
        self.assertEqual(trial.rules["facts_known_at"], "2024-02-05 00:00:00")

    def test_a_trial_takes_the_tiers_from_before_the_review(self):
        client = self.client("X")
        self.fact(client, JANUARY, 600_000, 300)
        real = self.review()
        real.change_ids.with_user(self.users["manager"])._approve(at=REVIEW_AT)
        self.assertEqual(self.found(self.trial("now")), self.found(real))

    def test_a_month_is_tried_as_often_as_one_likes_and_then_reviewed(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        for _time in range(2):
            self.trial("now")
        self.review(FEBRUARY, at=review_at(FEBRUARY))
        self.trial("now")
        with self.assertRaises(UserError):
            self.review(JANUARY)

    def test_a_trial_lets_no_proposal_expire(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        change = self.review().change_ids
        self.trial("then")
        self.assertEqual(change.state, "proposed")

    def test_a_month_that_is_not_over_is_not_tried(self):
        with self.assertRaises(UserError):
            self.trial("now", at=datetime(2024, 1, 31))

    def test_a_trial_may_be_deleted(self):
        self.fact(self.client("X"), JANUARY, 600_000, 300)
        trial = self.trial("now")
        trial.unlink()
        self.assertFalse(self.env["vip.tier.verdict"].search_count([]))

    def test_a_trial_closes_no_month(self):
        client = self.client("X")
        self.import_csv(f"client_ref,month,deposit\n{client.client_number},2024-01,5\n")
        self.trial("now")
        self.import_csv(f"client_ref,month,deposit\n{client.client_number},2024-01,6\n")
        self.assertEqual(self.current_facts(client), {("deposit", JANUARY): (6, 1)})


class TestBatches(RulesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(patch.object(vip_tier_review, "BATCH", 3))
        for place in range(8):
            cls.fact(cls.client(f"C{place}"), JANUARY, 600_000, 300)

    def run_until(self, review, batches):
        """Run until the process would be killed after so many committed batches."""
        commits = []

        class Killed(BaseException):
            pass

        def commit(review):
            review.flush_recordset()
            commits.append(len(review.env["vip.tier.change"].search([])))
            if len(commits) > batches:
                raise Killed

        self.patch(type(review), "_commit_batch", commit)
        try:
            review._run(at=REVIEW_AT)
        except Killed:
            self.env.invalidate_all()
        return commits

    def new_review(self):
        return self.env["vip.tier.review"].create(
            {"company_id": self.company.id, "month": JANUARY}
        )

    def test_many_proposals_are_committed_in_batches(self):
        review = self.new_review()
        self.assertEqual(self.run_until(review, 99), [0, 3, 6, 8])
        self.assertEqual((review.state, len(review.change_ids)), ("done", 8))

    def test_an_interrupted_review_ends_as_one_left_alone(self):
        review = self.new_review()
        self.run_until(review, 1)
        self.assertEqual((review.state, len(review.change_ids)), ("running", 3))
        # Neither new rules nor new figures nor another instant change what it found.
        self.setting_up(self.platinum.criterion_ids).write(
            {"qualify": 1e9, "retain": 1e9}
        )
        self.env["vip.activity"].search([]).value = 0
        self.run_until(review, 99)
        self.assertEqual((review.state, review.run_at), ("done", REVIEW_AT))
        self.assertEqual(len(review.change_ids), 8)
        self.assertEqual(review.change_ids.mapped("proposed_at"), [REVIEW_AT] * 8)
        for change in review.change_ids:
            self.assertEqual(change.evidence["criteria"][0]["qualify"], 500_000)

    def test_what_is_decided_in_between_stays_decided(self):
        review = self.new_review()
        self.run_until(review, 1)
        decided = review.change_ids
        decided.with_user(self.users["manager"])._approve(at=REVIEW_AT)
        self.run_until(review, 99)
        self.assertEqual(set(decided.mapped("state")), {"applied"})
        self.assertEqual(len(review.change_ids), 8)

    def test_a_proposal_of_a_person_in_between_gives_way(self):
        review = self.new_review()
        self.run_until(review, 1)
        last = self.env["res.partner"].search([("client_number", "=", "C7")])
        own = self.change(last, self.diamond)
        self.run_until(review, 99)
        self.assertEqual((own.state, len(review.change_ids)), ("expired", 8))

    def test_another_month_waits_for_the_running_review(self):
        self.run_until(self.new_review(), 1)
        with self.assertRaises(UserError):
            self.review(FEBRUARY, at=review_at(FEBRUARY))

    def test_a_running_review_closes_its_month(self):
        review = self.new_review()
        self.run_until(review, 1)
        client = review.change_ids[0].partner_id
        self.import_csv(f"client_ref,month,deposit\n{client.client_number},2024-01,5\n")
        self.assertEqual(
            self.current_facts(client)["deposit", JANUARY], (5, 2), "a new version"
        )

    def test_the_job_finishes_what_was_interrupted(self):
        review = self.new_review()
        self.run_until(review, 1)
        self.patch(type(review), "_commit_batch", lambda review: None)
        with self.enter_registry_test_mode(), self.env.registry.cursor() as cr:
            self.env(cr=cr, su=True)["vip.tier.review"]._cron_review()
        self.env.invalidate_all()
        self.assertEqual((review.state, len(review.change_ids)), ("done", 8))

    def test_a_running_review_is_kept_as_it_is(self):
        review = self.new_review()
        self.run_until(review, 1)
        with self.assertRaises(UserError):
            review.unlink()
        with self.assertRaises(UserError):
            review.with_user(self.users["manager"]).write({"month": MARCH})
