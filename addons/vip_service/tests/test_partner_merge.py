from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError

from .common import FEBRUARY, JANUARY, REVIEW_AT, VipCase

APRIL = datetime(2024, 4, 1, 3, 0)


class TestPartnerMerge(VipCase):
    """Merging two contacts that are clients loses nothing and stops at nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept = cls.client("KEPT")
        cls.double = cls.client("DOUBLE", adviser_id=cls.users["adviser"].id)

    def merge(self, *partners, into=None, user=None):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        if user:
            wizard = wizard.with_user(user).with_context(
                allowed_company_ids=self.company.ids
            )
        ids = [partner.id for partner in partners]
        wizard._merge(ids, into or self.kept, extra_checks=False)
        self.env.invalidate_all()

    def booked(self, partner):
        """Return what counts: (metric, month, number it was booked under, value)."""
        domain = [("partner_id", "=", partner.id), ("superseded_at", "=", False)]
        return sorted(
            (f.metric_id.code, f.month, f.alias_id.number or "", f.value)
            for f in self.env["vip.activity"].search(domain)
        )

    def test_figures_move_and_those_of_both_numbers_count(self):
        self.fact(self.kept, JANUARY, deposit=100)
        self.fact(self.double, JANUARY, deposit=200, volume=7)
        self.fact(self.double, FEBRUARY, deposit=300)
        self.merge(self.kept, self.double)
        self.assertEqual(
            self.booked(self.kept),
            [
                ("deposit", JANUARY, "", 100),
                ("deposit", JANUARY, "DOUBLE", 200),
                ("deposit", FEBRUARY, "DOUBLE", 300),
                ("volume", JANUARY, "DOUBLE", 7),
            ],
        )
        self.assertEqual(self.kept.client_alias_ids.mapped("number"), ["DOUBLE"])
        self.assertIn("DOUBLE", self.kept.message_ids[0].body)
        self.assertEqual(self.kept.client_number, "KEPT")
        self.assertEqual(self.kept.adviser_id, self.users["adviser"])

    def test_a_tier_held_by_the_double_goes_on_where_the_client_has_none(self):
        march = datetime(2024, 3, 1, 3, 0)
        self.promote(self.double, self.diamond, at=REVIEW_AT)
        self.promote(self.kept, self.platinum, at=march)
        self.promote(self.kept, self.silver, at=APRIL, current=self.platinum)
        self.merge(self.kept, self.double)
        found = self.env["vip.tier.membership"].search(
            [("partner_id", "=", self.kept.id)], order="date_from"
        )
        days = [date(2024, month, 1) for month in (2, 3, 4)]
        self.assertEqual(
            [(row.tier_id, row.date_from, row.date_to) for row in found],
            [
                (self.diamond, days[0], days[1]),
                (self.platinum, days[1], days[2]),
                (self.diamond, days[2], False),
            ],
        )
        self.assertEqual(self.kept.vip_tier_id, self.diamond)

    def test_days_that_move_name_the_change_that_gave_them(self):
        given = self.promote(self.double, self.diamond, at=REVIEW_AT)
        self.promote(self.kept, self.platinum, at=datetime(2024, 3, 1, 3, 0))
        self.promote(self.kept, self.silver, at=APRIL, current=self.platinum)
        before = self.env["vip.tier.membership"].search(
            [("partner_id", "=", self.double.id)]
        )
        self.merge(self.kept, self.double)
        moved = self.env["vip.tier.membership"].search(
            [("partner_id", "=", self.kept.id), ("tier_id", "=", self.diamond.id)]
        )
        self.assertEqual(moved.change_id, given)
        self.assertEqual(len(moved), 2)
        self.assertIn(before, moved)

    def test_both_have_a_tier_and_a_proposal(self):
        for client in self.kept, self.double:
            self.promote(client, self.platinum)
            self.change(client, self.diamond, current=self.platinum)
        self.merge(self.kept, self.double)
        self.assertEqual(self.kept.vip_tier_id, self.platinum)
        changes = self.env["vip.tier.change"].search(
            [("partner_id", "=", self.kept.id)]
        )
        self.assertEqual(
            sorted(changes.mapped("state")),
            ["applied", "applied", "expired", "proposed"],
        )

    def test_a_client_merged_into_a_plain_contact_stays_a_client(self):
        plain = self.env["res.partner"].create({"name": "Plain"})
        self.fact(self.double, JANUARY, deposit=200)
        self.merge(plain, self.double, into=plain)
        self.assertEqual((plain.client_type, plain.client_number), ("end", "DOUBLE"))
        self.assertEqual(self.current_facts(plain), {("deposit", JANUARY): (200, 1)})

    def test_three_clients_become_one(self):
        third = self.client("THIRD")
        for client in self.double, third:
            self.fact(client, JANUARY, deposit=200)
            self.change(client, self.platinum)
            self.promote_quietly(client)
        self.merge(self.kept, self.double, third)
        self.assertEqual(
            self.booked(self.kept),
            [("deposit", JANUARY, number, 200) for number in ("DOUBLE", "THIRD")],
        )
        self.assertFalse((self.double + third).exists())

    def promote_quietly(self, client):
        self.env["vip.tier.membership"].create(
            {
                "company_id": self.company.id,
                "partner_id": client.id,
                "tier_id": self.platinum.id,
                "date_from": "2024-02-01",
            }
        )

    def test_only_a_manager_merges_clients(self):
        agent, manager = self.users["agent"], self.users["manager"]
        for user in agent, manager:
            # The host merges for users of these groups only.
            for name in "partner_manager", "erp_manager":
                user.group_ids += self.env.ref(f"base.group_{name}")
        with self.assertRaises(AccessError):
            self.merge(self.kept, self.double, user=agent)
        plain = self.env["res.partner"].create({"name": "Plain"})
        self.merge(self.kept, plain, user=agent)
        self.assertFalse(plain.exists())
        self.merge(self.kept, self.double, user=manager)
        self.assertFalse(self.double.exists())
        self.assertEqual(self.kept.adviser_id, self.users["adviser"])

    def test_both_have_a_change_that_waits_for_its_day_and_an_override(self):
        day = date(2024, 3, 1)
        waiting, overrides = [], []
        manager = self.users["manager"]
        for client in self.kept, self.double:
            override = self.change(
                client, self.platinum, override_until="2024-06-01", reason="Guest"
            )
            override.with_user(manager)._approve(at=REVIEW_AT)
            overrides.append(override)
            change = self.change(client, self.diamond, current=self.platinum)
            change.with_user(manager)._approve(at=REVIEW_AT, effective_date=day)
            waiting.append(change)
        lines = self.env["vip.audit.log"].search_count([])
        self.merge(self.kept, self.double)
        self.assertEqual([c.state for c in waiting], ["approved", "expired"])
        self.assertEqual({c.partner_id for c in waiting + overrides}, {self.kept})
        self.assertEqual({c.state for c in overrides}, {"applied"})
        # The log keeps every line, and gains that of the change that ended and that of
        # the merge.
        self.assertEqual(self.env["vip.audit.log"].search_count([]), lines + 2)
        self.env["vip.tier.change"]._apply_scheduled(self.company, APRIL)
        self.assertEqual(self.kept.vip_tier_id, self.diamond)

    def test_one_verdict_per_review_stays(self):
        self.platinum.grace_reviews = 1
        for client in self.kept, self.double:
            self.promote(client, self.platinum, at=datetime(2024, 1, 10))
        review = self.review()
        self.assertEqual(review.grace_count, 2)
        self.merge(self.kept, self.double)
        self.assertEqual(review.verdict_ids.partner_id, self.kept)
        self.assertEqual(len(review.verdict_ids), 1)

    def test_a_merge_keeps_what_was_known_of_tiers(self):
        memberships = self.env["vip.tier.membership"]
        self.promote(self.double, self.platinum, at=datetime(2024, 2, 1, 9))
        self.promote(self.kept, self.diamond, at=datetime(2024, 2, 1, 9))
        double = self.double.browse(self.double.id)

        def known(partner, at):
            found = memberships._as_known(partner, self.company, at)
            return [tier for _start, _stop, tier in found]

        now = self.env.cr.now() + timedelta(seconds=1)
        before = datetime(2024, 3, 1)
        self.merge(self.kept, self.double)
        self.assertEqual(known(double, before), [self.platinum])
        self.assertEqual(known(double, now), [])
        self.assertEqual(known(self.kept, before), [self.diamond])
        self.assertEqual(known(self.kept, now), [self.diamond])
