"""Ladders change by versions from a day on; what is in use is changed by nothing else."""

from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import at_context

from .common import JANUARY, REVIEW_AT
from .ladder_case import LadderCase

MAY = date(2024, 5, 1)
APRIL = date(2024, 4, 30)


class TestInUse(LadderCase):
    """What rests on a ladder keeps everybody from editing it in place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.promote(cls.partner, cls.diamond)
        cls.admin = cls.users["admin"]

    def assert_refused(self, change, *args):
        for env in self.env, self.env(user=self.admin):
            with self.assertRaises(UserError) as refusal:
                change(env, *args)
            self.assertIn("Change the ladder", str(refusal.exception))
        self.assertEqual(
            self.ladder_on(date.today()), [self.silver, self.platinum, self.diamond]
        )

    def edit(self, env, record, values):
        record.with_env(env).write(values)

    def test_a_tier_is_not_archived(self):
        self.assert_refused(self.edit, self.diamond, {"active": False})
        with self.assertRaisesRegex(UserError, "Change the ladder"):
            self.platinum.with_user(self.admin).action_archive()

    def test_a_tier_is_not_deleted(self):
        self.assert_refused(lambda env: self.platinum.with_env(env).unlink())

    def test_ranks_thresholds_and_grace_stay(self):
        for values in (
            {"rank": 9},
            {"match": "any"},
            {"grace_reviews": 1},
            {"entry_metric_id": self.deposit.id, "entry_value": 5},
            {"criterion_ids": [(5,)]},
            {"criterion_ids": [(1, self.diamond.criterion_ids[0].id, {"qualify": 1})]},
        ):
            self.assert_refused(self.edit, self.diamond, values)

    def test_criteria_stay(self):
        criterion = self.diamond.criterion_ids[0]
        self.assert_refused(self.edit, criterion, {"qualify": 1})
        self.assert_refused(lambda env: criterion.with_env(env).unlink())
        values = {"tier_id": self.diamond.id, "metric_id": self.volume.id}
        self.assert_refused(
            lambda env: env["vip.tier.criterion"].create({**values, "qualify": 1})
        )
        self.assert_refused(
            self.edit, self.platinum.criterion_ids[0], {"tier_id": self.diamond.id}
        )

    def test_a_tier_stays_in_its_company(self):
        self.assert_refused(self.edit, self.diamond, {"company_id": False})
        other = self.env["res.company"].create({"name": "Other"})
        self.users["admin"].company_ids += other
        self.assert_refused(self.edit, self.diamond, {"company_id": other.id})

    def test_a_rung_is_not_added(self):
        values = {"name": "Bronze", "code": "bronze", "rank": 4}
        values["company_id"] = self.company.id
        self.assert_refused(lambda env: env["vip.tier"].create(values))

    def test_an_import_is_refused_as_well(self):
        result = (
            self.env["vip.tier"]
            .with_user(self.admin)
            .load([".id", "rank"], [[str(self.diamond.id), "9"]])
        )
        self.assertIn("Change the ladder", result["messages"][0]["message"])
        self.assertEqual(self.diamond.rank, 3)

    def test_names_and_descriptions_are_free(self):
        self.diamond.with_user(self.admin).write(
            {"name": "Brilliant", "description": "Best"}
        )
        self.assertEqual(self.tier_on(date.today()).name, "Brilliant")

    def test_what_is_set_up_is_edited_in_place(self):
        self.partner.company_id = self.company
        other = self.env["res.company"].create({"name": "Other"})
        tier = self.env["vip.tier"].create(
            {"name": "Own", "code": "own", "company_id": other.id}
        )
        tier.write({"rank": 3, "match": "any"})
        self.assertEqual(self.ladder_on(date(2000, 1, 1), other), [tier])
        tier.unlink()
        self.assertNotIn(tier, self.ladder_on(date(2000, 1, 1), other))

    def test_what_everybody_has_is_not_edited_in_place(self):
        """There are clients, though nothing was ever decided about them."""
        other = self.env["res.company"].create({"name": "Other"})
        self.client("Y", company_id=other.id)
        lowest = self.tier_on(JANUARY, company=other)
        with self.assertRaises(UserError):
            self.env["vip.tier"].create(
                {"name": "Own", "code": "own", "rank": 3, "company_id": other.id}
            )
        self.assertEqual(self.tier_on(JANUARY, company=other), lowest)


class TestVersion(LadderCase):
    """From draft to force: by two people, once and for ever."""

    def test_one_proposes_and_another_decides(self):
        draft = self.draft(MAY, plan={})
        admin, manager = self.users["admin"], self.users["manager"]
        draft.with_user(admin)._propose(self.noon(MAY))
        with self.assertRaises(AccessError):
            draft.with_user(admin)._put_in_force(self.noon(MAY))
        draft.with_user(manager)._put_in_force(self.noon(MAY))
        self.assertEqual(draft.state, "in_force")
        self.assertEqual((draft.proposed_by_id, draft.decided_by_id), (admin, manager))
        self.assertEqual(draft.recorded_at, self.noon(MAY))
        lines = self.env["vip.audit.log"].search(
            [("model", "=", draft._name), ("res_id", "=", draft.id)]
        )
        self.assertIn("Board of May", lines.mapped("reason"))

    def test_what_is_in_force_is_kept_as_it_is(self):
        version = self.ladder(MAY)
        rung = version.rung_ids[2]
        for change in (
            lambda: version.write({"date_from": APRIL}),
            lambda: version.write({"rung_ids": [(5,)]}),
            lambda: version.unlink(),
            lambda: rung.write({"rank": 7}),
            lambda: rung.unlink(),
            lambda: rung.criterion_ids[0].write({"qualify": 1}),
            lambda: rung.criterion_ids[0].unlink(),
            lambda: version.plan_ids.create(
                {"version_id": version.id, "from_tier_id": self.silver.id}
            ),
            lambda: self.env["vip.ladder.criterion"].create(
                {"rung_id": rung.id, "metric_id": self.deposit.id, "qualify": 1}
            ),
        ):
            with self.assertRaises(UserError):
                change()

    def test_nobody_writes_a_state(self):
        draft = self.draft(MAY).with_user(self.users["admin"])
        for values in ({"state": "in_force"}, {"decided_by_id": self.env.uid}):
            with self.assertRaises(AccessError):
                draft.write(values)
        with self.assertRaises(AccessError):
            self.Version.with_user(self.users["admin"]).create({"date_from": MAY})

    def test_only_an_administrator_prepares_one(self):
        for role in "agent", "adviser", "manager":
            tiers = self.env["vip.tier"].with_user(self.users[role])
            with self.assertRaises(AccessError):
                tiers.action_change_ladder()

    def test_the_button_opens_one_draft_of_the_ladder_in_force(self):
        tiers = self.platinum.with_user(self.users["admin"])
        action = tiers.action_change_ladder()
        draft = self.Version.browse(action["res_id"])
        self.assertEqual(draft.company_id, self.company)
        self.assertEqual(draft._as_rules(), self.like(self.Version._of(self.company)))
        self.assertEqual(tiers.action_change_ladder()["res_id"], draft.id)

    def like(self, version):
        """Return the rules of a version, as those of another that says the same."""
        rules = version._as_rules()
        found = self.Version.search([("state", "=", "draft")])._as_rules()
        for mine, theirs in zip(rules, found, strict=True):
            for one, other in zip(mine["criteria"], theirs["criteria"], strict=True):
                one["id"] = other["id"]
        return rules

    def test_a_rung_that_goes_needs_a_plan(self):
        draft = self.draft(MAY, self.silver, self.platinum)
        self.assertEqual(draft.plan_ids.from_tier_id, self.diamond)
        with self.assertRaisesRegex(UserError, "holders of Diamond"):
            draft._propose(self.noon(MAY))
        draft.plan_ids.to_tier_id = self.platinum
        draft._propose(self.noon(MAY))

    def test_the_plan_names_a_tier_that_stays(self):
        draft = self.draft(
            MAY, self.silver, self.platinum, plan={self.diamond: self.platinum}
        )
        draft.rung_ids.filtered(lambda r: r.tier_id == self.platinum).unlink()
        self.assertEqual(draft.plan_ids.from_tier_id, self.platinum | self.diamond)
        self.assertFalse(draft.plan_ids.to_tier_id)

    def test_a_version_says_why_and_from_when(self):
        draft = self.draft(MAY)
        draft.reason = " "
        with self.assertRaisesRegex(UserError, "why"):
            draft._propose(self.noon(MAY))
        draft.write({"reason": "x", "date_from": False})
        with self.assertRaisesRegex(UserError, "from which day"):
            draft._propose(self.noon(MAY))

    def test_ranks_and_tiers_stand_once(self):
        draft = self.draft(MAY)
        draft.rung_ids[0].rank = 2
        with self.assertRaisesRegex(UserError, "only once"):
            draft._propose(self.noon(MAY))

    def test_tiers_of_another_ladder_are_refused(self):
        shared = self.env.ref("vip_service.tier_diamond")
        draft = self.draft(MAY)
        draft.rung_ids = [(0, 0, {"tier_id": shared.id, "rank": 4})]
        with self.assertRaisesRegex(UserError, "another ladder"):
            draft._propose(self.noon(MAY))

    def test_a_version_of_a_later_day_is_taken_back_before_it(self):
        version = self.ladder(MAY, at=self.noon(APRIL))
        decider = version.with_user(self.users["manager"])
        decider.with_context(**self.at(APRIL)).action_revoke()
        self.assertEqual(version.state, "rejected")
        version = self.ladder(MAY, at=self.noon(APRIL))
        decider = version.with_user(self.users["manager"])
        with self.assertRaisesRegex(UserError, "has not come"):
            decider.with_context(**self.at(MAY)).action_revoke()

    def at(self, day):
        return at_context(self.noon(day))

    def test_the_tiers_show_what_is_in_force_from_its_day_on(self):
        draft = self.draft(MAY)
        draft.rung_ids[1].criterion_ids[0].qualify = 600_000
        self.decide(draft, at=self.noon(APRIL))
        asked = self.platinum.criterion_ids.sorted("qualify")
        self.assertEqual(asked[-1].qualify, 500_000)
        self.Version._take_effect(self.company, self.noon(MAY))
        asked = self.platinum.criterion_ids.sorted("qualify")
        self.assertEqual(asked[-1].qualify, 600_000)

    def test_a_reviewed_month_keeps_its_ladder(self):
        self.fact(self.partner, JANUARY, 1_000_000, 700)
        self.review()
        for day in (JANUARY, date(2024, 1, 31)):
            draft = self.draft(day)
            with self.assertRaisesRegex(UserError, "January 2024 was reviewed"):
                draft._propose(REVIEW_AT)
            draft.unlink()
        self.ladder(date(2024, 2, 1), at=REVIEW_AT)

    def test_thresholds_may_begin_in_a_month_that_is_not_reviewed(self):
        draft = self.draft(MAY - timedelta(days=20))
        draft.rung_ids[1].criterion_ids[0].qualify = 600_000
        self.decide(draft, at=self.noon(MAY))
        self.assertEqual(draft.state, "in_force")

    def test_what_clients_held_on_past_days_stays(self):
        plan = {self.diamond: self.platinum}
        draft = self.draft(APRIL, self.silver, self.platinum, plan=plan)
        with self.assertRaisesRegex(UserError, "today or later"):
            draft._propose(self.noon(MAY))

    def test_versions_follow_one_another(self):
        self.ladder(MAY, at=self.noon(APRIL))
        for day in (MAY, APRIL):
            draft = self.draft(day)
            with self.assertRaisesRegex(UserError, "begins after"):
                draft._propose(self.noon(APRIL))
            draft.unlink()

    def test_the_preview_counts_by_tier(self):
        self.promote(self.partner, self.diamond, at=self.noon(JANUARY))
        second = self.client("Y")
        self.fact(second, JANUARY, 500_000, 200)
        plan = {self.diamond: self.platinum}
        draft = self.draft(MAY, self.silver, self.platinum, plan=plan)
        draft.with_context(**self.at(MAY)).action_preview()
        rows = {row["tier"]: row for row in draft.preview["rows"]}
        self.assertTrue(rows["Diamond"]["goes"])
        self.assertEqual((rows["Diamond"]["held"], rows["Diamond"]["planned"]), (1, 0))
        self.assertEqual(
            (rows["Platinum"]["held"], rows["Platinum"]["planned"]), (0, 1)
        )
        self.assertEqual(rows["Platinum"]["asked"], 1)
        self.assertEqual(draft.plan_ids.with_context(**self.at(MAY)).holder_count, 1)
        self.assertIn("Diamond", draft.preview_html)

    def test_thresholds_of_money_show_their_currency(self):
        money, lots = self.platinum.criterion_ids.sorted("qualify", reverse=True)
        name = self.company.currency_id.name
        self.assertEqual(money.display_name, f"Deposit ≥ 500,000 {name}")
        self.assertEqual(lots.display_name, "Volume ≥ 200")
        self.assertEqual((money.currency_name, lots.currency_name), (name, False))
