from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from ..hooks import GUARDS, uninstall_hook
from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestHostileCalls(SlaCase):
    """What a remote caller may try to stop clocks or to hide that they ran out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = new_test_user(cls.env, "public.sla", groups="base.group_public")

    def test_defaults_do_not_answer_a_ticket(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.ann)
        ticket = tickets.with_context(
            default_first_response_at="2024-01-01 00:00:00",
            default_first_response_doubtful=True,
            default_sla_due_at="2100-01-01 00:00:00",
        ).create(
            {
                "name": "A",
                "description": "A",
                "team_id": self.team.id,
                "partner_id": self.client.id,
            }
        )
        self.assertFalse(ticket.first_response_at or ticket.first_response_doubtful)
        clocks = ticket.sudo().clock_ids
        self.assertEqual(set(clocks.mapped("state")), {"running"})
        self.assertEqual(ticket.sla_due_at, min(clocks.mapped("due_at")))

    def test_a_user_does_not_date_an_answer_back(self):
        ticket = self.ticket()
        early = START + timedelta(minutes=1)
        self.due(minutes(40))
        message = {
            "body": "Answered long ago",
            "message_type": "email",
            "date": early,
            "subtype_xmlid": "mail.mt_comment",
            **self.reaches(ticket),
        }
        own = ticket.with_user(self.ann)._at(minutes(50))
        self.hand_over(own.message_post(**message).sudo().mail_ids)
        self.assertEqual(ticket.first_response_at, minutes(50))
        self.assertEqual(self.clock(ticket, "first_response").state, "missed")

    def test_a_client_does_not_answer_in_the_name_of_staff(self):
        portal = new_test_user(self.env, "portal.sla", groups="base.group_portal")
        ticket = self.ticket(partner_id=portal.partner_id.id)
        message = {
            "model": "helpdesk.ticket",
            "res_id": ticket.id,
            "body": "Answered",
            "author_id": self.ann.partner_id.id,
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
        }
        self.env["mail.message"].with_user(portal).create(message)
        self.assertFalse(ticket.first_response_at)

    def mailed(self, ticket, date):
        """Return an answer of Ann that arrives at minute 50 and says when it was sent."""
        ticket = ticket.with_user(self.ann).sudo()._at(minutes(50))
        return ticket.message_post(
            body="Answered",
            message_type="email",
            date=date,
            subtype_xmlid="mail.mt_comment",
            **self.reaches(ticket),
        )

    def test_the_gateway_hands_over_the_date_of_an_email(self):
        ticket = self.ticket()
        message = self.mailed(ticket, minutes(40))
        self.hand_over(message.mail_ids)
        self.assertEqual(ticket.first_response_at, minutes(40))

    def test_an_old_date_of_ours_waits_for_a_second_person(self):
        ticket = self.ticket()
        message = self.mailed(ticket, minutes(20))
        late = self.env["vip.late.contact"]
        asked = [("contact_id.ticket_id", "=", ticket.id)]
        self.assertFalse(ticket.first_response_at)
        self.assertFalse(late.search(asked), "it has not left")
        self.hand_over(message.mail_ids)
        self.assertEqual(ticket.first_response_at, minutes(50))
        self.assertEqual(len(late.search(asked)), 1)
        self.approve_late(ticket, minutes(60))
        self.assertEqual(ticket.first_response_at, minutes(20))

    def test_the_public_does_not_say_what_a_stage_means(self):
        ticket = self.ticket()
        for user in self.public, self.ann, self.boss:
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.new.with_user(user).write({"closed": True})
        self.assertEqual(set(ticket.clock_ids.mapped("state")), {"running"})

    def test_hidden_fields_are_not_guessed_by_searching(self):
        portal = new_test_user(self.env, "portal.sla", groups="base.group_portal")
        self.ticket(partner_id=portal.partner_id.id)
        tickets = self.env["helpdesk.ticket"].with_user(portal)
        self.assertTrue(tickets.search([]))
        for name in "sla_due_at", "first_response_at", "vip_tier_id", "clock_ids":
            for call in (
                lambda name=name: tickets.search([(name, "!=", False)]),
                lambda name=name: tickets.search([], order=name),
                lambda name=name: tickets._read_group([], [name]),
                lambda name=name: tickets.search([("clock_ids.state", "=", "met")]),
                lambda name=name: tickets.search([("stage_id.solved", "=", True)]),
                lambda name=name: tickets.search([("partner_id.adviser_id", "=", 1)]),
            ):
                with self.subTest(name), self.assertRaises(AccessError):
                    call()

    def test_timelines_are_not_written_through_the_ticket(self):
        ticket = self.ticket()
        clock = self.clock(ticket)
        for values in (
            {"clock_ids": [(1, clock.id, {"state": "met"})]},
            {"clock_ids": [(2, clock.id)]},
            {"clock_ids": [(0, 0, {"metric": "resolution", "seconds": 1})]},
            {"span_ids": [(5,)]},
        ):
            with self.subTest(str(values)), self.assertRaises(AccessError):
                ticket.with_user(self.ann).write(values)

    def test_clocks_follow_a_ticket_into_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        ticket = self.ticket(team_id=False)
        ticket.company_id = other
        self.assertEqual(ticket.clock_ids.company_id, other)
        self.due(minutes(61))
        self.assertEqual(self.breaches(ticket).company_id, other)


@tagged("post_install", "-at_install")
class TestPortalPages(HttpCase):
    """The client's own pages work and show nothing of the service's view of it."""

    def test_pages_of_a_client(self):
        portal = new_test_user(self.env, "portal.sla", groups="base.group_portal")
        portal.partner_id.write({"client_type": "end", "client_number": "SECRET-1"})
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Please",
                "description": "Please",
                "partner_id": portal.partner_id.id,
            }
        )
        self.assertTrue(ticket.clock_ids)
        self.authenticate("portal.sla", "portal.sla")
        for address in (
            "/my",
            "/my/tickets",
            "/my/tickets?sortby=stage&groupby=stage",
            f"/my/ticket/{ticket.id}",
            "/new/ticket",
        ):
            with self.subTest(address):
                page = self.url_open(address)
                self.assertEqual(page.status_code, 200)
                self.assertNotIn("SECRET-1", page.text)
                if address != "/my":  # the client's home says its tier
                    self.assertNotIn(ticket.vip_tier_id.name, page.text)


@tagged("post_install", "-at_install")
class TestUninstall(SlaCase):
    def test_the_hook_knows_every_function_of_ours(self):
        self.env.cr.execute("SELECT proname FROM pg_proc WHERE proname ~ '^sla_'")
        self.assertEqual({name for (name,) in self.env.cr.fetchall()}, set(GUARDS))
        uninstall_hook(self.env)
        self.env.cr.execute(
            "SELECT count(*) FROM pg_proc WHERE proname = ANY(%s)", [list(GUARDS)]
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)
