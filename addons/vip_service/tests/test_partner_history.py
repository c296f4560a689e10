from odoo.exceptions import ValidationError

from .common import JANUARY, VipCase


class TestPartnerHistory(VipCase):
    """What a client was and did is never left to a contact that is no client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.parent = cls.env["res.partner"].create(
            {"name": "Group", "is_company": True}
        )
        cls.partner = cls.client("X")

    def test_a_client_with_history_becomes_no_contact_of_another(self):
        self.promote(self.partner, self.platinum)
        for values in (
            {"parent_id": self.parent.id, "client_type": False},
            {"client_type": False},
        ):
            with (
                self.subTest(**values),
                self.assertRaisesRegex(ValidationError, "history of tiers"),
            ):
                self.partner.write(values)
        with self.assertRaises(ValidationError):
            self.partner.parent_id = self.parent

    def test_figures_are_history_too(self):
        self.fact(self.partner, JANUARY, deposit=1)
        with self.assertRaises(ValidationError):
            self.partner.client_type = False

    def test_a_client_without_history_may_become_a_contact(self):
        self.partner.write({"client_type": False, "parent_id": self.parent.id})
        self.assertEqual(self.partner.commercial_partner_id, self.parent)

    def test_a_client_that_is_a_company_of_a_group_stays_a_client(self):
        self.promote(self.partner, self.platinum)
        self.partner.write({"is_company": True, "parent_id": self.parent.id})
        self.assertEqual(self.partner.vip_tier_id, self.platinum)
