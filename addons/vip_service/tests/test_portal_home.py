"""What a client sees and does on its home, signed in over HTTP."""

import re
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.vip_base.tools.times import add_months, event_time

from .common import REVIEW_AT, VipCase


class PortalCase(VipCase, HttpCase):
    """A client of the company of whoever is signed in, with adviser and figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.adviser = cls.new_user("adviser", login="portal_adviser")
        cls.adviser.write(
            {"name": "Peng Chao", "phone": "021 5555", "email": "p@x.example"}
        )
        cls.other = cls.new_user("leader", login="portal_other")
        cls.other.name = "Secret Colleague"
        cls.bank = cls.client("BANK", adviser_id=cls.adviser.id)
        cls.person = cls.new_user("portal", login="signed")
        cls.person.write({"tz": "Asia/Shanghai", "lang": "en_US"})
        cls.person.partner_id.write(
            {"parent_id": cls.bank.id, "phone": "138 0013 8000"}
        )
        cls.now = event_time(cls.env)
        cls.month = cls.company._vip_month(cls.now)
        cls.item = cls.env["helpdesk.ticket.category"].create(
            {"name": "Transfer", "company_id": False}
        )
        cls.call = cls.env.ref("vip_service.category_call_back")

    def setUp(self):
        super().setUp()
        self.authenticate("signed", "signed")

    def page(self, address="/my"):
        response = self.url_open(address)
        self.assertEqual(response.status_code, 200)
        return response.text

    def card(self, key):
        """Return the text of a card on the home, empty if it is not there."""
        found = re.search(
            rf'<section[^>]*data-card="{key}".*?</section>', self.page(), re.DOTALL
        )
        return found.group(0) if found else ""

    def post(self, address, **data):
        token = Request.csrf_token(self)
        return self.url_open(
            address, data={"csrf_token": token, **data}, allow_redirects=False
        )

    def remote(self, method, args, model="helpdesk.ticket"):
        """Return what a remote call of the client is answered."""
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        address = f"/web/dataset/call_kw/{model}/{method}"
        return self.url_open(address, json={"params": params}).json()

    def speak(self, lang):
        """Choose the language of the portal's pages, as by its selector."""
        for cookie in self.opener.cookies:
            if cookie.name == "frontend_lang":
                cookie.value = lang

    def ask_for_call(self, **data):
        return self.post("/my/call-back", **{"phone": "138 0013 8000", **data})

    def calls(self):
        return self.env["helpdesk.ticket"].search([("category_id", "=", self.call.id)])


