from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError

from .common import FEBRUARY, JANUARY, MARCH, REVIEW_AT, VipCase

MARCH_FIRST, APRIL_FIRST = datetime(2024, 3, 1, 3), datetime(2024, 4, 1, 3)
UNTIL = date(2024, 3, 15)


class TestTierOverride(VipCase):
    """A tier out of the rules, with a reason and an end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.client("X")
        cls.manager = cls.users["manager"]
        cls.second = cls.new_user("manager", login="vip_second")

    def propose(self, tier=None, until=UNTIL, user=None, **values):
        return (
            self.env["vip.tier.change"]
            .with_user(user or self.manager)
            .with_context(allowed_company_ids=self.company.ids, **self.at(REVIEW_AT))
            .create(
                {
                    "partner_id": self.partner.id,
                    "to_tier_id": (tier or self.diamond).id,
                    "override_until": until,
                    "reason": "A guest of the board",
                    **values,
                }
            )
        )

    def override(self, tier=None, until=UNTIL):
        change = self.propose(tier, until)
        change.with_user(self.second)._approve(at=REVIEW_AT)
        return change.sudo()

    def test_a_second_person_approves_an_override(self):
        change = self.propose()
        with self.assertRaises(UserError):
            change._approve(at=REVIEW_AT)
        change.with_user(self.second)._approve(at=REVIEW_AT)
        self.assertEqual((change.state, change.override_end), ("applied", UNTIL))
        self.assertEqual(change.reason, "A guest of the board")
        self.assertEqual(self.partner.vip_tier_id, self.diamond)

    def test_one_person_is_enough_if_the_company_says_so(self):
        self.company.vip_override_single = True
        change = self.propose()
        change._approve(at=REVIEW_AT)
        self.assertEqual(
            (change.state, change.decided_by_id), ("applied", self.manager)
        )
        plain = self.env["vip.tier.change"].with_user(self.manager)
        plain = plain.create(
            {"partner_id": self.client("Y").id, "to_tier_id": self.diamond.id}
        )
        with self.assertRaises(UserError):
            plain._approve(at=REVIEW_AT)

    def test_an_override_has_a_reason_an_end_and_a_manager(self):
        for values in {"reason": " "}, {"until": date(2024, 2, 1)}:
            with self.subTest(**values), self.assertRaises(UserError):
                self.propose(**values)
        self.partner.adviser_id = self.users["adviser"]
        with self.assertRaises(AccessError):
            self.propose(user=self.users["adviser"])
        change = self.propose()
        with self.assertRaises(UserError):
            change.with_user(self.second)._approve(at=REVIEW_AT, effective_date=UNTIL)

    def test_the_review_leaves_an_override_alone_until_it_is_over(self):
        change = self.override()
        self.fact(self.partner, JANUARY, 1, 1)
        self.assertFalse(self.review(JANUARY, at=REVIEW_AT).change_ids)
        self.fact(self.partner, FEBRUARY, 1, 1)
        self.assertFalse(self.review(FEBRUARY, at=MARCH_FIRST).change_ids)
        self.assertEqual(change.state, "applied")
        # Over since 15 March: the next review judges by the rules again.
        self.fact(self.partner, MARCH, 1, 1)
        back = self.review(MARCH, at=APRIL_FIRST).change_ids
        self.assertEqual(
            (back.from_tier_id, back.to_tier_id, back.direction),
            (self.diamond, self.silver, "demotion"),
        )

    def test_on_its_last_day_it_runs_on_its_end_it_does_not(self):
        self.override(until=date(2024, 3, 2))
        self.fact(self.partner, FEBRUARY, 1, 1)
        self.assertFalse(self.review(FEBRUARY, at=MARCH_FIRST).change_ids)

    def test_an_override_that_ends_on_the_day_of_the_review_is_over(self):
        self.override(until=date(2024, 3, 1))
        self.fact(self.partner, FEBRUARY, 1, 1)
        self.assertTrue(self.review(FEBRUARY, at=MARCH_FIRST).change_ids)

    def test_a_waiting_override_survives_the_review_and_keeps_it_quiet(self):
        change = self.propose()
        self.fact(self.partner, JANUARY, 500_000, 200)
        self.assertFalse(self.review().change_ids)
        self.assertEqual(change.state, "proposed")

    def test_a_client_is_held_in_the_present_tier(self):
        self.promote(self.partner, self.platinum, at=datetime(2024, 1, 10))
        change = self.override(self.platinum)
        self.assertEqual((change.direction, change.state), ("hold", "applied"))
        self.assertFalse(change.tell_client)
        self.fact(self.partner, JANUARY, 1, 1)
        self.assertFalse(self.review().change_ids)
        [period] = self.env["vip.tier.membership"].search(
            [("partner_id", "=", self.partner.id)]
        )
        self.assertEqual(period.date_from, date(2024, 1, 10))

    def test_a_later_decision_ends_an_override(self):
        change = self.override()
        self.promote(
            self.partner, self.platinum, current=self.diamond, at=datetime(2024, 2, 10)
        )
        self.assertEqual(change.override_end, date(2024, 2, 10))
        self.assertEqual(change.override_until, UNTIL)
        self.fact(self.partner, FEBRUARY, 1, 1)
        self.assertTrue(self.review(FEBRUARY, at=MARCH_FIRST).change_ids)

    def test_what_is_scheduled_is_not_proposed_again(self):
        self.fact(self.partner, JANUARY, 1_000_000, 700)
        change = self.change(self.partner, self.diamond)
        change.with_user(self.manager)._approve(
            at=REVIEW_AT, effective_date=REVIEW_AT.date() + timedelta(days=20)
        )
        self.assertFalse(self.review().change_ids)

    def at(self, instant):
        from odoo.addons.vip_base.tools.times import at_context

        return at_context(instant)
