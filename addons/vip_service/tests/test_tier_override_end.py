from datetime import date, datetime

from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.times import at_context

from .common import VipCase


class TestEndOverride(VipCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["manager"]
        cls.vip = cls.client("VIP", adviser_id=cls.users["adviser"].id)
        cls.override = cls.promote_override(cls.vip, date(2024, 6, 1))
        cls.at = datetime(2024, 2, 10, 9)

    @classmethod
    def promote_override(cls, client, until):
        change = cls.change(client, cls.diamond, override_until=until, reason="Founder")
        change.with_user(cls.manager)._approve(at=datetime(2024, 1, 5, 9))
        return change

    def wizard(self, reason, user=None):
        changes = self.override.with_user(user or self.manager)
        action = changes.action_end_override()
        wizard = self.env["vip.tier.change.decision"].with_user(user or self.manager)
        context = {**action["context"], **at_context(self.at)}
        return wizard.with_context(**context).create({"reason": reason})

    def test_a_manager_ends_it_with_a_reason(self):
        self.wizard("Sold the firm").action_end_override()
        self.assertEqual(self.override.override_end, date(2024, 2, 10))
        self.assertEqual(self.override.override_until, date(2024, 6, 1))
        self.assertEqual(self.override.override_end_reason, "Sold the firm")
        line = self.env["vip.audit.log"].search(
            [("res_id", "=", self.override.id), ("action", "=", "ended")]
        )
        self.assertEqual(line.user_name, self.manager.name)
        self.assertEqual((line.reason, line.at), ("Sold the firm", self.at))
        self.assertEqual(line.new_values["override_end"], "2024-02-10")

    def test_without_a_reason_it_goes_on(self):
        with self.assertRaises(UserError):
            self.wizard(" ").action_end_override()

    def test_it_is_ended_once(self):
        self.wizard("Sold").action_end_override()
        with self.assertRaises(UserError):
            self.wizard("Again").action_end_override()

    def test_the_tier_stays_until_the_next_review(self):
        self.wizard("Sold").action_end_override()
        day = date(2024, 2, 11)
        tiers = self.vip._tier_at(day, self.company)
        self.assertEqual(tiers[self.vip.id], self.diamond)
        review = self.review(date(2024, 2, 1), at=datetime(2024, 3, 1, 3))
        self.assertEqual(review.change_ids.partner_id, self.vip)

    def test_while_it_runs_no_review_proposes(self):
        review = self.review(date(2024, 2, 1), at=datetime(2024, 3, 1, 3))
        self.assertFalse(review.change_ids)

    def badge(self, role):
        """Return (until, why) of the override in the header, None without one."""
        client = self.vip.with_user(self.users[role])
        page = client.with_context(**at_context(self.at)).client_360()
        badges = {badge["key"]: badge for badge in page["partner"]["badges"]}
        badge = badges.get("override")
        return badge and (badge["until"], badge["note"])

    def test_the_page_says_until_when_and_why(self):
        known = ("2024-06-01", "Founder")
        for role in "adviser", "manager", "auditor":
            self.assertEqual(self.badge(role), known, role)
        self.assertEqual(self.badge("agent"), ("2024-06-01", False))
        self.wizard("Sold").action_end_override()
        self.assertIsNone(self.badge("manager"))

    def test_clients_are_found_by_it(self):
        other = self.client("OTHER")
        Partner = self.env["res.partner"].with_context(**at_context(self.at))
        both = [("id", "in", (self.vip | other).ids)]
        found = Partner.search([*both, ("vip_override_until", "!=", False)])
        self.assertEqual(found, self.vip)
        found = Partner.search([*both, ("vip_override_until", "=", False)])
        self.assertEqual(found, other)
        found = Partner.search([*both, ("vip_override_until", "<", date(2024, 7, 1))])
        self.assertEqual(found, self.vip)

    def test_an_adviser_may_not_end_it(self):
        with self.assertRaises(AccessError):
            self.override.with_user(self.users["adviser"])._end_override("No")
