"""The past keeps the ladder of its day; nobody keeps a rung that does not exist."""

import io
import random
from datetime import date, timedelta

from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import at_context

from .common import FEBRUARY, JANUARY, MARCH, REVIEW_AT
from .ladder_case import LadderCase

MAY = date(2024, 5, 1)
APRIL = date(2024, 4, 30)


class TestHolders(LadderCase):
    """What becomes of whom a version concerns."""

    def changes(self, partner=None):
        return self.env["vip.tier.change"].search(
            [("partner_id", "=", (partner or self.partner).id)], order="id"
        )

    def test_who_holds_a_rung_that_goes_gets_the_one_of_the_plan(self):
        self.promote(self.partner, self.diamond)
        version = self.ladder(
            MAY, self.silver, self.platinum, plan={self.diamond: self.platinum}
        )
        self.assertEqual(self.tier_on(APRIL), self.diamond)
        self.assertEqual(self.tier_on(MAY), self.platinum)
        change = self.changes()[-1]
        self.assertEqual(change.ladder_version_id, version)
        self.assertEqual((change.state, change.direction), ("applied", "moved"))
        self.assertEqual(change.decided_by_id, self.users["manager"])
        self.assertEqual(change.proposed_by_id, self.users["admin"])
        self.assertEqual(change.reason, "Board of May")
        self.assertIn("May 1", change.evidence_text)
        self.assertFalse(self.diamond.active)

    def test_a_version_of_a_later_day_moves_nobody_before_it(self):
        self.promote(self.partner, self.diamond)
        plan = {self.diamond: self.platinum}
        self.ladder(MAY, self.silver, self.platinum, plan=plan, at=self.noon(APRIL))
        self.assertEqual(self.tier_on(APRIL), self.diamond)
        late = self.client("Y")
        self.promote(late, self.diamond, at=self.noon(APRIL))
        job = self.env["vip.tier.change"].with_context(**at_context(self.noon(MAY)))
        job._apply_scheduled(self.company, self.noon(MAY) + timedelta(days=2))
        for partner in self.partner, late:
            self.assertEqual(self.tier_on(APRIL, partner), self.diamond)
            self.assertEqual(self.tier_on(MAY, partner), self.platinum)
            self.assertEqual(self.changes(partner)[-1].effective_date, MAY)

    def test_nothing_is_approved_into_a_rung_that_is_gone(self):
        """Archived between review and approval."""
        self.fact(self.partner, JANUARY, 1_000_000, 700)
        change = self.review().change_ids
        self.assertEqual(change.to_tier_id, self.diamond)
        plan = {self.diamond: self.platinum}
        self.ladder(FEBRUARY, self.silver, self.platinum, plan=plan, at=REVIEW_AT)
        self.assertEqual(change.state, "expired")
        self.assertEqual(self.tier_on(FEBRUARY), self.silver)
        lines = self.env["vip.audit.log"].search(
            [("model", "=", change._name), ("res_id", "=", change.id)]
        )
        self.assertIn("expired", lines.mapped("action"))
        with self.assertRaises(UserError):
            change.with_user(self.users["manager"])._approve(at=REVIEW_AT)

    def test_nothing_is_approved_for_a_day_without_the_rung(self):
        change = self.change(self.partner, self.diamond)
        plan = {self.diamond: self.platinum}
        self.ladder(MAY, self.silver, self.platinum, plan=plan, at=self.noon(APRIL))
        manager = change.with_user(self.users["manager"])
        with self.assertRaisesRegex(UserError, "not in the ladder"):
            manager._approve(at=self.noon(APRIL), effective_date=MAY)
        # Also if the job is late: the day has come.
        with self.assertRaises(UserError):
            manager._approve(at=self.noon(MAY))
        self.Version._take_effect(self.company, self.noon(MAY))
        self.assertEqual(change.state, "expired")

    def test_a_rung_that_is_gone_is_not_given_for_past_days(self):
        plan = {self.diamond: self.platinum}
        self.ladder(MAY, self.silver, self.platinum, plan=plan)
        change = self.change(self.partner, self.diamond)
        with self.assertRaisesRegex(UserError, "not in the ladder"):
            change.with_user(self.users["admin"])._approve(
                at=self.noon(MAY), effective_date=APRIL, reason="Forgotten"
            )
        with self.assertRaises(UserError):
            self.env["vip.tier.change"].with_user(self.users["manager"]).with_context(
                **at_context(self.noon(MAY))
            ).create({"partner_id": self.partner.id, "to_tier_id": self.diamond.id})

    def test_what_was_approved_for_a_later_day_ends_with_the_rung(self):
        change = self.change(self.partner, self.diamond)
        change.with_user(self.users["manager"])._approve(
            at=self.noon(APRIL), effective_date=MAY + timedelta(days=9)
        )
        plan = {self.diamond: self.platinum}
        self.ladder(MAY, self.silver, self.platinum, plan=plan, at=self.noon(APRIL))
        self.Version._take_effect(self.company, self.noon(MAY))
        self.assertEqual(change.state, "expired")

    def test_an_override_goes_on_in_the_tier_that_comes(self):
        until = date(2024, 9, 1)
        values = {"override_until": until, "reason": "Promised"}
        change = self.change(self.partner, self.diamond, **values)
        change.with_user(self.users["manager"])._approve(at=REVIEW_AT)
        plan = {self.diamond: self.platinum}
        self.ladder(MAY, self.silver, self.platinum, plan=plan)
        self.assertEqual(change.override_end, MAY)
        moved = self.changes()[-1]
        self.assertEqual((moved.override_end, moved.to_tier_id), (until, self.platinum))

    def test_a_rung_whose_rank_another_gets(self):
        """Platinum goes, Gold stands in its place: its holders do not stay for ever."""
        self.promote(self.partner, self.platinum)
        gold = self.tier("gold")
        self.ladder(MAY, self.silver, gold, self.diamond, plan={self.platinum: gold})
        self.assertEqual(self.tier_on(APRIL), self.platinum)
        self.assertEqual(self.tier_on(MAY), gold)
        self.assertEqual((gold.rank, gold.active), (2, True))
        self.fact(self.partner, date(2024, 5, 1), 1_000_000, 700)
        review = self.review(MAY, at=self.noon(date(2024, 6, 1)))
        self.assertEqual(review.change_ids.from_tier_id, gold)
        self.assertEqual(review.change_ids.to_tier_id, self.diamond)

    def test_ranks_that_move_leave_the_past(self):
        self.promote(self.partner, self.platinum)
        self.ladder(MAY, self.silver, self.diamond, self.platinum)
        self.assertEqual(
            self.ladder_on(APRIL), [self.silver, self.platinum, self.diamond]
        )
        self.assertEqual(
            self.ladder_on(MAY), [self.silver, self.diamond, self.platinum]
        )
        self.assertEqual((self.platinum.rank, self.diamond.rank), (3, 2))
        self.assertEqual(self.tier_on(APRIL), self.tier_on(MAY))

    def test_the_lowest_goes(self):
        self.promote(self.partner, self.diamond)
        other = self.client("Y")
        plan = {self.silver: self.platinum}
        self.ladder(MAY, self.platinum, self.diamond, plan=plan)
        self.assertEqual(self.tier_on(APRIL, other), self.silver)
        self.assertEqual(self.tier_on(MAY, other), self.platinum)
        self.assertEqual(self.tier_on(MAY), self.diamond)
        self.assertEqual(self.changes(other).to_tier_id, self.platinum)


