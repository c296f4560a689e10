from datetime import date, datetime, timedelta

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from .common import VipCase


class TestTierMembership(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.client("X")

    def move(self, tier, current, at):
        return self.promote(self.partner, tier, at=at, current=current)

    def periods(self):
        memberships = self.env["vip.tier.membership"].search(
            [("partner_id", "=", self.partner.id)], order="date_from"
        )
        return [(m.tier_id, m.date_from, m.date_to) for m in memberships]

    def tier_on(self, day, partner=None):
        partner = partner or self.partner
        return partner._tier_at(day, self.company)[partner.id]

    def test_a_tier_is_answered_as_of_any_day(self):
        self.move(self.platinum, self.silver, datetime(2024, 2, 1))
        self.move(self.diamond, self.platinum, datetime(2024, 3, 1))
        self.move(self.silver, self.diamond, datetime(2024, 5, 1))
        for day, tier in (
            (date(2024, 1, 31), self.silver),
            (date(2024, 2, 1), self.platinum),
            (date(2024, 2, 29), self.platinum),
            (date(2024, 3, 1), self.diamond),
            (date(2024, 4, 30), self.diamond),
            (date(2024, 5, 1), self.silver),
        ):
            self.assertEqual(self.tier_on(day), tier, day)
        self.assertEqual(
            self.periods(),
            [
                (self.platinum, date(2024, 2, 1), date(2024, 3, 1)),
                (self.diamond, date(2024, 3, 1), date(2024, 5, 1)),
            ],
        )

    def test_the_last_decision_of_a_day_counts_for_it(self):
        self.move(self.platinum, self.silver, datetime(2024, 2, 1, 9))
        self.move(self.diamond, self.platinum, datetime(2024, 2, 1, 15))
        self.assertEqual(self.periods(), [(self.diamond, date(2024, 2, 1), False)])

    def test_back_to_the_lowest_on_the_same_day_leaves_no_trace_of_a_tier(self):
        self.move(self.platinum, self.silver, datetime(2024, 2, 1, 9))
        self.move(self.silver, self.platinum, datetime(2024, 2, 1, 15))
        self.assertEqual(self.periods(), [])

    def known(self, at, partner=None):
        found = self.env["vip.tier.membership"]._as_known(
            partner or self.partner, self.company, at
        )
        return [(tier, start, stop) for start, stop, tier in found]

    def test_memberships_are_told_as_they_were_known(self):
        first, second = datetime(2024, 2, 1, 9), datetime(2024, 3, 1, 15)
        self.move(self.platinum, self.silver, first)
        self.move(self.diamond, self.platinum, second)
        began, rose = date(2024, 2, 1), date(2024, 3, 1)
        self.assertEqual(self.known(first - timedelta(seconds=1)), [])
        self.assertEqual(self.known(first), [(self.platinum, began, None)])
        before = second - timedelta(seconds=1)
        self.assertEqual(self.known(before), [(self.platinum, began, None)])
        self.assertEqual(
            self.known(second),
            [(self.platinum, began, rose), (self.diamond, rose, None)],
        )

    def test_what_was_replaced_on_the_same_day_was_known_until_then(self):
        self.move(self.platinum, self.silver, datetime(2024, 2, 1, 9))
        self.move(self.silver, self.platinum, datetime(2024, 2, 1, 15))
        day = date(2024, 2, 1)
        noon = datetime(2024, 2, 1, 12)
        self.assertEqual(self.known(noon), [(self.platinum, day, None)])
        self.assertEqual(self.known(datetime(2024, 2, 1, 15)), [])

    def test_what_was_decided_for_later_is_not_overtaken(self):
        self.move(self.platinum, self.silver, datetime(2024, 3, 1))
        with self.assertRaises(UserError):
            self.move(self.diamond, self.platinum, datetime(2024, 2, 1))

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_overlaps(self):
        self.move(self.platinum, self.silver, datetime(2024, 3, 1))
        values = {
            "company_id": self.company.id,
            "partner_id": self.partner.id,
            "tier_id": self.diamond.id,
            "date_from": date(2024, 1, 1),
        }
        Membership = self.env["vip.tier.membership"]
        Membership.create({**values, "date_to": date(2024, 3, 1)})
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            Membership.create(
                {**values, "date_from": date(2024, 2, 1), "date_to": date(2024, 3, 2)}
            )
        self.assertIn("no_overlap", str(caught.exception))

    def test_contacts_share_the_tier_and_others_have_none(self):
        contact = self.env["res.partner"].create(
            {"name": "Secretary", "parent_id": self.partner.id}
        )
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self.move(self.platinum, self.silver, datetime(2024, 2, 1))
        self.assertEqual(contact.vip_tier_id, self.platinum)
        self.assertFalse(stranger.vip_tier_id)

    def test_tiers_of_any_number_of_partners_take_one_query(self):
        self.move(self.platinum, self.silver, datetime(2024, 2, 1))
        partners = self.partner
        for number in range(30):
            partners += self.client(f"many-{number}")
        self.env.flush_all()
        with self.assertQueryCount(1):
            tiers = partners._tier_at(date(2024, 2, 1), self.company)
        self.assertEqual(tiers[self.partner.id], self.platinum)
        self.assertEqual(len(tiers), 31)

    def test_clients_are_found_by_tier(self):
        other = self.client("Y")
        contact = self.env["res.partner"].create(
            {"name": "Secretary", "parent_id": self.partner.id}
        )
        self.move(self.platinum, self.silver, datetime(2024, 2, 1))
        Partner = self.env["res.partner"]
        everyone = self.partner | other | contact | self.users["agent"].partner_id

        def found(*leaf):
            return Partner.search([leaf, ("id", "in", everyone.ids)])

        self.assertEqual(
            found("vip_tier_id", "=", self.platinum.id), self.partner | contact
        )
        self.assertEqual(found("vip_tier_id", "=", "Platinum"), self.partner | contact)
        self.assertEqual(found("vip_tier_id.rank", ">", 1), self.partner | contact)
        self.assertEqual(found("vip_tier_id", "=", self.silver.id), other)
        self.assertEqual(
            found("vip_tier_id", "=", False), self.users["agent"].partner_id
        )
        self.assertEqual(
            found("vip_tier_id", "!=", False), self.partner | contact | other
        )

    def test_a_future_membership_is_not_todays_tier(self):
        day = self.env.cr.now() + timedelta(days=40)
        self.move(self.platinum, self.silver, day)
        self.env.invalidate_all()
        self.assertEqual(self.partner.vip_tier_id, self.silver)
        self.assertEqual(self.tier_on(day.date()), self.platinum)

    def test_each_company_has_its_own_memberships(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.move(self.platinum, self.silver, datetime(2024, 2, 1))
        tiers = self.partner._tier_at(date(2024, 2, 1), other)
        self.assertEqual(
            tiers[self.partner.id], self.env.ref("vip_service.tier_silver")
        )