@tagged("post_install", "-at_install")
class TestPortalHome(PortalCase):
    """Who serves me, how I stand, what I have."""

    def test_my_adviser_and_how_to_reach_them(self):
        card = self.card("adviser")
        for text in ("Peng Chao", "tel:021 5555", "mailto:p@x.example", "Call me back"):
            self.assertIn(text, card)

    def test_an_adviser_is_at_work_by_the_hours_of_the_company(self):
        # Monday 10:00; the standard hours are 8 to 17, with lunch.
        at = REVIEW_AT.replace(day=5, hour=10)
        env = self.env(user=self.person)
        adviser = self.adviser.with_env(env)
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        hours = {
            2: "At work until 5:00 PM",  # 10:00 in Shanghai
            4: "At work again: today 1:00 PM",  # at lunch
            0: "At work until 5:00 PM",
            10: "At work again: tomorrow 8:00 AM",
        }
        for hour, text in hours.items():
            with self.subTest(hour=hour):
                self.assertEqual(adviser._portal_hours(at.replace(hour=hour)), text)

    def test_who_is_on_leave_is_at_work_again_afterwards(self):
        at = REVIEW_AT.replace(day=5, hour=10)
        self.env["resource.calendar.leaves"].create(
            {
                "agent_id": self.adviser.id,
                "date_from": at - timedelta(days=1),
                "date_to": at.replace(day=8, hour=0),
                "time_type": "leave",
                "company_id": self.company.id,
            }
        )
        adviser = self.adviser.with_env(self.env(user=self.person))
        self.assertIn("Feb 8", adviser._portal_hours(at))

    def test_a_client_without_adviser_reaches_the_company(self):
        self.bank.adviser_id = False
        self.company.phone = "021 1111"
        card = self.card("adviser")
        self.assertIn("Our service", card)
        self.assertIn("021 1111", card)
        self.assertIn("Call me back", card)

    def test_what_keeps_my_tier_is_told_in_own_figures(self):
        self.promote(self.bank, self.platinum, at=self.now)
        self.fact(self.bank, self.month, 400_000, 250)
        card = self.card("road")
        self.assertIn("Keeping Platinum", card)
        lacks = self.platinum.criterion_ids.filtered(
            lambda one: one.metric_id == self.deposit
        ).retain
        self.assertIn(f"Deposit ${lacks - 400_000:,.0f} more by", card)
        self.assertIn("days left" if "days left" in card else "1 day left", card)

    def test_of_a_higher_tier_only_what_i_lack_is_told(self):
        self.fact(self.bank, self.month, 400_000, 250)
        card = self.card("road")
        self.assertIn("$100,000", card)
        self.assertIn("to go", card)
        for threshold in ("500,000", "1,000,000", "of 200", "of 700"):
            self.assertNotIn(threshold, card)

    def test_who_is_judged_with_others_is_told_no_figure(self):
        fellow = self.client("FELLOW")
        self.fact(fellow, self.month, 300_000, 10)
        self.fact(self.bank, self.month, 400_000, 250)
        group = self.env["vip.client.group"].create(
            {"name": "Family", "company_id": self.company.id}
        )
        self.env["vip.client.group.member"].create(
            [
                {
                    "group_id": group.id,
                    "partner_id": one.id,
                    "date_from": "2020-01-01",
                    "consented_on": "2020-01-01",
                    "consented_by": "Wang Lei",
                    "evidence": "Letter",
                }
                for one in (self.bank, fellow)
            ]
        )
        card = self.card("road")
        self.assertIn("together with others", card)
        for figure in ("700,000", "400,000", "300,000", "100,000"):
            self.assertNotIn(figure, card)

    def test_rights_and_what_is_left(self):
        self.env["vip.entitlement"].create(
            {"name": "Lecture", "tier_id": self.silver.id, "quota": 3, "period": "year"}
        )
        self.assertIn("3 of 3 left this year", self.card("vip_service"))

    def test_who_is_no_client_sees_none_of_it(self):
        new_test_user(self.env, "nobody", groups="base.group_portal")
        self.authenticate("nobody", "nobody")
        page = self.page()
        for key in ("adviser", "road", "vip_service", "new_request"):
            self.assertNotIn(f'data-card="{key}"', page)
        self.assertNotIn("o_vip_portal_bar", page)

    def test_no_colleague_is_named(self):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": self.person.partner_id.id,
                "user_id": self.other.id,
                "vip_owner_id": self.adviser.id,
            }
        )
        self.assertEqual(ticket.vip_owner_id, self.adviser)
        for address in ("/my", "/my/tickets", f"/my/ticket/{ticket.id}"):
            with self.subTest(address):
                page = self.page(address)
                self.assertNotIn("Secret Colleague", page)
        self.assertIn("Peng Chao", self.page(f"/my/ticket/{ticket.id}"))
        ticket.with_user(self.other).priority = "2"
        self.env.flush_all()
        readable = self.remote("fields_get", [["user_id", "name"], ["type"]])["result"]
        self.assertEqual(set(readable), {"name"})
        for name in self.remote("fields_get", [[], ["type"]])["result"]:
            with self.subTest(field=name):
                told = self.remote("read", [ticket.ids, [name]])
                self.assertNotIn("Secret Colleague", str(told))

    def test_more_requests_cost_no_more_queries(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partner._portal_home()
            return self.env.cr.sql_log_count - before

        partner = self.person.partner_id.with_user(self.person)
        values = {
            "name": "Please",
            "description": "Please",
            "partner_id": partner.id,
            "user_id": self.other.id,
        }
        tickets = self.env["helpdesk.ticket"]
        tickets.create([dict(values) for _number in range(2)])
        queries()
        few = queries()
        tickets.create([dict(values) for _number in range(30)])
        self.assertLess(queries(), few + 5)
        self.assertLessEqual(few, 90)


@tagged("post_install", "-at_install")
class TestCallBack(PortalCase):
    """A client asks to be called: one request, held by the adviser."""

    def test_a_call_is_a_request_of_the_adviser(self):
        answer = self.ask_for_call(when="after 3 PM", about="<b>Margin</b>")
        self.assertEqual(answer.status_code, 303)
        call = self.calls()
        self.assertEqual(len(call), 1)
        self.assertEqual(
            (call.user_id, call.vip_owner_id), (self.adviser, self.adviser)
        )
        self.assertEqual(call.partner_id, self.person.partner_id)
        self.assertEqual(call.company_id, self.company)
        for text in ("138 0013 8000", "after 3 PM", "&lt;b&gt;Margin"):
            self.assertIn(text, call.description)

    def test_what_happens_now_stands_in_its_place(self):
        self.ask_for_call()
        card = self.card("adviser")
        self.assertIn("Peng Chao sees to it", card)
        self.assertNotIn('name="phone"', card)

    def test_two_presses_are_one_call(self):
        self.ask_for_call()
        self.ask_for_call(about="again")
        self.assertEqual(len(self.calls()), 1)

    def test_once_it_is_done_another_one_can_be_asked_for(self):
        self.ask_for_call()
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.calls().stage_id = done
        self.ask_for_call()
        self.assertEqual(len(self.calls()), 2)

    def test_what_is_wrong_is_said_in_the_language_of_the_client(self):
        for phone in ("call me", "12", "1" * 60, ""):
            self.ask_for_call(phone=phone, about="Margin")
            card = self.card("adviser")
            self.assertIn("Please give a number that we can call", card)
            self.assertIn("Margin", card)
            self.assertNotIn("Please give a number", self.card("adviser"))
        self.speak("zh_CN")
        self.ask_for_call(phone="call me")
        card = self.card("adviser")
        self.assertNotIn("Please give a number", card)
        self.assertIn('role="alert"', card)
        self.assertFalse(self.calls())

    def test_an_adviser_who_is_away_holds_nothing(self):
        self.env["resource.calendar.leaves"].create(
            {
                "agent_id": self.adviser.id,
                "date_from": self.now - timedelta(days=1),
                "date_to": self.now + timedelta(days=1),
                "time_type": "leave",
                "company_id": self.company.id,
            }
        )
        self.ask_for_call()
        self.assertFalse(self.calls().user_id)

    def test_where_calls_are_not_offered_none_is_taken(self):
        self.call.active = False
        self.assertNotIn("Call me back", self.card("adviser"))
        self.ask_for_call()
        self.assertFalse(self.calls())
        self.call.active = True
        stranger = new_test_user(self.env, "caller", groups="base.group_portal")
        with self.assertRaises(UserError):
            stranger.partner_id.with_user(stranger)._portal_ask_for_call("123456")

    def test_a_link_asks_for_nothing(self):
        self.assertEqual(self.url_open("/my/call-back?phone=123456").status_code, 405)
        answer = self.url_open("/my/call-back", data={"phone": "123456"})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.calls())


