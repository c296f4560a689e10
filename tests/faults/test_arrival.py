"""A8: an answer that never reached the client."""

from odoo.tools import is_html_empty

from .common import PromiseCase, minutes

#: How a mail server says that a mail did not arrive.
BOUNCE = """From: MAILER-DAEMON@theirs.example
To: bounce@ours.example
Subject: Undelivered Mail Returned to Sender
Message-Id: <{number}@mailer.theirs.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain

{address} is not known here.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; theirs.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1

--edge
Content-Type: text/rfc822-headers

Message-Id: {message_id}
To: {address}
Subject: Re: Please

--edge--
"""


class TestBounce(PromiseCase):
    """The only answer, a question to the client, comes back."""

    def setUp(self):
        super().setUp()
        self.asking = self.ticket()
        answer = self.answer(self.asking, minutes(10), body="Which account?")
        self.move(self.asking, minutes(10), self.awaiting)
        self.assertEqual(answer.notification_ids.notification_status, "sent")
        self.seen = self.seen_by_ann()
        text = BOUNCE.format(
            number=self.asking.number,
            address=self.client.email,
            message_id=answer.message_id,
        )
        gateway = self.ticking(self.env["mail.thread"], minutes(12))
        gateway.message_process("helpdesk.ticket", text)
        self.assertEqual(answer.notification_ids.notification_status, "bounce")
        self.asking.invalidate_recordset()

    def seen_by_ann(self):
        """Return what asks for Ann's attention."""
        mine = [("res_partner_id", "=", self.ann.partner_id.id)]
        return (
            self.env["mail.notification"].search_count(mine),
            self.env["mail.activity"].search_count([("user_id", "=", self.ann.id)]),
        )

    def test_an_answer_that_came_back_is_doubtful(self):
        self.assertTrue(self.asking.first_response_doubtful)

    def test_a_question_that_came_back_is_not_waited_for(self):
        self.assertEqual(self.clock(self.asking).state, "running")

    def test_an_activity_asks_for_the_attention_of_the_agent(self):
        self.asking.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.ann.id
        )
        self.assertNotEqual(self.seen_by_ann(), self.seen)

    def test_the_agent_is_told_that_the_answer_came_back(self):
        self.assertNotEqual(self.seen_by_ann(), self.seen)


class TestNothingArrives(PromiseCase):
    """Half an hour for the first answer; what Ann does tells the client nothing."""

    def state(self, ticket):
        return self.clock(ticket, "first_response").state

    def test_a_public_comment_that_reaches_the_client_is_an_answer(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.assertEqual(self.state(ticket), "met")

    def test_an_empty_comment_is_no_answer(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5), body="")
        self.assertEqual(self.state(ticket), "running")

    def test_a_comment_emptied_afterwards_is_no_answer(self):
        ticket = self.ticket()
        message = self.answer(ticket, minutes(5))
        editing = self.ticking(ticket.with_user(self.ann), minutes(6))
        editing._message_update_content(message.sudo(), body="")
        self.assertTrue(is_html_empty(message.body))
        self.assertEqual(self.state(ticket), "running")

    def test_a_comment_that_goes_to_nobody_outside_is_no_answer(self):
        self.client.email = False
        ticket = self.ticket()
        message = self.answer(ticket, minutes(5), partner_ids=[])
        self.assertFalse(message.notification_ids)
        self.assertEqual(self.state(ticket), "running")

    def test_an_e_mail_that_is_only_recorded_is_no_answer(self):
        ticket = self.ticket()
        messages = self.ticking(self.env["mail.message"], minutes(5))
        messages.with_user(self.ann).create(
            {
                "model": ticket._name,
                "res_id": ticket.id,
                "message_type": "email_outgoing",
                "body": "We are on it",
            }
        )
        self.assertEqual(self.state(ticket), "running")

    def test_a_comment_in_the_name_of_a_colleague_is_no_answer(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5), author_id=self.bob.partner_id.id)
        self.assertEqual(self.state(ticket), "running")
