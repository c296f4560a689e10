from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import START, SlaCase, minutes


class RoundsCase(SlaCase):
    """Tickets on which both sides speak."""

    def answer(self, ticket, at, author=None, **vals):
        """Let an agent write to the client."""
        author = author or self.ann
        vals = {**self.reaches(ticket), **vals}
        message = self._post(ticket, at, author.partner_id, author, **vals)
        self.hand_over(message.mail_ids)
        return message

    def ask(self, ticket, at, author=None, **vals):
        """Let the client write to us, by e-mail."""
        root = self.env.ref("base.user_root")
        vals = {"message_type": "email", **vals}
        return self._post(ticket, at, author or self.client, root, **vals)

    def _post(self, ticket, at, author, user, **vals):
        values = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "body": "About that",
            "author_id": author.id,
            **vals,
        }
        return ticket._at(at).with_user(user).sudo().message_post(**values)

    def rounds(self, ticket, metric):
        """Return [(state, started, stopped)] of the rounds of a metric, in minutes."""

        def minute(at):
            return at and int((at - START).total_seconds() // 60)

        return [
            (clock.state, minute(clock.started_at), minute(clock.stopped_at))
            for clock in ticket.clock_ids.sorted("id")
            if clock.metric == metric
        ]


@tagged("post_install", "-at_install")
class TestNextResponse(RoundsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.make_policy("Answers", first_response=30, next_response=20)

    def test_each_unanswered_message_of_the_client_is_a_round(self):
        ticket = self.ticket()
        self.ask(ticket, minutes(1))
        self.assertFalse(self.rounds(ticket, "next_response"), "not answered yet")
        self.answer(ticket, minutes(5))
        self.ask(ticket, minutes(10))
        self.ask(ticket, minutes(12))
        self.answer(ticket, minutes(20))
        self.ask(ticket, minutes(40))
        self.assertEqual(
            self.rounds(ticket, "next_response"),
            [("met", 10, 20), ("running", 40, False)],
        )
        clock = self.clock(ticket, "next_response").sorted("round")[-1]
        self.assertEqual((clock.round, clock.due_at), (2, minutes(60)))
        self.assertEqual(ticket.sla_due_at, minutes(60))
        self.assertIn("2", clock.display_name)

    def test_late_answer_is_a_breach_with_its_overrun(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(10))
        self.due(minutes(40))
        [breach] = self.breaches(ticket)
        self.assertEqual(
            (breach.metric, breach.breached_at), ("next_response", minutes(30))
        )
        self.answer(ticket, minutes(45))
        self.assertEqual(breach.overrun_seconds, 15 * 60)

    def test_late_email_withdraws_the_breach_of_its_round_only(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(10))
        self.due(minutes(31))
        self.answer(ticket, minutes(35))
        self.ask(ticket, minutes(40))
        self.assertEqual(self.breaches(ticket).state, "open")
        self.answer(ticket, minutes(44), message_type="email", date=minutes(29))
        self.due(minutes(61))
        self.assertEqual(
            self.rounds(ticket, "next_response"),
            [("met", 10, 29), ("missed", 40, False)],
        )
        states = self.breaches(ticket).sorted("breached_at").mapped("state")
        self.assertEqual(states, ["withdrawn", "open"])

    def test_email_of_long_ago_counts_once_a_second_person_says_so(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(10))
        self.answer(ticket, minutes(35))
        self.ask(ticket, minutes(40))
        self.due(minutes(61))
        self.assertEqual(len(self.breaches(ticket)), 2)
        self.answer(ticket, minutes(70), message_type="email", date=minutes(29))
        self.assertEqual(
            self.rounds(ticket, "next_response"),
            [("missed", 10, 35), ("missed", 40, 70)],
        )
        self.approve_late(ticket, minutes(80))
        self.assertEqual(
            self.rounds(ticket, "next_response"), [("met", 10, 29), ("missed", 40, 70)]
        )
        states = self.breaches(ticket).sorted("breached_at").mapped("state")
        self.assertEqual(states, ["withdrawn", "open"])

    def test_colleague_of_the_client_asks_too(self):
        person = self.env["res.partner"].create(
            {"name": "Person", "parent_id": self.client.id}
        )
        ticket = self.ticket()
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(2), person)
        self.assertEqual(self.rounds(ticket, "next_response"), [("running", 2, False)])

    def test_address_of_the_ticket_asks_too(self):
        ticket = self.ticket(partner_id=False, partner_email="Li <li@example.com>")
        self.answer(ticket, minutes(1))
        author = self.env["res.partner"]
        self.ask(ticket, minutes(2), author, email_from="li@example.com")
        self.assertEqual(self.rounds(ticket, "next_response"), [("running", 2, False)])

    def test_stranger_asks_nothing(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        ticket = self.ticket()
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(2), stranger)
        self.assertFalse(self.rounds(ticket, "next_response"))
        self.assertEqual(len(ticket.contact_ids), 1)

    def test_closing_answers_and_the_clients_word_reopens(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(2))
        self.move(ticket, minutes(5), self.done)
        self.assertEqual(self.rounds(ticket, "next_response"), [("met", 2, 5)])
        self.ask(ticket, minutes(50))
        self.assertFalse(ticket.closed)
        self.assertEqual(
            self.rounds(ticket, "next_response"),
            [("met", 2, 5), ("running", 50, False)],
        )

    def test_rounds_are_promised_by_the_policy_of_the_day(self):
        self.make_policy(
            "Better from tomorrow",
            next_response=5,
            team_ids=[(6, 0, self.team.ids)],
            date_from=(START + timedelta(days=1)).date(),
        )
        ticket = self.ticket()
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(2))
        self.answer(ticket, minutes(3))
        tomorrow = 24 * 60
        self.ask(ticket, minutes(tomorrow))
        seconds = self.clock(ticket, "next_response").sorted("id").mapped("seconds")
        self.assertEqual(seconds, [1200, 300])

    def test_where_no_policy_promises_it_messages_make_no_clock(self):
        ticket = self.ticket(category_id=self.urgent_item.id)
        self.env["sla.policy"].search([]).active = False
        self.answer(ticket, minutes(1))
        self.ask(ticket, minutes(2))
        self.assertFalse(self.rounds(ticket, "next_response"))


