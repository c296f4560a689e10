from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import html2plaintext

from odoo.addons.vip_base.tools.digest import Row


@tagged("post_install", "-at_install")
class TestDigest(TransactionCase):
    """Mails to our own people: one layout, the reader's language and zone."""

    def tell(self, user, **values):
        row = Row(
            **{
                "title": "First response · HT001 Opening",
                "client": "Acme",
                "tier": ("Diamond", 32),
                "due": "was due Nov 26, 2:14 PM",
                "late": True,
                "holder": "Ann",
                "todo": "Open the ticket",
                "url": "https://service.example/odoo/vip-tickets/1",
                **values,
            }
        )
        self.env["vip.digest"]._tell(
            user, "Promises that run late: 1", [("The limit has passed", [row])]
        )
        domain = [("partner_ids", "in", user.partner_id.ids)]
        return self.env["mail.message"].search(domain, limit=1)

    def test_each_row_says_whose_what_when_who_and_has_one_button(self):
        user = new_test_user(self.env, "reader", groups="vip_base.group_vip_manager")
        message = self.tell(user)
        text = html2plaintext(message.body)
        for said in (
            "Diamond",
            "Acme",
            "First response",
            "2:14 PM",
            "Ann",
            "vip-tickets/1",
        ):
            self.assertIn(said, text)
        self.assertEqual(message.body.count("<a "), 1)
        self.assertLess(text.index("Acme"), text.index("Ann"))

    def test_the_mail_has_no_signature_and_a_part_of_plain_text(self):
        user = new_test_user(
            self.env,
            "mailed",
            groups="vip_base.group_vip_manager",
            notification_type="email",
            email="mailed@example.com",
        )
        message = self.tell(user)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertIn("Acme", mail.body_html)
        self.assertNotIn("Powered by", mail.body_html)
        self.assertNotIn("--<br", mail.body_html)
        [sent] = mail._prepare_outgoing_list()
        self.assertIn("Open the ticket", sent["body_alternative"])

    def test_what_people_wrote_is_no_code(self):
        user = new_test_user(self.env, "safe", groups="vip_base.group_vip_manager")
        message = self.tell(user, client="<img src=x onerror=alert(1)>")
        self.assertNotIn("<img", message.body)

    def test_the_zone_is_that_of_the_reader(self):
        user = new_test_user(self.env, "far", groups="vip_base.group_vip_manager")
        user.tz = "Asia/Shanghai"
        reader = self.env["vip.digest"]._reader(user)
        self.assertEqual(reader.env.context["tz"], "Asia/Shanghai")
        user.tz = False
        self.env.company.resource_calendar_id.tz = "Europe/Prague"
        reader = self.env["vip.digest"]._reader(user)
        self.assertEqual(reader.env.context["tz"], "Europe/Prague")
