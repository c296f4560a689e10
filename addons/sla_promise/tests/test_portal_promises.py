from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import SlaCase, minutes

#: The year in which what is promised here is still to come.
AHEAD = datetime(2099, 3, 2, 1, 30)


@tagged("post_install", "-at_install")
class TestClientPromises(SlaCase):
    """What a client is told of its promises, as of an instant."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "promised", groups="base.group_portal", tz="Asia/Shanghai"
        )
        cls.portal.partner_id.parent_id = cls.client

    def told(self, ticket, at, user=None):
        """Return {label: (state, due, stopped)} of what the client reads at ``at``."""
        tickets = ticket.with_user(user or self.portal)
        return {
            promise["label"]: (promise["state"], promise["due"], promise["stopped"])
            for promise in tickets._client_promises(at)[ticket.id]
        }

    def test_client_is_told_by_when_in_own_zone(self):
        ticket = self.ticket()
        told = self.told(ticket, minutes(1))
        self.assertEqual(
            told,
            {
                "First response": ("promised", "today 5:30 PM", ""),
                "Resolution": ("promised", "today 6:00 PM", ""),
            },
        )

    def test_without_own_zone_times_are_those_of_the_company(self):
        self.env.company.resource_calendar_id.tz = "America/New_York"
        self.portal.tz = False
        self.assertEqual(
            self.told(self.ticket(), minutes(1))["Resolution"][1], "today 5:00 AM"
        )

    def test_waiting_for_the_client_and_for_others_differ(self):
        ticket, other = self.ticket(), self.ticket()
        self.policy.target_ids.pause_on_third_party = True
        third = self.ticket()
        self.move(ticket, minutes(10), self.awaiting)
        self.move(third, minutes(10), self.third)
        self.move(other, minutes(10), self.work)
        for record, state in (
            (ticket, "waiting"),
            (third, "on_hold"),
            (other, "promised"),
        ):
            with self.subTest(state):
                self.assertEqual(self.told(record, minutes(11))["Resolution"][0], state)

    def test_kept_and_late_are_judged_by_the_due_time(self):
        kept, late = self.ticket(), self.ticket()
        self.move(kept, minutes(20), self.done)
        self.assertEqual(
            self.told(kept, minutes(21))["Resolution"],
            ("kept", "today 6:00 PM", "today 5:20 PM"),
        )
        # No job has run yet.
        self.assertEqual(self.told(late, minutes(61))["Resolution"][0], "late")
        self.move(late, minutes(70), self.done)
        self.assertEqual(
            self.told(late, minutes(71))["Resolution"],
            ("late", "today 6:00 PM", "today 6:10 PM"),
        )

    def test_cancelled_promises_are_not_shown(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.cancelled)
        self.assertEqual(self.told(ticket, minutes(6)), {})

    def test_list_shows_what_is_owed_first(self):
        Ticket = self.env["helpdesk.ticket"]
        ticket = self.ticket()
        promises = ticket._client_promises(minutes(1))[ticket.id]
        self.assertEqual(Ticket._client_foremost(promises)["label"], "First response")
        ticket.with_user(self.ann)._at(minutes(1)).message_post(
            body="We are on it", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        promises = ticket._client_promises(minutes(2))[ticket.id]
        self.assertEqual(Ticket._client_foremost(promises)["label"], "Resolution")
        self.assertIsNone(Ticket._client_foremost([]))

    def test_another_clients_promises_are_refused(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.told(self.ticket(), minutes(1), stranger)

    def test_many_tickets_are_asked_by_one_query(self):
        tickets = self.tickets(20).with_user(self.portal)
        tickets[0]._client_promises(minutes(1))
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=12, promised=12):
            tickets._client_promises(minutes(1))


@tagged("post_install", "-at_install")
class TestPortalPages(SlaCase, HttpCase):
    """The pages on which the client reads them."""

    def setUp(self):
        super().setUp()
        new_test_user(self.env, "stranger", groups="base.group_portal")
        self.user = new_test_user(
            self.env,
            "promised",
            groups="base.group_portal",
            tz="Asia/Shanghai",
            lang="en_US",
        )
        self.user.partner_id.client_type = "end"
        self.wanted = self.ticket(
            AHEAD, partner_id=self.user.partner_id.id, user_id=self.bob.id
        )
        self.authenticate("promised", "promised")

    def page(self, address):
        response = self.url_open(address)
        self.assertEqual(response.status_code, 200)
        return response.text

    def test_ticket_page_says_by_when(self):
        page = self.page(f"/my/ticket/{self.wanted.id}")
        self.assertIn("What we promised you", page)
        self.assertIn("Mar 2, 2099, 10:30 AM", page)
        self.assertIn("Asia/Shanghai", page)
        self.assertIn("Promised", page)

    def test_ticket_list_says_by_when(self):
        for query in ("", "?groupby=stage", "?groupby=category"):
            with self.subTest(query):
                page = self.page(f"/my/tickets{query}")
                self.assertIn("Mar 2, 2099, 10:00 AM", page)
                self.assertIn("First response", page)

    def test_pages_use_no_inner_words(self):
        for address in ("/my/tickets", f"/my/ticket/{self.wanted.id}"):
            page = self.page(address)
            for word in (self.policy.name, "within 60 min", "Breach", "overrun"):
                with self.subTest(address=address, word=word):
                    self.assertNotIn(word, page)

    def test_stranger_sees_neither_page_nor_promises(self):
        self.authenticate("stranger", "stranger")
        self.assertNotIn("2099", self.page(f"/my/ticket/{self.wanted.id}"))
        self.assertNotIn("2099", self.page("/my/tickets"))

    def test_home_says_own_tier_and_entitlements(self):
        tier = self.env["vip.tier"]._lowest(self.env.company)
        self.env["vip.entitlement"].create(
            {"name": "Free seminar", "tier_id": tier.id, "quota": 4, "period": "year"}
        )
        page = self.page("/my")
        self.assertIn(tier.name, page)
        self.assertIn("Free seminar", page)
        self.assertIn("4 of 4 left this year", page)

    def test_home_of_no_client_says_nothing(self):
        self.user.partner_id.client_type = False
        self.assertNotIn('data-card="vip_service"', self.page("/my"))

    def test_remote_calls_read_none_of_it(self):
        calls = [
            ("sla.clock", "search_read", [[]]),
            ("sla.policy", "search_read", [[]]),
            ("vip.tier", "search_read", [[]]),
            ("vip.entitlement", "search_read", [[]]),
            ("helpdesk.ticket", "read", [self.wanted.ids, ["sla_due_at"]]),
            ("helpdesk.ticket", "read", [self.wanted.ids, ["clock_ids"]]),
            ("helpdesk.ticket", "read", [self.wanted.ids, ["vip_tier_id"]]),
            ("helpdesk.ticket", "_client_promises", [self.wanted.ids]),
            ("helpdesk.ticket", "_client_time", [self.wanted.ids, False]),
            ("res.partner", "_portal_rights_card", [self.user.partner_id.ids]),
        ]
        for model, method, args in calls:
            with self.subTest(model=model, method=method, args=args):
                answer = self.make_jsonrpc_request_error(model, method, args)
                self.assertIn("error", answer)

    def make_jsonrpc_request_error(self, model, method, args):
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={
                "jsonrpc": "2.0",
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": {},
                },
            },
        ).json()
