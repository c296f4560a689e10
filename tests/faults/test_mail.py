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
        self.assertEqual(
            self.answered_by_mail(("Precedence", "list")), ("met", minutes(10))
        )

    def test_a_robot_that_names_whom_it_replies_for_does_not_end_the_waiting(self):
        self.assertEqual(
            self.state_after_reply(("X-Auto-Reply-From", "client@example.com")),
            "paused",
        )

    def test_a_robot_of_a_mail_program_does_not_end_the_waiting(self):
        self.assertEqual(self.state_after_reply(("X-Mail-Autoreply", "yes")), "paused")

    def test_a_robot_with_the_precedence_of_one_does_not_end_the_waiting(self):
        self.assertEqual(self.state_after_reply(("Precedence", "auto-reply")), "paused")

    def test_an_agent_who_mails_to_colleagues_only_does_not_answer(self):
        self.ann.email = "ann@ours.example"
        self.bob.email = "bob@ours.example"
        ticket = self.ticket()
        ticket.message_subscribe(self.bob.partner_id.ids)
        note = self.ticking(ticket.with_user(self.bob), minutes(1)).message_post(
            body="Who knows?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        headers = [("In-Reply-To", note.message_id)]
        gateway_ticket = self.receive("ann@ours.example", minutes(2), headers=headers)
        self.assertEqual(gateway_ticket, ticket)
        self.assertEqual(self.clock(ticket, "first_response").state, "running")


class TestWhoTheClientIs(MailCase):
    def state_after(self, opener, replier):
        """Return the state of a ticket that one address opens and one answers on."""
        ticket = self.receive(opener, minutes(0))
        return self.state_after_reply(ticket=ticket, sender=replier)

    def test_an_unknown_sender_is_known_again_by_another_name(self):
        state = self.state_after("Old <a@x.example>", "New <a@x.example>")
        self.assertEqual(state, "running")

    def test_an_unknown_sender_whose_name_is_the_address_is_known_again(self):
        self.assertEqual(
            self.state_after('"a@x.example" <a@x.example>', "New <a@x.example>"),
            "running",
        )

    def test_a_reply_of_the_client_from_a_private_address_ends_the_waiting(self):
        self.assertEqual(
            self.state_after("client@example.com", "Client <home@private.example>"),
            "running",
        )

    def test_a_reply_from_a_second_address_of_the_contact_ends_the_waiting(self):
        self.client.email = "client@example.com, second@example.com"
        self.assertEqual(
            self.state_after("client@example.com", "second@example.com"), "running"
        )

    def marked(self, ticket):
        """Return whether what the client said was from another address."""
        return ticket.contact_ids.filtered(lambda one: not one.outgoing).mapped(
            "elsewhere"
        )

    def test_another_address_is_marked(self):
        self.client.email = "client@example.com, second@example.com"
        for sender, elsewhere in (
            ("Client <CLIENT@Example.com>", False),
            ("second@example.com", True),
            ("home@private.example", True),
        ):
            with self.subTest(sender):
                ticket = self.ticket()
                state = self.state_after_reply(ticket=ticket, sender=sender)
                self.assertEqual(state, "running")
                self.assertEqual(self.marked(ticket), [elsewhere])

    def test_a_second_address_of_a_colleague_of_the_client_ends_the_waiting(self):
        self.env["res.partner"].create(
            {
                "name": "Colleague",
                "parent_id": self.client.id,
                "email": "bo@example.com;bo.private@y.example",
            }
        )
        state = self.state_after_reply(sender="bo.private@y.example")
        self.assertEqual(state, "running")

    def test_an_address_as_a_name_is_nobody(self):
        """Who knows neither the thread nor an address is not the client."""
        ticket = self.ticket()
        self.asked(ticket)
        text = '"client@example.com" <thief@z.example>'
        gateway = self.ticking(self.env["mail.thread"], minutes(15))
        gateway.message_process(
            "helpdesk.ticket",
            f"From: {text}\nTo: desk@ours.example\nMessage-Id: <thief@z.example>\n"
            "Subject: Please\n\nIt is me",
            thread_id=ticket.id,
        )
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_others_whom_we_know_do_not_end_the_waiting(self):
        other = {"name": "Other", "client_type": "end", "email": "other@o.example"}
        self.env["res.partner"].create(other)
        supplier = {"name": "Supplier", "is_company": True, "email": "s@s.example"}
        self.env["res.partner"].create(supplier)
        self.ann.login = "ann@ours.example"
        self.bob.partner_id.email = "bob@ours.example, bob@private.example"
        for sender in (
            *("other@o.example", "s@s.example"),
            *("ann@ours.example", "Bob <bob@private.example>"),
        ):
            with self.subTest(sender):
                self.assertEqual(self.state_after_reply(sender=sender), "paused")

    def test_who_answers_what_only_we_could_read_is_not_the_client(self):
        ticket = self.ticket()
        self.asked(ticket)
        note = self.ticking(ticket.with_user(self.ann), minutes(6)).message_post(
            body="Careful", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        headers = [("In-Reply-To", note.message_id)]
        self.receive("home@private.example", minutes(15), headers=headers)
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_the_client_is_told_through_a_group_that_writes_in_its_own_name(self):
        state = self.state_after_reply(
            ("List-Id", "<desk.ours.example>"),
            ("Precedence", "list"),
            ("Reply-To", "Client <client@example.com>"),
            sender="Client via Desk <desk@ours.example>",
        )
        self.assertEqual(state, "running")

    def test_nobody_speaks_in_the_name_of_the_client(self):
        ticket = self.ticket()
        self.asked(ticket)
        own = self.ticking(ticket.with_user(self.ann), minutes(15))
        own.message_post(
            body="Thanks",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            author_id=self.client.id,
        )
        self.assertEqual(self.clock(ticket).state, "paused")