@tagged("post_install", "-at_install")
class TestNewRequest(PortalCase):
    """A request is sent once, about what the client is offered, and nothing else."""

    def send(self, **data):
        values = {
            "subject": "Move it",
            "description": "To Pudong",
            "category": self.item.id,
        }
        return self.post("/submitted/ticket", **{**values, **data})

    def sent(self):
        return self.env["helpdesk.ticket"].search(
            [("partner_id", "=", self.person.partner_id.id)]
        )

    def test_each_item_that_is_offered_can_be_chosen(self):
        page = self.page(f"/new/ticket?item={self.item.id}")
        self.assertRegex(page, rf'value="{self.item.id}"[^>]*checked')
        self.assertEqual(self.send().status_code, 302)
        ticket = self.sent()
        self.assertEqual((ticket.name, ticket.category_id), ("Move it", self.item))

    def test_what_is_not_offered_is_refused(self):
        items = self.env["helpdesk.ticket.category"]
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        refused = items.create(
            [
                {"name": "Inner", "show_in_portal": False, "company_id": False},
                {"name": "Gone", "active": False, "company_id": False},
                {"name": "Theirs", "company_id": foreign.id},
            ]
        )
        page = self.page("/new/ticket")
        for item in refused | self.call:
            with self.subTest(item.name):
                self.assertNotIn(f'value="{item.id}"', page)
                answer = self.send(category=item.id)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("Please choose one of the services below", answer.text)
        self.assertFalse(self.sent())

    def test_a_team_is_chosen_only_where_it_is_offered(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Inner", "company_id": self.company.id, "show_in_portal": False}
        )
        self.assertEqual(self.send(team=team.id).status_code, 422)
        self.company.helpdesk_mgmt_portal_select_team = True
        self.assertEqual(self.send(team=team.id).status_code, 422)
        team.show_in_portal = True
        self.assertEqual(self.send(team=team.id).status_code, 302)
        self.assertEqual(self.sent().team_id, team)

    def test_what_a_form_cannot_say_is_not_taken(self):
        self.send(user_id=self.other.id, priority="3", stage_id=99, company_id=1)
        ticket = self.sent()
        self.assertFalse(ticket.user_id)
        self.assertEqual((ticket.priority, ticket.company_id), ("1", self.company))

    def test_what_is_wrong_is_said_and_what_was_typed_stays(self):
        answer = self.send(subject=" ", category="")
        self.assertEqual(answer.status_code, 422)
        for text in ("in a few words", "one of the services below", "To Pudong"):
            self.assertIn(text, answer.text)
        self.speak("zh_CN")
        answer = self.send(subject=" ")
        self.assertNotIn("in a few words", answer.text)

    def test_two_presses_are_one_request(self):
        self.send()
        self.send()
        self.assertEqual(len(self.sent()), 1)
        self.send(description="To Puxi")
        self.assertEqual(len(self.sent()), 2)

    def test_a_file_that_is_too_large_is_named(self):
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "1000")
        token = Request.csrf_token(self)
        data = {
            "csrf_token": token,
            "subject": "A",
            "description": "B",
            "category": self.item.id,
        }
        files = {"attachment": ("big.txt", b"x" * 1100)}
        answer = self.url_open("/submitted/ticket", data=data, files=files)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("big.txt", answer.text)
        self.assertFalse(self.sent())

    def test_the_portal_makes_no_request_by_a_remote_call(self):
        self.send()
        for method, args in (
            ("create", [{"name": "A", "description": "B"}]),
            ("write", [self.sent().ids, {"user_id": self.other.id}]),
            ("_client_told", [[], False]),
        ):
            self.assertIn("error", self.remote(method, args), method)


