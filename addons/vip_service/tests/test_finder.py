"""The command palette finds what its user may see."""

from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestFinder(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        groups = "helpdesk_mgmt.group_helpdesk_user_team"
        cls.agent = new_test_user(cls.env, "finder.agent", groups=groups)
        cls.auditor = new_test_user(
            cls.env, "finder.auditor", groups="vip_base.group_vip_auditor"
        )
        cls.client = cls.env["res.partner"].create(
            {
                "name": "上海恒岳投资有限公司",
                "is_company": True,
                "client_type": "agent",
                "client_number": "FIND-77",
                "phone": "+86 (21) 5566-7788",
            }
        )
        cls.contact = cls.env["res.partner"].create(
            {"name": "Finn Dorothea", "parent_id": cls.client.id}
        )
        cls.stranger = cls.env["res.partner"].create({"name": "Finn Dorothea"})
        cls.team, cls.other = cls.env["helpdesk.ticket.team"].create(
            [
                {"name": "Ours", "user_ids": [(6, 0, cls.agent.ids)]},
                {"name": "Others"},
            ]
        )
        cls.ticket, cls.hidden = cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Unlock",
                    "description": "x",
                    "partner_id": cls.contact.id,
                    "team_id": team.id,
                }
                for team in (cls.team, cls.other)
            ]
        )

    def found(self, text, user=None):
        finder = self.env["vip.finder"].with_user(user or self.agent)
        return [(one["kind"], one["id"]) for one in finder.find(text)]

    def test_a_client_is_found_by_characters_of_its_name_number_and_phone(self):
        expected = [("client", self.client.id)]
        for text in ("恒岳", "恒", "find-7", "55667788", "(21) 5566", "+86215566"):
            with self.subTest(text):
                self.assertIn(expected[0], self.found(text))

    def test_a_contact_leads_to_its_client_and_strangers_are_not_found(self):
        self.assertEqual(self.found("Finn Doro"), [("client", self.client.id)])
        [told] = self.env["vip.finder"].with_user(self.agent).find("Finn Doro")
        self.assertEqual(told["action"], "vip_service.client_action")
        self.assertTrue(told["note"].startswith("上海恒岳投资有限公司 · FIND-77"))

    def test_who_does_not_see_phone_numbers_finds_nobody_by_them(self):
        self.assertEqual(self.found("55667788", self.auditor), [])
        self.assertIn(("client", self.client.id), self.found("恒岳", self.auditor))

    def test_three_digits_are_no_phone_number(self):
        self.assertNotIn(("client", self.client.id), self.found("778"))

    def test_a_ticket_is_found_by_its_number_by_who_may_read_it(self):
        self.assertIn(("ticket", self.ticket.id), self.found(self.ticket.number))
        self.assertNotIn(("ticket", self.hidden.id), self.found(self.hidden.number))
        self.assertNotIn("ticket", dict(self.found("Unlock")))

    def test_who_does_not_serve_finds_nothing(self):
        plain = new_test_user(self.env, "finder.plain", groups="base.group_user")
        portal = new_test_user(self.env, "finder.portal", groups="base.group_portal")
        for user in (plain, portal):
            with self.subTest(user.login):
                self.assertEqual(self.found("恒岳", user), [])
        self.assertEqual(self.found("  "), [])
