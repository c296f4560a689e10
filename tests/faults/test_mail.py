"""A6 and A7: who a mail is from: a program or a person, the client or a stranger."""

from .common import PromiseCase, minutes


class MailCase(PromiseCase):
    """One hour for the solution, half an hour for the first answer."""

    def asked(self, ticket):
        """Let Ann ask the client something and the ticket wait for the reply."""
        self.answer(ticket, minutes(5), body="Which account?")
        self.move(ticket, minutes(5), self.awaiting)
        self.assertEqual(self.clock(ticket).state, "paused")

    def state_after_reply(self, *headers, ticket=None, sender="client@example.com"):
        """Return the state of the solution after a reply by e-mail to a question."""
        ticket = ticket or self.ticket()
        self.asked(ticket)
        arrived = self.ask(ticket, minutes(15), sender, headers=headers)
        self.assertEqual(arrived, ticket)
        return self.clock(ticket).state


class TestProgramOrPerson(MailCase):
    def test_a_plain_reply_of_the_client_ends_the_waiting(self):
        self.assertEqual(self.state_after_reply(), "running")

    def test_the_reply_of_a_program_that_says_so_does_not_end_the_waiting(self):
        state = self.state_after_reply(("Auto-Submitted", "auto-replied"))
        self.assertEqual(state, "paused")

    def test_a_reply_of_the_client_through_a_group_address_ends_the_waiting(self):
        self.assertEqual(self.state_after_reply(("Precedence", "list")), "running")

    def answered_by_mail(self, *headers):
        """Return state and instant of the first response after a mail of an agent."""
        self.ann.email = "ann@ours.example"
        ticket = self.receive("client@example.com", minutes(0))
        self.receive("Ann <ann@ours.example>", minutes(10), ticket, headers)
        return self.clock(ticket, "first_response").state, ticket.first_response_at

    def test_an_answer_that_an_agent_mails_is_an_answer(self):
        self.assertEqual(self.answered_by_mail(), ("met", minutes(10)))

    def test_an_answer_that_an_agent_mails_through_a_group_address_is_an_answer(self):
        self.assertEqual(self.answered_by_mail(("Precedence", "list")), ("met", minutes(10)))

    def test_a_robot_that_names_whom_it_replies_for_does_not_end_the_waiting(self):
        self.assertEqual(self.state_after_reply(("X-Auto-Reply-From", "client@example.com")), "paused")

    def test_a_robot_of_a_mail_program_does_not_end_the_waiting(self):
        self.assertEqual(self.state_after_reply(("X-Mail-Autoreply", "yes")), "paused")

    def test_a_robot_with_the_precedence_of_one_does_not_end_the_waiting(self):
        self.assertEqual(self.state_after_reply(("Precedence", "auto-reply")), "paused")


class TestWhoTheClientIs(MailCase):
    def state_after(self, opener, replier):
        """Return the state of a ticket that one address opens and one answers on."""
        ticket = self.receive(opener, minutes(0))
        return self.state_after_reply(ticket=ticket, sender=replier)

    def test_an_unknown_sender_is_known_again_by_another_name(self):
        state = self.state_after("Old <a@x.example>", "New <a@x.example>")
        self.assertEqual(state, "running")

    def test_an_unknown_sender_whose_name_is_the_address_is_known_again(self):
        self.assertEqual(self.state_after('"a@x.example" <a@x.example>', "New <a@x.example>"), "running")

    def test_a_reply_of_the_client_from_a_private_address_ends_the_waiting(self):
        self.assertEqual(self.state_after("client@example.com", "Client <home@private.example>"), "running")

    def test_a_reply_from_a_second_address_of_the_contact_ends_the_waiting(self):
        self.client.email = "client@example.com, second@example.com"
        self.assertEqual(self.state_after("client@example.com", "second@example.com"), "running")
