from odoo.tests import tagged

from odoo.addons.vip_base.tests.chinese import LANG, ChineseCase


@tagged("post_install", "-at_install")
class TestHostRatingChinese(ChineseCase):
    """The host's ratings ship no Chinese: ours comes from ``i18n_extra``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chinese("sla_scoring")
        cls.env = cls.env(context={**cls.env.context, "lang": LANG})

    def test_every_stored_term_of_the_host_is_chinese(self):
        self.assertEqual(self.untranslated_terms("helpdesk_mgmt_rating"), [])

    def test_rating_menu_and_request(self):
        menu = self.env.ref("helpdesk_mgmt_rating.helpdesk_ticket_rating_menu")
        self.assertEqual(menu.name, "客户评价")
        template = self.env.ref("helpdesk_mgmt_rating.rating_ticket_email_template")
        self.assertIn("您对我们的服务感觉如何", template.body_html)
        self.assertIn("/rate/{{ access_token }}/5", template.body_html)

    def test_title_of_a_tickets_ratings(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Anything", "description": "Anything"}
        )
        self.assertEqual(ticket.action_view_ticket_rating()["name"], "工单评价")