@tagged("post_install", "-at_install")
class TestUpdate(RoundsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.make_policy("Updates", update=60)

    def test_each_answer_ends_a_round_and_begins_the_next(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(30))
        self.answer(ticket, minutes(120))
        self.assertEqual(
            self.rounds(ticket, "update"),
            [("met", 0, 30), ("missed", 30, 120), ("running", 120, False)],
        )
        self.assertEqual(self.breaches(ticket).overrun_seconds, 30 * 60)

    def test_solving_ends_it_without_breach_and_reopening_begins_anew(self):
        ticket = self.ticket()
        self.move(ticket, minutes(30), self.solved)
        self.move(ticket, minutes(300), self.work)
        self.assertEqual(
            self.rounds(ticket, "update"),
            [("cancelled", 0, 30), ("running", 300, False)],
        )
        self.assertFalse(self.breaches(ticket))

    def test_solving_late_leaves_the_breach(self):
        ticket = self.ticket()
        self.move(ticket, minutes(90), self.solved)
        self.assertEqual(self.rounds(ticket, "update"), [("missed", 0, 90)])
        self.assertEqual(self.breaches(ticket).overrun_seconds, 30 * 60)


@tagged("post_install", "-at_install")
class TestFeedback(RoundsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False

    def test_it_counts_while_solved_until_the_client_is_told(self):
        self.make_policy("Tell", feedback=60)
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.move(ticket, minutes(10), self.solved)
        self.assertEqual(self.rounds(ticket, "feedback"), [("running", 0, False)])
        self.answer(ticket, minutes(70))
        self.assertEqual(self.rounds(ticket, "feedback"), [("missed", 0, 70)])
        self.assertEqual(self.breaches(ticket).overrun_seconds, 600)

    def test_closing_tells_the_client(self):
        self.make_policy("Tell", feedback=60)
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.done)
        self.assertEqual(self.rounds(ticket, "feedback"), [("met", 0, 10)])

    def test_from_solving_each_solution_is_told(self):
        self.make_policy("Tell", {"begins": "solving"}, feedback=60)
        ticket = self.ticket()
        self.assertFalse(self.rounds(ticket, "feedback"))
        self.move(ticket, minutes(100), self.solved)
        self.move(ticket, minutes(110), self.work)
        self.move(ticket, minutes(200), self.solved)
        self.answer(ticket, minutes(230))
        self.assertEqual(
            self.rounds(ticket, "feedback"),
            [("cancelled", 100, 110), ("met", 200, 230)],
        )

    def test_only_feedback_counts_from_solving(self):
        with self.assertRaises(ValidationError):
            self.make_policy("Wrong", {"begins": "solving"}, resolution=60)
        with self.assertRaises(ValidationError):
            self.make_policy("Wrong", {"reopening": "new"}, update=60)


@tagged("post_install", "-at_install")
class TestReopening(RoundsCase):
    def test_a_new_clock_begins_where_the_target_says_so(self):
        self.policy.active = False
        self.make_policy("Anew", {"reopening": "new"}, resolution=60, feedback=90)
        ticket = self.ticket()
        self.move(ticket, minutes(20), self.done)
        self.move(ticket, minutes(500), self.work)
        self.assertEqual(
            self.rounds(ticket, "resolution"), [("met", 0, 20), ("running", 500, False)]
        )
        self.assertEqual(
            self.rounds(ticket, "feedback"), [("met", 0, 20), ("running", 500, False)]
        )
        self.move(ticket, minutes(600), self.done)
        last = self.clock(ticket).sorted("round")[-1]
        self.assertEqual((last.state, last.overrun_seconds), ("missed", 40 * 60))
        self.assertEqual(len(self.breaches(ticket)), 2)

    def test_without_it_the_kept_clock_goes_on(self):
        ticket = self.ticket()
        self.move(ticket, minutes(20), self.solved)
        self.move(ticket, minutes(500), self.work)
        self.assertEqual(self.rounds(ticket, "resolution"), [("running", 0, False)])


@tagged("post_install", "-at_install")
class TestHandOver(RoundsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.make_policy("Take over", hand_over=15)
        cls.third_team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Third line", "user_ids": [(6, 0, cls.bob.ids)]}
        )

    def pass_on(self, ticket, at, team, user=None):
        ticket._at(at).write({"team_id": team.id, "user_id": user and user.id})

    def test_somebody_of_the_team_takes_it(self):
        ticket = self.ticket()
        self.assertFalse(self.rounds(ticket, "hand_over"))
        self.pass_on(ticket, minutes(10), self.other_team)
        self.assertEqual(self.rounds(ticket, "hand_over"), [("running", 10, False)])
        ticket._at(minutes(20)).write({"user_id": self.bob.id})
        self.assertEqual(self.rounds(ticket, "hand_over"), [("met", 10, 20)])

    def test_passed_to_a_person_is_taken_at_once(self):
        ticket = self.ticket()
        self.pass_on(ticket, minutes(10), self.other_team, self.bob)
        self.assertFalse(self.rounds(ticket, "hand_over"))

    def test_passing_on_cancels_and_begins_the_next(self):
        ticket = self.ticket()
        self.pass_on(ticket, minutes(10), self.other_team)
        self.pass_on(ticket, minutes(15), self.third_team)
        self.assertEqual(
            self.rounds(ticket, "hand_over"),
            [("cancelled", 10, 15), ("running", 15, False)],
        )
        numbers = ticket.clock_ids.sorted("id").mapped("round")
        self.assertEqual(numbers, [1, 2])

    def test_passing_on_late_leaves_the_breach_with_the_team(self):
        ticket = self.ticket()
        self.pass_on(ticket, minutes(10), self.other_team)
        self.pass_on(ticket, minutes(30), self.third_team)
        breach = self.breaches(ticket)
        self.assertEqual((breach.team_id, breach.user_id.ids), (self.other_team, []))
        self.assertEqual(breach.overrun_seconds, 300)

    def test_an_answer_of_the_team_takes_it_one_of_another_does_not(self):
        ticket = self.ticket()
        self.pass_on(ticket, minutes(10), self.other_team)
        self.answer(ticket, minutes(12), self.ann)
        self.assertEqual(self.rounds(ticket, "hand_over"), [("running", 10, False)])
        self.answer(ticket, minutes(14), self.bob)
        self.assertEqual(self.rounds(ticket, "hand_over"), [("met", 10, 14)])

    def test_solving_ends_it(self):
        ticket = self.ticket()
        self.pass_on(ticket, minutes(10), self.other_team)
        self.move(ticket, minutes(12), self.solved)
        self.assertEqual(self.rounds(ticket, "hand_over"), [("met", 10, 12)])

    def test_list_edit_hands_over_many(self):
        tickets = self.tickets(3)
        self.pass_on(tickets, minutes(10), self.other_team)
        self.assertEqual(tickets.clock_ids.mapped("state"), ["running"] * 3)


@tagged("post_install", "-at_install")
class TestWaitingForTheClient(RoundsCase):
    """A reply of the client ends the waiting, whoever moves the ticket or not."""

    def waiting(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.move(ticket, minutes(10), self.awaiting)
        return ticket

    def test_reply_resumes_the_clock_in_the_same_stage(self):
        ticket = self.waiting()
        self.ask(ticket, minutes(100))
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(150)))
        self.assertEqual(ticket.stage_id, self.awaiting)
        ticket._at(minutes(110)).write({"user_id": self.bob.id})
        self.assertEqual(self.clock(ticket).due_at, minutes(150), "it stays resumed")
        self.assertIn("waiting for the client", clock.explanation)

    def test_portal_comment_resumes(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal.waiting",
                "partner_id": self.client.id,
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        ticket = self.waiting()
        self._post(ticket, minutes(20), self.client, portal)
        self.assertEqual(self.clock(ticket).due_at, minutes(70))

    def test_next_stage_decides_again(self):
        ticket = self.waiting()
        self.ask(ticket, minutes(20))
        self.move(ticket, minutes(30), self.work)
        self.move(ticket, minutes(40), self.awaiting)
        self.assertEqual(self.clock(ticket).state, "paused")
        self.move(ticket, minutes(90), self.work)
        self.assertEqual(self.clock(ticket).due_at, minutes(120))

    def test_our_answer_to_the_reply_waits_again(self):
        ticket = self.waiting()
        self.ask(ticket, minutes(20))
        self.answer(ticket, minutes(30))
        self.assertEqual(self.clock(ticket).state, "paused")
        self.ask(ticket, minutes(60))
        self.assertEqual(self.clock(ticket).due_at, minutes(100))

    def test_third_party_is_not_the_client(self):
        self.policy.target_ids.pause_on_third_party = True
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.third)
        self.ask(ticket, minutes(20))
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_mail_that_arrives_much_later_counts_from_its_date(self):
        ticket = self.waiting()
        self.ask(ticket, minutes(60), date=minutes(50))
        self.assertEqual(self.clock(ticket).due_at, minutes(100))
        ticket = self.waiting()
        self.ask(ticket, minutes(60), date=minutes(20))
        self.assertEqual(self.clock(ticket).due_at, minutes(70))
        contact = ticket.contact_ids.filtered(lambda contact: not contact.outgoing)
        self.assertTrue(contact.doubtful)

    def test_auto_submitted_mail_resumes_nothing(self):
        self.client.email = "client@example.com"
        for headers, resumes in (
            ("Auto-Submitted: auto-replied", False),
            ("Precedence: bulk", False),
            ("Auto-Submitted: no", True),
        ):
            with self.subTest(headers):
                ticket = self.waiting()
                self.mail(ticket, minutes(20), headers)
                state = "running" if resumes else "paused"
                self.assertEqual(self.clock(ticket).state, state)
                self.assertEqual(len(ticket.message_ids.filtered("email_from")), 2)

    def mail(self, ticket, at, headers):
        """Let the gateway take in a mail of the client to this ticket."""
        text = (
            f"From: client@example.com\nTo: helpdesk@example.com\nSubject: Re\n"
            f"Message-Id: <{ticket.id}.{len(headers)}@example.com>\n{headers}\n\nHere"
        )
        thread = self.env["mail.thread"].with_context(ticket._at(at).env.context)
        thread.message_process("helpdesk.ticket", text, thread_id=ticket.id)
