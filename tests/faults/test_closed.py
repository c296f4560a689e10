"""A9: what the client says on a closed ticket."""

from odoo.tests import new_test_user

from .common import PromiseCase, minutes

#: Minutes of a day.
DAY = 1440


class TestClosed(PromiseCase):
    def said_on_a_closed_ticket(self, instant):
        """Let the client write on a closed ticket, and return the ticket."""
        ticket = self.receive("client@example.com", minutes(0))
        ticket._at(minutes(1)).write({"team_id": self.team.id})
        self.answer(ticket, minutes(5))
        self.assertEqual(self.open_tickets(), ticket)
        self.assertEqual(self.owed(), ["running"])
        self.move(ticket, minutes(10), self.done)
        self.ask(ticket, instant, body="It does not work")
        return ticket

    def open_tickets(self):
        """Return the open tickets of the client: a closed one may be open again.

        Or a new one follows it, as the team has chosen.
        """
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_id", "=", self.client.id)]
        )
        return tickets.filtered(lambda ticket: not ticket.closed)

    def owed(self):
        """Return the states of the solutions that the client waits for."""
        return self.clock(self.open_tickets()).mapped("state")

    def test_what_a_client_writes_on_a_closed_ticket_is_owed_something(self):
        self.said_on_a_closed_ticket(minutes(60))
        self.assertEqual(self.owed(), ["running"])

    def test_what_a_client_writes_after_a_year_is_a_new_request(self):
        ticket = self.said_on_a_closed_ticket(minutes(525_600))
        others = [other != ticket for other in self.open_tickets()]
        self.assertEqual(others, [True])