@tagged("post_install", "-at_install")
class TestFinished(PortalCase):
    """What was finished is rated by the one who was asked."""

    def question(self, partner):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        done.mail_template_id = False
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Finished one", "description": "B", "partner_id": partner.id}
        )
        ticket.stage_id = done
        return self.env["vip.question"]._queue(
            ticket, [self.env["mail.template"]], self.now
        )

    def test_a_star_leads_to_the_page_that_asks(self):
        question = self.question(self.person.partner_id)
        card = self.card("finished")
        self.assertIn("Finished one", card)
        self.assertIn(f"/my/answer/{question.id}#.5", card)
        self.assertIn("Something was wrong", card)

    def test_what_a_colleague_was_asked_is_not_shown(self):
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.bank.id}
        )
        question = self.question(colleague)
        self.assertFalse(self.card("finished"))
        answer = self.post("/answer/open", question_id=question.id)
        self.assertNotIn("Finished one", answer.text)

    def test_what_was_answered_is_not_asked_again(self):
        question = self.question(self.person.partner_id)
        self.env["vip.answer"]._give(question, 4, "portal", self.now)
        self.assertFalse(self.card("finished"))


class TestMonths(VipCase):
    """The month that is judged next may be over: then nothing can be mended by a day."""

    def test_figures_of_a_month_that_is_over_name_no_day(self):
        partner = self.client("ROAD")
        self.promote(partner, self.platinum)
        month = add_months(self.company._vip_month(event_time(self.env)), -2)
        self.fact(partner, month, 400_000, 250)
        keep = partner._portal_road_card()["keep"]
        self.assertTrue(keep["late"])
        self.assertNotIn(" by ", keep["text"])
        self.assertFalse(keep["left"])
