from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError

from .common import JANUARY, REVIEW_AT, VipCase


class TestTierTogether(VipCase):
    """What is seen before tier changes are decided, together or one by one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser, cls.manager = cls.users["adviser"], cls.users["manager"]
        cls.partner = cls.client("X", adviser_id=cls.adviser.id)
        cls.Change = cls.env["vip.tier.change"]
        cls.today = cls.company._vip_local_date(cls.env.cr.now())
        cls.tomorrow = cls.today + timedelta(days=1)

    def page(self, changes):
        return changes.with_user(self.manager).together_page()

    def approve(self, changes, day=None, reason=None, seen=None):
        changes = changes.with_user(self.manager)
        return changes.together_approve(str(day or self.tomorrow), reason, seen)

    # The adviser's opinion

    def test_an_adviser_says_what_they_think_of_own_clients(self):
        change = self.change(self.partner, self.platinum)
        mine = change.with_user(self.adviser)
        self.assertTrue(mine.can_give_opinion)
        with self.assertRaises(UserError):
            mine._give_opinion("against", " ", REVIEW_AT)
        mine._give_opinion("against", "They leave next month", REVIEW_AT)
        self.assertEqual(change.opinion, "against")
        self.assertEqual(change.opinion_by_id, self.adviser)
        self.assertEqual(change.opinion_at, REVIEW_AT)
        line = self.env["vip.audit.log"].search(
            [("model", "=", change._name), ("res_id", "=", change.id)], limit=1
        )
        self.assertEqual(line.reason, "They leave next month")

    def test_nobody_else_gives_the_opinion_of_an_adviser(self):
        other = self.change(self.client("Other"), self.platinum)
        for user in self.adviser, self.manager:
            with self.assertRaises(AccessError):
                other.with_user(user)._give_opinion("agrees", "", REVIEW_AT)

    def test_no_opinion_is_given_on_what_is_decided(self):
        change = self.change(self.partner, self.platinum)
        change.with_user(self.manager)._approve(at=REVIEW_AT)
        with self.assertRaises(UserError):
            change.with_user(self.adviser)._give_opinion("agrees", "", REVIEW_AT)

    def test_who_approves_against_an_adviser_says_why(self):
        change = self.change(self.partner, self.platinum)
        change.with_user(self.adviser)._give_opinion(
            "hold", "One more month", REVIEW_AT
        )
        with self.assertRaises(UserError):
            change.with_user(self.manager)._approve(at=REVIEW_AT)
        asked = change.with_user(self.manager).action_approve()
        self.assertEqual(asked["res_model"], "vip.tier.change.decision")
        change.with_user(self.manager)._approve(at=REVIEW_AT, reason="It is paid for")
        self.assertEqual(change.state, "applied")

    def test_the_window_of_the_opinion_keeps_it_for_all_chosen(self):
        second = self.client("Z", adviser_id=self.adviser.id)
        changes = self.change(self.partner, self.platinum)
        changes += self.change(second, self.platinum)
        action = changes.with_user(self.adviser).action_give_opinion()
        window = self.env[action["res_model"]].with_user(self.adviser)
        window = window.with_context(**action["context"]).create({})
        window.action_give()
        self.assertEqual(set(changes.mapped("opinion")), {"agrees"})

    # Taking back

    def test_an_approval_is_taken_back_until_the_day_before(self):
        change = self.change(self.partner, self.platinum)
        self.approve(change)
        self.assertEqual(change.take_back_until, self.today)
        mine = change.with_user(self.manager)
        self.assertTrue(mine.can_take_back)
        mine.action_take_back()
        self.assertEqual(change.state, "proposed")
        self.assertFalse(change.decided_by_id or change.decided_at)
        self.assertFalse(change.effective_date)
        self.approve(change, day=self.today)
        self.assertEqual(change.state, "applied")
        with self.assertRaises(UserError):
            mine.action_take_back()

    def test_who_does_not_decide_takes_nothing_back(self):
        change = self.change(self.partner, self.platinum)
        self.approve(change)
        self.assertFalse(change.with_user(self.adviser).can_take_back)
        with self.assertRaises(AccessError):
            change.with_user(self.adviser).action_take_back()
        self.assertEqual(change.state, "approved")

    def test_nothing_is_taken_back_where_something_else_is_proposed(self):
        change = self.change(self.partner, self.platinum)
        self.approve(change)
        self.change(self.partner, self.diamond)
        with self.assertRaises(UserError):
            change.with_user(self.manager).action_take_back()

    # The page

    def test_flags_stand_first_and_the_others_are_approved(self):
        plain = self.change(self.client("A"), self.platinum)
        two = self.change(self.client("B"), self.diamond)
        opposed = self.change(self.partner, self.platinum)
        opposed.with_user(self.adviser)._give_opinion("against", "No", REVIEW_AT)
        page = self.page(plain | two | opposed)
        flags = {row["id"]: [f["key"] for f in row["flags"]] for row in page["rows"]}
        self.assertEqual(flags[two.id], ["two"])
        self.assertEqual(flags[opposed.id], ["opposed"])
        self.assertEqual(flags[plain.id], [])
        self.assertEqual(page["rows"][-1]["id"], plain.id)
        self.assertEqual(set(page["flagged"]), {two.id, opposed.id})
        self.assertEqual(page["opposed"], [opposed.id])
        result = self.approve(plain)
        self.assertEqual(result["ids"], plain.ids)
        self.assertEqual(result["until"], str(self.today))
        self.assertEqual((plain.state, two.state), ("approved", "proposed"))

    def test_what_was_shown_may_be_approved_though_its_figures_changed(self):
        change = self.change(self.client("A"), self.platinum)
        change.sudo().figures_changed_at = REVIEW_AT
        row = self.page(change)["rows"][0]
        self.assertEqual([flag["key"] for flag in row["flags"]], ["changed"])
        with self.assertRaises(UserError):
            self.approve(change)
        self.approve(change, seen={str(change.id): row["seen"]})
        self.assertEqual(change.state, "approved")

    def test_a_proposer_sees_that_the_own_proposal_is_not_theirs(self):
        change = self.Change.with_user(self.manager).create(
            {"partner_id": self.partner.id, "to_tier_id": self.platinum.id}
        )
        row = self.page(change)["rows"][0]
        self.assertEqual([flag["key"] for flag in row["flags"]], ["barred"])
        self.assertTrue(row["bar"])

    def test_figures_stand_beside_the_line_that_counts(self):
        rising = self.client("R")
        self.fact(rising, JANUARY, 1_000_000, 700)
        change = self.review().change_ids
        [money, volume] = self.page(change)["rows"][0]["figures"]
        self.assertTrue(money["reached"] and volume["reached"])
        self.assertIn("1,000,000", money["value"])

    def test_without_a_choice_all_stand_there_that_wait_for_the_reader(self):
        change = self.change(self.client("A"), self.platinum)
        own = self.Change.with_user(self.manager).create(
            {"partner_id": self.partner.id, "to_tier_id": self.platinum.id}
        )
        waiting = self.Change.with_user(self.manager).together_waiting()
        self.assertIn(change.id, waiting)
        self.assertNotIn(own.id, waiting)

    def test_flow_load_and_effects_are_those_of_all(self):
        up = self.change(self.partner, self.platinum)
        alone = self.change(self.client("A"), self.platinum)
        page = self.page(up | alone)
        self.assertEqual(
            page["flow"]["moves"],
            [{"from": self.silver.id, "to": self.platinum.id, "count": 2}],
        )
        [load] = page["advisers"]
        self.assertEqual(load["after"] - load["now"], 1)
        [effect] = [e for e in page["effects"] if "no adviser" in e["text"]]
        self.assertEqual(effect["link"]["domain"], [["id", "in", alone.ids]])

    def test_a_right_that_is_booked_is_seen_before_it_is_lost(self):
        self.promote(self.partner, self.platinum, at=self.env.cr.now())
        right = self.env["vip.entitlement"].create(
            {"name": "Lounge", "tier_id": self.platinum.id}
        )
        self.env["vip.entitlement.use"].create(
            {
                "entitlement_id": right.id,
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "date": self.tomorrow,
            }
        )
        fall = self.change(self.partner, self.silver, current=self.platinum)
        [row] = self.page(fall)["rows"]
        self.assertIn("booked", [flag["key"] for flag in row["flags"]])
        stakes = {part["key"]: part for part in fall.with_user(self.manager).stakes}
        lines = {
            (line["text"], line["tone"])
            for line in stakes["vip_service/rights"]["lines"]
        }
        self.assertIn(("Lounge", "soon"), lines)

    def test_rejecting_together_asks_a_reason(self):
        change = self.change(self.client("A"), self.platinum)
        mine = change.with_user(self.manager)
        with self.assertRaises(UserError):
            mine.together_reject(" ")
        self.assertEqual(mine.together_reject("Not now")["ids"], change.ids)
        self.assertEqual((change.state, change.reason), ("rejected", "Not now"))

    def test_earlier_decisions_stand_beside_a_new_one(self):
        self.promote(self.partner, self.platinum)
        change = self.change(self.partner, self.diamond)
        stakes = {part["key"]: part for part in change.with_user(self.manager).stakes}
        [line] = stakes["vip_service/road"]["lines"]
        self.assertEqual(line["link"]["model"], "vip.tier.change")
        self.assertEqual(date.fromisoformat(line["at"][:10]), REVIEW_AT.date())

    def test_who_does_not_decide_sees_nothing_of_what_is_at_stake(self):
        change = self.change(self.partner, self.platinum)
        with self.assertRaises(AccessError):
            change.with_user(self.adviser).read(["stakes"])