class TestLowest(LadderCase):
    """No membership means the lowest tier of the ladder of that day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bronze = cls.tier("bronze")

    def below(self, to_tier, at=None):
        ladder = (self.bronze, self.silver, self.platinum, self.diamond)
        return self.ladder(MAY, *ladder, plan={self.silver: to_tier}, at=at)

    def test_a_rung_below_the_lowest_leaves_the_past(self):
        self.below(self.bronze)
        for day in (date(2020, 1, 1), APRIL):
            self.assertEqual(self.tier_on(day), self.silver)
        self.assertEqual(self.tier_on(MAY), self.bronze)

    def test_who_had_the_lowest_may_keep_it(self):
        self.below(self.silver)
        self.assertEqual(self.tier_on(APRIL), self.silver)
        self.assertEqual(self.tier_on(MAY), self.silver)
        later = self.client("Later")
        self.assertEqual(self.tier_on(date(2024, 6, 1), later), self.bronze)

    def test_before_its_day_nothing_is_different(self):
        self.below(self.bronze, at=self.noon(APRIL))
        today = self.partner.with_context(**at_context(self.noon(APRIL)))
        self.assertEqual(today.vip_tier_id, self.silver)
        found = self.env["res.partner"].with_context(**at_context(self.noon(APRIL)))
        self.assertIn(
            self.partner, found.search([("vip_tier_id", "=", self.silver.id)])
        )

    def test_rights_are_those_of_the_ladder_of_the_day(self):
        right = self.env["vip.entitlement"].create(
            {"name": "Low", "tier_id": self.bronze.id}
        )
        self.below(self.silver)
        used = self.env["vip.entitlement"]._used_by
        for day, granted in ((APRIL, False), (MAY, True)):
            owed = used(self.partner, self.company, day, self.silver)
            self.assertEqual(right.id in owed, granted)

    def test_an_opening_tier_was_in_the_ladder_of_its_day(self):
        self.below(self.bronze)
        record = self.env["vip.client.import"].create({"company_id": self.company.id})
        rows = b"A,Ann,silver,2024-04-30\nB,Bob,bronze,2024-04-30\n"
        record._import_file(io.BytesIO(b"client_ref,name,tier,tier_from\n" + rows))
        self.assertEqual(list(self.rejects(record)), [3])
        ann = self.env["res.partner"].search([("client_number", "=", "A")])
        self.assertEqual(self.tier_on(APRIL, ann), self.silver)
        self.assertEqual(self.tier_on(MAY, ann), self.silver)

    def test_a_ticket_of_the_past_has_the_tier_of_then(self):
        self.below(self.bronze)
        for day, tier in ((APRIL, self.silver), (MAY, self.bronze)):
            ticket = self.env["helpdesk.ticket"].create(
                {
                    "name": "Login",
                    "description": "Help",
                    "partner_id": self.partner.id,
                    "company_id": self.company.id,
                    "opened_at": self.noon(day),
                }
            )
            self.assertEqual(ticket.vip_tier_id, tier)


class TestOwnLadder(LadderCase):
    """A company's first own ladder is a version with a plan for holders of the shared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        for user in cls.users.values():
            user.company_ids += cls.other
        cls.shared = cls.env["vip.tier"]._ladder(cls.other, JANUARY)

    def test_everybody_goes_by_the_plan_from_the_day_on(self):
        top = self.client("T")
        change = self.change(
            top, self.shared[2], self.shared[0], company_id=self.other.id
        )
        change.with_user(self.users["manager"]).sudo()._approve(at=REVIEW_AT)
        draft = self.draft(MAY, company=self.other)
        own = draft.rung_ids.tier_id
        self.assertEqual(own.company_id, self.other)
        self.assertEqual(own.mapped("code"), self.shared.mapped("code"))
        self.assertEqual(draft.plan_ids.to_tier_id, own)
        self.decide(draft)
        for partner, place in ((top, 2), (self.partner, 0)):
            self.assertEqual(
                self.tier_on(APRIL, partner, self.other), self.shared[place]
            )
            self.assertEqual(self.tier_on(MAY, partner, self.other), own[place])
        # The others' ladder is what it was.
        self.assertEqual(
            self.ladder_on(MAY), [self.silver, self.platinum, self.diamond]
        )

    def test_the_shared_ladder_moves_whom_it_is_the_ladder_of(self):
        third = self.env["res.company"].create({"name": "Third"})
        for company in self.other, third:
            change = self.change(
                self.partner, self.shared[2], self.shared[0], company_id=company.id
            )
            change.with_user(self.users["manager"]).sudo()._approve(at=REVIEW_AT)
        self.decide(self.draft(MAY, company=self.other))
        plan = {self.shared[2]: self.shared[1]}
        self.ladder(
            date(2024, 6, 1),
            *(self.shared[0], self.shared[1]),
            plan=plan,
            company=self.env["res.company"],
        )
        june = date(2024, 6, 1)
        self.assertEqual(self.tier_on(june, company=third), self.shared[1])
        self.assertEqual(self.tier_on(june, company=self.other).code, "diamond")


