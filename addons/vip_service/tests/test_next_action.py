from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .contact_case import START, ContactCase, minutes


@tagged("post_install", "-at_install")
class TestNextAction(ContactCase):
    """What is to be done next follows from data: who holds it, who spoke last."""

    def actions(self, ticket, user=None, at=None):
        ticket = ticket.with_user(user or self.ann)
        ticket.invalidate_recordset(["vip_next_actions"])
        ticket = ticket.with_context(
            allowed_company_ids=self.company.ids, **at_context(at or minutes(60))
        )
        return ticket.vip_next_actions or []

    def first(self, ticket, user=None):
        return self.actions(ticket, user)[0]

    def verbs(self, ticket, user=None):
        return [action["verb"] for action in self.actions(ticket, user)]

    def page(self, user, client=None):
        client = (client or self.bank).with_user(user)
        client = client.with_context(allowed_company_ids=self.company.ids)
        return client._client_360_next_action()["items"]

    def test_nobody_holds_it_so_somebody_takes_it(self):
        ticket = self.ticket(user_id=False)
        action = self.first(ticket)
        self.assertEqual((action["verb"], action["by"]), ("take", "First line"))
        self.assertTrue(action["mine"])
        self.assertEqual(action["method"], "assign_to_me")
        getattr(ticket.with_user(self.ann), action["method"])()
        self.assertNotIn("take", self.verbs(ticket))

    def test_a_team_that_one_is_not_in_offers_nothing_to_take(self):
        ticket = self.ticket(user_id=False, team_id=self.other_team.id)
        action = self.first(ticket, self.users["helpdesk"])
        self.assertEqual((action["verb"], action["mine"]), ("take", False))

    def test_what_the_client_asked_is_answered_by_who_holds_it(self):
        ticket = self.ticket()
        action = self.first(ticket)
        self.assertEqual((action["verb"], action["by"]), ("reply", self.ann.name))
        self.assertEqual(action["since"], "2024-03-04 09:00:00")
        self.assertTrue(action["mine"])
        self.assertFalse(self.first(ticket, self.bob)["mine"])

    def test_an_answer_ends_it_and_the_next_word_begins_it_again(self):
        ticket = self.ticket()
        self.post(ticket, minutes(5), self.ann.partner_id)
        self.assertNotIn("reply", self.verbs(ticket))
        self.post(ticket, minutes(7), self.clerk)
        self.post(ticket, minutes(9), self.clerk)
        self.assertEqual(self.first(ticket)["since"], "2024-03-04 09:07:00")

    def test_an_answer_on_its_way_is_an_answer(self):
        ticket = self.ticket()
        ticket._at(minutes(5)).message_post(
            **self.reaches(ticket),
            author_id=self.ann.partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            body="We are on it",
        )
        self.assertEqual(ticket.contact_ids.void, "queued")
        self.assertNotIn("reply", self.verbs(ticket))

    def test_a_late_contact_waits_for_a_manager(self):
        ticket = self.ticket()
        self.log(ticket, 30, 5)
        manager = self.users["manager"]
        action = self.first(ticket, manager)
        self.assertEqual((action["verb"], action["mine"]), ("decide", True))
        late = self.env["vip.late.contact"].search([("ticket_id", "=", ticket.id)])
        self.assertEqual(action["link"], {"model": late._name, "id": late.id})
        theirs = {a["verb"]: a["mine"] for a in self.actions(ticket)}
        self.assertEqual((theirs["decide"], theirs["reply"]), (False, True))

    def test_what_is_closed_asks_for_nothing(self):
        ticket = self.ticket()
        ticket._at(minutes(9)).stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_done"
        )
        self.assertEqual(self.verbs(ticket), [])

    def test_writing_to_the_client_goes_to_the_client(self):
        ticket = self.ticket(partner_id=self.clerk.id)
        context = ticket.with_user(self.ann).action_write_to_client()["context"]
        self.assertEqual(context["default_partner_ids"], self.clerk.ids)
        self.assertEqual(context["default_res_ids"], ticket.ids)

    def test_a_template_says_what_it_says_about_this_ticket(self):
        templates = self.env["mail.template"].create(
            [
                {
                    "name": "Greeting",
                    "model_id": self.env["ir.model"]._get_id(name),
                    "body_html": '<p>Dear <t t-out="object.display_name"/>,</p>'
                    "<p>we look into it.</p>",
                }
                for name in ("helpdesk.ticket", "res.partner")
            ]
        )
        ticket = self.ticket().with_user(self.ann)
        text = ticket.client_template_text(templates[0].id)
        self.assertIn(f"Dear {ticket.display_name}", text)
        self.assertIn("we look into it.", text)
        with self.assertRaises(UserError):
            ticket.client_template_text(templates[1].id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.users["portal"]).client_template_text(templates[0].id)

    # On the client's page

    def test_the_page_shows_the_first_action_of_each_open_request(self):
        answered, waiting = self.ticket(), self.ticket(user_id=False)
        self.post(answered, minutes(5), self.ann.partner_id)
        asked = self.ticket(minutes(20))
        found = {a["ticket"]["id"]: a["verb"] for a in self.page(self.ann)}
        self.assertEqual(found[waiting.id], "take")
        self.assertEqual(found[asked.id], "reply")
        self.assertNotEqual(found.get(answered.id), "reply")

    def test_requests_that_one_may_not_read_are_no_actions(self):
        self.ticket()
        self.assertEqual(self.page(self.users["agent"]), [])

    def test_a_proposed_tier_is_decided_by_who_did_not_propose_it(self):
        manager = self.users["manager"]
        self.assertEqual(self.page(manager), [])
        change = self.change(self.bank, self.platinum)
        [action] = self.page(manager)
        self.assertEqual((action["verb"], action["mine"]), ("decide", True))
        self.assertEqual(action["link"], {"model": change._name, "id": change.id})
        self.assertEqual(self.page(self.ann), [])
        change.proposed_by_id = manager
        self.assertFalse(self.page(manager)[0]["mine"])

    def test_it_is_for_the_service_staff(self):
        ticket = self.ticket(partner_id=self.users["portal"].partner_id.id)
        with self.assertRaises(AccessError):
            ticket.with_user(self.users["portal"]).read(["vip_next_actions"])

    def test_many_tickets_cost_as_many_queries_as_one(self):
        def cost(tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.with_user(self.ann).mapped("vip_next_actions")
            return self.env.cr.sql_log_count - before

        tickets = self.ticket()
        cost(tickets)
        one = cost(tickets)
        for number in range(5):
            tickets += self.ticket(minutes(number))
        self.assertLessEqual(cost(tickets), one)
        self.assertEqual(tickets[0].opened_at, START)
