"""A client's visit on a phone: what is open, a call-back, a new request, a rating.

By real taps in a real browser: the page that takes an answer trusts nothing else.
"""

from odoo.tests import new_test_user

from .common import EachWay, real_page
from .story import StoryCase


class TestClientVisit(EachWay, StoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "tour.visitor", groups="base.group_portal", tz="Asia/Shanghai"
        )
        cls.person = cls.user.partner_id
        cls.person.write({"parent_id": cls.trading.id, "phone": "138 0013 8000"})
        (cls.open_ticket | cls.late_ticket).partner_id = cls.person
        cls.finished = cls._request("Reset my password", 30, partner_id=cls.person.id)
        done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        done.mail_template_id = False
        cls.finished._at(cls.now).write({"stage_id": done.id, "closed_date": cls.now})
        cls.question = cls.env["vip.question"]._queue(
            cls.finished, [cls.env["mail.template"]], cls.now
        )

    def test_a_visit_from_what_is_open_to_a_rating(self):
        self.user.lang = self.way.language
        self.env.flush_all()
        self.authenticate("tour.visitor", "tour.visitor")
        with real_page(self, self.way.width) as page:
            page.context.add_cookies(
                [
                    {
                        "name": "frontend_lang",
                        "value": self.way.language,
                        "url": self.base_url(),
                    }
                ]
            )
            page.goto(f"{self.base_url()}/my")
            self._sees_what_is_open(page)
            self._asks_for_a_call(page)
            self._sends_a_request(page)
            self._rates(page)

    def _sees_what_is_open(self, page):
        page.wait_for_selector("[data-card=sla_promise]")
        page.wait_for_load_state("networkidle")
        numbers = page.eval_on_selector_all(
            ".o_vip_portal_request", "rows => rows.map(row => row.dataset.number)"
        )
        self.assertEqual(
            numbers, [self.late_ticket.number, self.open_ticket.number], "by due time"
        )
        late = page.locator(f"[data-number='{self.late_ticket.number}']")
        self.assertEqual(late.locator(".o_vip_late").count(), 2, "when, and why")
        adviser = page.locator(".o_vip_portal_name").inner_text()
        self.assertIn("tour.manager", adviser)
        # Nothing is wider than the phone.
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        self.assertFalse(wide)

    def _asks_for_a_call(self, page):
        page.click(".o_vip_portal_call_back summary")
        page.wait_for_selector(".o_vip_portal_promise")
        promise = page.inner_text(".o_vip_portal_promise")
        self.assertRegex(promise, r"\d")
        page.fill("#vip_call_about", "Margin 保证金")
        page.click(".o_vip_portal_call_back button[type=submit]")
        page.wait_for_selector(".o_vip_portal_call")
        self.assertEqual(page.locator(".o_vip_portal_call_back").count(), 0)
        # What the page asks for by itself shares the transaction: it comes first.
        page.wait_for_load_state("networkidle")
        item = self.env.ref("vip_service.category_call_back")
        call = self.env["helpdesk.ticket"].search([("category_id", "=", item.id)])
        self.assertEqual(len(call), 1)
        self.assertEqual((call.partner_id, call.user_id), (self.person, self.manager))
        self.assertIn("保证金", call.description)

    def _sends_a_request(self, page):
        page.goto(f"{self.base_url()}/new/ticket")
        item = page.locator(f".o_vip_portal_item:has(input[value='{self.item.id}'])")
        told = item.inner_text()
        self.assertIn("50", told)
        item.click()
        self.assertTrue(item.locator("input").is_checked())
        page.fill("input[name=subject]", "Move my account")
        page.fill("textarea[name=description]", "To Pudong 浦东")
        page.click("form[action='/submitted/ticket'] button[type=submit]")
        page.wait_for_selector(".o_sla_promises")
        page.wait_for_load_state("networkidle")
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "Move my account")])
        self.assertEqual(len(ticket), 1)
        self.assertEqual(ticket.category_id, self.item)
        # What was seen before sending is what was promised.
        [clock] = ticket.clock_ids.filtered(lambda one: one.metric == "resolution")
        self.assertEqual((clock.due_at - ticket.opened_at).total_seconds(), 50 * 60)

    def _rates(self, page):
        page.goto(f"{self.base_url()}/my")
        stars = page.locator("[data-card=finished] .o_vip_portal_stars a")
        self.assertEqual(stars.count(), 5)
        stars.nth(3).click()
        page.wait_for_selector("#vip_answer_form")
        self.assertTrue(page.is_checked("input[name=grade][value='4']"))
        page.fill("textarea[name=words]", "Quick 很快")
        page.click(".send")
        page.wait_for_selector(".given")
        page.wait_for_load_state("networkidle")
        self.question.invalidate_recordset()
        answer = self.question.answer_ids
        self.assertEqual((answer.grade, answer.words), (4, "Quick 很快"))
        self.assertEqual(answer.channel, "portal")
        page.goto(f"{self.base_url()}/my")
        self.assertEqual(page.locator("[data-card=finished]").count(), 0)