class TestReviews(LadderCase):
    """Each month is judged by the ladder of its last day."""

    def thresholds(self, day, amount, at=None):
        draft = self.draft(day)
        for criterion in draft.rung_ids.criterion_ids:
            if criterion.metric_id == self.deposit:
                criterion.qualify = amount
        return self.decide(draft, at)

    def test_the_month_before_is_judged_by_its_own_thresholds(self):
        for month in (JANUARY, FEBRUARY):
            self.fact(self.partner, month, 500_000, 200)
        self.thresholds(FEBRUARY, 600_000, at=self.noon(JANUARY))
        review = self.review(JANUARY, at=REVIEW_AT)
        self.assertEqual(review.change_ids.to_tier_id, self.platinum)
        review = self.review(FEBRUARY, at=self.noon(MARCH))
        self.assertFalse(review.change_ids)

    def test_a_trial_of_a_past_month_keeps_its_ladder(self):
        self.fact(self.partner, JANUARY, 1_000_000, 700)
        self.review()
        plan = {self.diamond: self.platinum}
        self.ladder(MARCH, self.silver, self.platinum, plan=plan)
        trial = self.env["vip.tier.review"].create(
            {"month": JANUARY, "trial": True, "company_id": self.company.id}
        )
        trial._run(at=self.noon(MAY))
        self.assertEqual(trial.verdict_ids.target_id, self.diamond)

    def test_a_month_reviewed_late_proposes_what_there_is(self):
        """By the criteria of the month, for the rungs of the day of the review."""
        self.fact(self.partner, JANUARY, 1_000_000, 700)
        second = self.client("Y")
        self.fact(second, JANUARY, 500_000, 200)
        self.ladder(
            *(FEBRUARY, self.silver, self.diamond),
            plan={self.platinum: self.silver},
            at=self.noon(JANUARY),
        )
        review = self.review(JANUARY, at=REVIEW_AT)
        self.assertEqual(review.change_ids.partner_id, self.partner)
        self.assertEqual(review.change_ids.to_tier_id, self.diamond)

    def test_shortfalls_of_a_month_before_judge_who_was_moved(self):
        self.promote(self.partner, self.diamond, at=self.noon(JANUARY))
        self.fact(self.partner, JANUARY, 600_000, 300)
        plan = {self.diamond: self.platinum}
        self.ladder(FEBRUARY, self.silver, self.platinum, plan=plan, at=REVIEW_AT)
        review = self.review(JANUARY, at=REVIEW_AT)
        self.assertFalse(review.change_ids)
        self.assertEqual(self.tier_on(FEBRUARY), self.platinum)

    def test_a_back_test_begins_with_what_came_for_tiers_that_went(self):
        self.promote(self.partner, self.diamond, at=self.noon(JANUARY))
        for month in (FEBRUARY, MARCH):
            self.fact(self.partner, month, 1_000_000, 700)
        plan = {self.diamond: self.platinum}
        self.ladder(date(2024, 4, 1), self.silver, self.platinum, plan=plan)
        backtest = (
            self.env["vip.tier.backtest"]
            .with_context(**at_context(self.noon(MAY)))
            .create({"month_from": FEBRUARY, "months": 2})
        )
        self.assertEqual(backtest.tier_line_ids.tier_id, self.silver | self.platinum)
        backtest.action_run()
        self.assertFalse(backtest.line_ids)

    def test_an_entry_is_by_the_ladder_of_the_day(self):
        draft = self.draft(FEBRUARY)
        draft.rung_ids[1].write(
            {"entry_metric_id": self.deposit.id, "entry_value": 100}
        )
        self.decide(draft, at=self.noon(JANUARY))
        self.fact(self.partner, FEBRUARY, 100)
        propose = self.env["vip.tier.change"]._propose_entries
        self.assertFalse(propose(self.company, at=self.noon(JANUARY)))
        entry = propose(self.company, at=self.noon(FEBRUARY))
        self.assertEqual(entry.to_tier_id, self.platinum)