class TestHeard(PromiseCase):
    """A ticket of the client was answered, and closed at minute 10."""

    def setUp(self):
        super().setUp()
        self.ticket_closed = self.closed()

    def closed(self, **vals):
        ticket = self.ticket(**vals)
        self.answer(ticket, minutes(5))
        self.move(ticket, minutes(10), self.done)
        return ticket

    def others(self):
        """Return the tickets of the client that have come since."""
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_id", "=", self.client.id)]
        )
        return tickets - self.ticket_closed

    def test_it_is_reopened_where_work_begins(self):
        ticket = self.ticket_closed
        self.ask(ticket, minutes(60))
        self.assertEqual(ticket.stage_id, self.new)
        self.assertFalse(self.others())
        self.assertEqual(self.clock(ticket).due_at, minutes(110))
        self.assertIn("Reopened", str(ticket.message_ids.mapped("body")))

    def test_each_team_says_for_how_long(self):
        for days, at, reopened in (
            (7, 7 * DAY + 10, True),
            (7, 7 * DAY + 11, False),
            (0, 11, False),
            (30, 29 * DAY, True),
        ):
            with self.subTest(days=days, at=at):
                self.team.reopen_days = days
                ticket = self.closed()
                self.ask(ticket, minutes(at))
                self.assertEqual(not ticket.closed, reopened)
                self.assertEqual(bool(ticket.followed_by_id), not reopened)

    def test_the_date_of_closing_that_people_write_says_nothing(self):
        ticket = self.ticket_closed
        ticket.with_user(self.ann).closed_date = minutes(100 * DAY)
        self.ask(ticket, minutes(50 * DAY))
        self.assertTrue(ticket.closed)
        self.assertTrue(ticket.followed_by_id)

    def test_a_team_may_want_a_follow_up_at_once(self):
        self.team.after_closing = "follow_up"
        ticket = self.ticket_closed
        files = "Content-Type: multipart/mixed; boundary=edge"
        self.ask(
            ticket,
            minutes(60),
            headers=[tuple(files.split(": "))],
            body="--edge\nContent-Type: text/plain\n\nIt does not work\n"
            "--edge\nContent-Type: text/csv\nContent-Disposition: attachment;"
            " filename=a.csv\n\na,b\n--edge--",
        )
        self.assertTrue(ticket.closed)
        follow_up = self.others()
        self.assertEqual(follow_up.follows_id, ticket)
        self.assertEqual(ticket.followed_by_id, follow_up)
        for name in "partner_id", "team_id", "category_id", "company_id", "user_id":
            self.assertEqual(follow_up[name], ticket[name], name)
        email = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        self.assertEqual(follow_up.channel_id, email)
        self.assertEqual(follow_up.opened_at, minutes(60))
        self.assertIn("It does not work", str(follow_up.description))
        said = follow_up.message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(said.author_id, self.client)
        self.assertEqual(said.attachment_ids.mapped("name"), ["a.csv"])
        for one, other in (ticket, follow_up), (follow_up, ticket):
            notes = str(one.message_ids.filtered("subtype_id.internal").mapped("body"))
            self.assertIn(other.number, notes)
        self.assertEqual(self.clock(follow_up).due_at, minutes(120))
        self.assertEqual(self.clock(follow_up, "first_response").state, "running")

    def test_nobody_holds_what_follows_whose_agent_is_gone(self):
        self.ann.active = False
        self.ask(self.ticket_closed, minutes(50 * DAY))
        self.assertFalse(self.others().user_id)

    def test_what_is_said_again_goes_to_the_ticket_that_follows(self):
        ticket = self.ticket_closed
        self.ask(ticket, minutes(50 * DAY))
        follow_up = self.others()
        self.answer(follow_up, minutes(50 * DAY + 5))
        self.move(follow_up, minutes(50 * DAY + 5), self.awaiting)
        self.assertEqual(self.clock(follow_up).state, "paused")
        self.ask(ticket, minutes(50 * DAY + 10))
        self.assertEqual(self.others(), follow_up)
        self.assertEqual(self.clock(follow_up).state, "running")
        self.move(follow_up, minutes(50 * DAY + 20), self.done)
        self.ask(ticket, minutes(51 * DAY))
        self.assertEqual(self.others(), follow_up)
        self.assertFalse(follow_up.closed)

    def test_what_is_said_on_a_double_goes_to_the_ticket_that_stays(self):
        stays = self.ticket()
        self.answer(stays, minutes(5))
        self.move(stays, minutes(6), self.awaiting)
        self.ticket_closed.duplicate_id = stays
        self.ask(self.ticket_closed, minutes(20))
        self.assertEqual(self.clock(stays).state, "running")
        self.assertEqual(self.others(), stays)

    def test_tickets_that_follow_each_other_in_a_circle_stop_nothing(self):
        other = self.closed()
        self.ticket_closed.duplicate_id, other.duplicate_id = other, self.ticket_closed
        self.ask(self.ticket_closed, minutes(20))
        self.assertTrue((self.ticket_closed + other).filtered(lambda t: not t.closed))

    def test_what_is_said_by_others_reopens_nothing(self):
        ticket = self.ticket_closed
        self.ask(ticket, minutes(20), headers=[("Auto-Submitted", "auto-replied")])
        self.ask(ticket, minutes(21), headers=[("Return-Path", "<>")])
        self.answer(ticket, minutes(22), body="Anything else?")
        other = {"name": "Other", "email": "other@o.example", "client_type": "end"}
        self.env["res.partner"].create(other)
        self.ask(ticket, minutes(23), "other@o.example")
        ticket._log_contact(minutes(24), outgoing=False)
        self.assertTrue(ticket.closed)
        self.assertFalse(self.others())

    def test_what_is_said_in_the_portal_is_heard(self):
        portal = new_test_user(self.env, "portal.heard", groups="base.group_portal")
        portal.partner_id.parent_id = self.client
        ticket = self.ticket_closed
        own = self.ticking(ticket.with_user(portal), minutes(30))
        own.message_post(
            body="No", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(ticket.closed)
        self.assertEqual(self.clock(ticket).state, "running")

    def test_what_is_said_from_a_private_address_is_heard(self):
        self.ask(self.ticket_closed, minutes(30), "Client <home@private.example>")
        self.assertFalse(self.ticket_closed.closed)
        self.move(self.ticket_closed, minutes(31), self.done)
        self.ask(self.ticket_closed, minutes(50 * DAY), "Client <home@private.example>")
        contact = self.others().contact_ids
        self.assertEqual((contact.outgoing, contact.elsewhere), (False, True))

    def test_a_cancelled_ticket_is_reopened(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.move(ticket, minutes(10), self.cancelled)
        self.ask(ticket, minutes(20))
        self.assertEqual(ticket.stage_id, self.new)
        self.assertEqual(self.clock(ticket).state, "running")

    def test_a_ticket_that_was_put_away_comes_back(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        ticket._at(minutes(10)).active = False
        self.ask(ticket, minutes(50 * DAY))
        self.assertTrue(ticket.active)

    def test_who_has_left_does_not_get_it_back(self):
        self.team.user_ids -= self.ann
        self.ann.active = False
        self.ask(self.ticket_closed, minutes(20))
        self.assertFalse(self.ticket_closed.closed or self.ticket_closed.user_id)

    def test_a_ticket_without_team_is_heard(self):
        ticket = self.closed(team_id=False, user_id=False)
        self.ask(ticket, minutes(6 * DAY))
        self.assertFalse(ticket.closed)
        self.move(ticket, minutes(7 * DAY), self.done)
        self.ask(ticket, minutes(20 * DAY))
        self.assertTrue(ticket.followed_by_id)
