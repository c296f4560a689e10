from datetime import date, datetime

from odoo.exceptions import ValidationError

from .common import VipCase


class TestEntitlement(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.client("X")
        cls.promote(cls.partner, cls.platinum, at=datetime(2024, 1, 1))
        cls.right = cls.env["vip.entitlement"].create(
            {
                "name": "Concierge",
                "tier_id": cls.platinum.id,
                "quota": 2,
                "period": "quarter",
            }
        )

    def use(self, day=date(2024, 2, 1), right=None, **values):
        return self.env["vip.entitlement.use"].create(
            {
                "entitlement_id": (right or self.right).id,
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "date": day,
                **values,
            }
        )

    def test_a_quota_is_used_up_within_its_calendar_period(self):
        self.use(quantity=2)
        with self.assertRaises(ValidationError):
            self.use(day=date(2024, 3, 31))
        self.use(day=date(2024, 4, 1))

    def test_a_right_without_quota_has_no_limit(self):
        self.right.quota = 0
        self.use(quantity=1000)

    def test_a_right_is_of_its_tier_and_the_higher_ones(self):
        for tier, entitled in (
            (self.silver, True),
            (self.platinum, True),
            (self.diamond, False),
        ):
            right = self.env["vip.entitlement"].create(
                {"name": tier.name, "tier_id": tier.id}
            )
            if entitled:
                self.assertTrue(self.use(right=right))
            else:
                with self.assertRaises(ValidationError):
                    self.use(right=right)

    def test_the_tier_counts_of_the_day_of_use(self):
        with self.assertRaises(ValidationError):
            self.use(day=date(2023, 12, 31))

    def test_delivery_opens_a_ticket_of_the_service_item(self):
        category = self.env["helpdesk.ticket.category"].create({"name": "Travel"})
        self.right.category_id = category
        use = self.use(note="Train to Beijing")
        self.assertEqual(
            (use.ticket_id.category_id, use.ticket_id.partner_id, use.ticket_id.name),
            (category, self.partner, "Concierge"),
        )

    def test_who_granted_it_is_who_did(self):
        agent = self.users["agent"]
        use = (
            self.env["vip.entitlement.use"]
            .with_user(agent)
            .create(
                {
                    "entitlement_id": self.right.id,
                    "partner_id": self.partner.id,
                    "user_id": self.users["admin"].id,
                }
            )
        )
        self.assertEqual(use.user_id, agent)

    def test_shipped_rights(self):
        """REQUIREMENTS T4, T7."""
        shipped = self.env["vip.entitlement"].search(
            [("tier_id.company_id", "=", False), ("tier_id.code", "!=", False)]
        )
        by_tier = {
            code: set(rights.mapped("name"))
            for code, rights in shipped.grouped(lambda e: e.tier_id.code).items()
        }
        self.assertIn("One dedicated adviser", by_tier["platinum"])
        self.assertIn("Bespoke report", by_tier["diamond"])
        self.assertIn("Standard service", by_tier["silver"])