class TestLives(LadderCase):
    """Property: whatever versions come, tiers of days before them stay."""

    def test_tiers_of_past_days_never_change(self):
        for seed in range(6):
            with self.subTest(seed=seed):
                self.live(random.Random(seed), seed)

    def live(self, rng, seed):
        company = self.env["res.company"].create({"name": f"Life {seed}"})
        tiers = list(self.own_ladder(company))
        tiers += [self.tier(f"t{place}", company) for place in range(3)]
        partners = [
            self.client(f"L{seed}-{n}", company_id=company.id) for n in range(6)
        ]
        day, known = date(2024, 1, 1), {}
        for _step in range(12):
            day += timedelta(days=rng.randint(1, 20))
            present = self.ladder_on(day, company)
            if rng.random() < 0.5:
                self.change_ladder(rng, company, tiers, present, day)
            else:
                self.give(rng, company, rng.choice(partners), present, day)
            self.Version._take_effect(company, self.noon(day))
            ladder = self.ladder_on(day, company)
            for partner in partners:
                tier = self.tier_on(day, partner, company)
                # Nobody keeps a rung that does not exist.
                self.assertIn(tier, ladder)
                known[day - timedelta(days=1), partner] = self.tier_on(
                    day - timedelta(days=1), partner, company
                )
            for (past, partner), tier in known.items():
                self.assertEqual(self.tier_on(past, partner, company), tier, past)

    def change_ladder(self, rng, company, tiers, present, day):
        chosen = rng.sample(tiers, rng.randint(1, len(tiers)))
        draft = self.draft(day, *chosen, company=company)
        for line in draft.plan_ids:
            line.to_tier_id = rng.choice(chosen)
        last = self.Version._all_of(company, date.max)[-1].date_from
        if last and last >= day:
            draft.unlink()
        else:
            self.decide(draft)

    def give(self, rng, company, partner, present, day):
        held = self.tier_on(day, partner, company)
        others = [tier for tier in present if tier != held]
        if others:
            change = self.change(
                partner, rng.choice(others), held, company_id=company.id
            )
            change.with_user(self.users["manager"]).sudo()._approve(at=self.noon(day))
