"""A8: an answer that never reached the client."""

import smtplib

from odoo.tests import new_test_user
from odoo.tools import is_html_empty, mute_logger

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

#: How a mail server says something of one receiver, in the words of RFC 3464.
STATUS = """From: MAILER-DAEMON@theirs.example
To: bounce@ours.example
Subject: Report
Message-Id: <{number}.{action}@mailer.theirs.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; theirs.example

Original-Recipient: rfc822; {original}
Final-Recipient: rfc822; {final}
Action: {action}
Status: {status}

--edge
Content-Type: text/rfc822-headers

Message-Id: {message_id}

--edge--
"""
#: How a mail program says that a mail was read, RFC 8098.
RECEIPT = """From: {address}
To: desk@ours.example
Subject: Read: Re: Please
Message-Id: <{number}.read@theirs.example>
In-Reply-To: {message_id}
Content-Type: multipart/report; report-type=disposition-notification; boundary="edge"

--edge
Content-Type: text/plain

Your message was read.

--edge
Content-Type: message/disposition-notification

Final-Recipient: rfc822; {address}
Original-Message-ID: {message_id}
Disposition: manual-action/MDN-sent-manually; displayed

--edge--
"""
#: How older mail servers say that a mail did not arrive.
PLAIN = """Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@theirs.example>
To: bounce@ours.example
Subject: Mail delivery failed: returning message to sender
Message-Id: <{number}.plain@mailer.theirs.example>
X-Failed-Recipients: {address}

A message that you sent could not be delivered.

------ This is a copy of the message, including all the headers. ------

Message-ID: {message_id}
Subject: Re: Please
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


class ReportCase(PromiseCase):
    """A question to the client has left at minute 10; the ticket waits."""

    def asked(self, **vals):
        ticket = self.ticket(**vals)
        message = self.answer(ticket, minutes(10), body="Which account?")
        self.move(ticket, minutes(10), self.awaiting)
        self.assertEqual(self.seen(ticket), ("met", "paused"))
        return ticket, message

    def seen(self, ticket):
        """Return the states of first response and solution."""
        ticket.invalidate_recordset()
        return (
            self.clock(ticket, "first_response").state,
            self.clock(ticket).state,
        )

    def report(self, ticket, message, text, at=12, **values):
        """Let the gateway take in a report of this message."""
        gateway = self.ticking(self.env["mail.thread"], minutes(at))
        values = {"address": "client@example.com", **values}
        gateway.message_process(
            "helpdesk.ticket",
            text.format(
                number=f"{ticket.number}.{at}",
                message_id=message.message_id,
                **values,
            ),
        )


class TestReports(ReportCase):
    def test_only_a_failure_takes_an_answer_back(self):
        for action, status, result in (
            ("failed", "5.1.1", ("running", "running")),
            ("delayed", "4.4.1", ("met", "paused")),
            ("delivered", "2.0.0", ("met", "paused")),
            ("relayed", "2.0.0", ("met", "paused")),
            ("expanded", "2.0.0", ("met", "paused")),
        ):
            with self.subTest(action):
                ticket, message = self.asked()
                self.report(
                    *(ticket, message, STATUS),
                    action=action,
                    status=status,
                    original="client@example.com",
                    final="client@example.com",
                )
                self.assertEqual(self.seen(ticket), result)
                bounced = message.notification_ids.notification_status == "bounce"
                self.assertEqual(bounced, action == "failed")

    def test_that_it_was_read_takes_nothing_back(self):
        ticket, message = self.asked()
        self.report(ticket, message, RECEIPT)
        self.assertEqual(self.seen(ticket), ("met", "paused"))
        self.assertEqual(message.notification_ids.notification_status, "sent")

    def test_a_failure_behind_a_forwarding_is_one_of_the_client(self):
        ticket, message = self.asked()
        self.report(
            *(ticket, message, STATUS),
            action="failed",
            status="5.2.2",
            original="client@example.com",
            final="somebody@elsewhere.example",
        )
        self.assertEqual(self.seen(ticket), ("running", "running"))

    def test_a_failure_at_an_address_that_nobody_knows_is_of_the_only_receiver(self):
        ticket, message = self.asked()
        self.report(
            *(ticket, message, STATUS),
            action="failed",
            status="5.2.2",
            original="x@elsewhere.example",
            final="y@elsewhere.example",
        )
        self.assertEqual(self.seen(ticket), ("running", "running"))

    def test_a_failure_in_plain_text_is_one(self):
        ticket, message = self.asked()
        self.report(ticket, message, PLAIN)
        self.assertEqual(self.seen(ticket), ("running", "running"))
        self.assertFalse(
            self.env["helpdesk.ticket"].search_count(
                [("partner_email", "ilike", "mailer-daemon")]
            )
        )

    def test_a_failure_of_an_address_without_a_partner_is_one(self):
        ticket = self.receive("New <new@y.example>", minutes(0))
        message = self.answer(ticket, minutes(10), body="Which account?")
        self.move(ticket, minutes(10), self.awaiting)
        self.assertEqual(self.seen(ticket), ("met", "paused"))
        self.report(ticket, message, PLAIN, address="new@y.example")
        self.assertEqual(self.seen(ticket), ("running", "running"))

    def test_a_failure_of_somebody_else_takes_nothing_back(self):
        other = self.env["res.partner"].create(
            {"name": "Copied", "email": "copied@z.example"}
        )
        ticket = self.ticket()
        message = self.answer(
            *(ticket, minutes(10)), partner_ids=(self.client + other).ids
        )
        self.report(ticket, message, PLAIN, address="copied@z.example")
        self.assertEqual(self.seen(ticket)[0], "met")
        self.report(ticket, message, PLAIN, 13)
        self.assertEqual(self.seen(ticket)[0], "running")

    def test_what_the_host_marks_in_any_other_way_is_taken_back(self):
        for status in ("bounce", "exception", "canceled"):
            with self.subTest(status):
                ticket, message = self.asked()
                notification = self.ticking(message.notification_ids, minutes(12))
                notification.sudo().notification_status = status
                self.assertEqual(self.seen(ticket), ("running", "running"))

    def test_what_the_client_reads_in_the_portal_has_arrived(self):
        user = new_test_user(self.env, "client.portal", groups="base.group_portal")
        user.partner_id.parent_id = self.client
        ticket, message = self.asked()
        self.report(ticket, message, PLAIN)
        self.assertEqual(self.seen(ticket), ("met", "paused"))
        ticket = self.ticket()
        self.ticking(ticket.with_user(self.ann), minutes(5)).message_post(
            body="Look", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(self.seen(ticket)[0], "met")
        self.assertEqual(ticket.first_response_at, minutes(5))

    def test_the_next_answer_counts_and_the_ticket_waits_again(self):
        ticket, message = self.asked()
        self.report(ticket, message, PLAIN)
        self.assertFalse(ticket.first_response_at)
        self.assertTrue(ticket.first_response_doubtful)
        self.answer(ticket, minutes(20), body="Which account, please?")
        self.assertEqual(self.seen(ticket), ("met", "paused"))
        self.assertEqual(ticket.first_response_at, minutes(20))
        self.assertFalse(ticket.first_response_doubtful)

    def test_a_reminder_that_comes_back_leaves_the_question(self):
        ticket, message = self.asked()
        reminder = self.answer(ticket, minutes(30), body="A reminder")
        self.report(ticket, reminder, PLAIN, 31)
        self.assertEqual(self.seen(ticket), ("met", "paused"))
        self.assertEqual(ticket.first_response_at, minutes(10))

    def test_the_row_of_what_came_back_stays(self):
        ticket, message = self.asked()
        self.report(ticket, message, PLAIN)
        contact = ticket.contact_ids
        self.assertEqual((contact.void, contact.doubtful), ("returned", True))
        self.assertEqual((contact.at, contact.recorded_at), (minutes(10), minutes(10)))
        self.assertEqual(contact.void_at, minutes(12))

    def test_who_holds_the_ticket_is_told_once(self):
        ticket, message = self.asked(user_id=self.bob.id)
        self.report(ticket, message, PLAIN)
        message.notification_ids.sudo().notification_status = "bounce"
        self.assertEqual(ticket.activity_ids.user_id, self.bob)
        self.assertEqual(len(ticket.activity_ids), 1)
        self.bob.active = False
        ticket, message = self.asked(user_id=False)
        self.report(ticket, message, PLAIN, 13)
        self.assertEqual(ticket.activity_ids.user_id, self.ann)

    def test_a_late_bounce_lets_the_limit_be_missed_at_its_own_time(self):
        ticket = self.ticket()
        message = self.answer(ticket, minutes(10))
        self.due(minutes(40))
        self.assertFalse(self.breaches(ticket))
        self.report(ticket, message, PLAIN, 45)
        self.assertEqual(self.seen(ticket)[0], "missed")
        breach = self.breaches(ticket)
        self.assertEqual((breach.breached_at, breach.state), (minutes(30), "open"))

    def test_what_was_waited_before_it_came_back_is_not_counted(self):
        ticket, message = self.asked()
        self.report(ticket, message, PLAIN, 45)
        self.assertEqual(self.seen(ticket), ("running", "running"))
        self.assertEqual(self.clock(ticket).due_at, minutes(95))

    def test_what_was_late_already_goes_on_being_late(self):
        ticket = self.ticket()
        self.due(minutes(31))
        message = self.answer(ticket, minutes(40))
        breach = self.breaches(ticket)
        self.assertEqual(breach.net_overrun_seconds, 600)
        self.report(ticket, message, PLAIN, 45)
        clock = self.clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.stopped_at), ("missed", False))
        self.answer(ticket, minutes(50))
        self.env.invalidate_all()
        self.assertEqual(clock.stopped_at, minutes(50))
        self.assertEqual(breach.net_overrun_seconds, 1200)

    def test_a_next_response_that_comes_back_is_owed_again(self):
        self.promise_only(first_response=30, next_response=30, update=60)
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.ask(ticket, minutes(10))
        message = self.answer(ticket, minutes(20))
        self.assertEqual(self.clock(ticket, "next_response").state, "met")
        self.report(ticket, message, PLAIN, 22)
        clock = self.clock(ticket, "next_response")
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(40)))
        running = self.clock(ticket, "update").filtered(lambda c: not c.stopped_at)
        self.assertEqual(running.due_at, minutes(65))
        self.assertEqual(ticket.first_response_at, minutes(5))


class TestNotSent(PromiseCase):
    """Ann writes, and no mail server takes it."""

    def write(self, ticket, at=5, **vals):
        """Let Ann write to the client, and the outbox wait."""
        own = self.ticking(ticket.with_user(self.ann), minutes(at))
        values = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        values["body"] = "We are on it"
        return own.message_post(**{**values, **self.reaches(ticket), **vals})

    def mails(self, message, at):
        return self.ticking(message.sudo().mail_ids, minutes(at))

    def response(self, ticket):
        ticket.invalidate_recordset()
        return self.clock(ticket, "first_response").state, ticket.first_response_at

    def test_what_waits_in_the_outbox_is_no_answer_yet(self):
        ticket = self.ticket()
        message = self.write(ticket)
        self.assertEqual(self.response(ticket), ("running", False))
        self.assertEqual(ticket.contact_ids.void, "queued")
        self.hand_over(self.mails(message, 15))
        self.assertEqual(self.response(ticket), ("met", minutes(5)))

    def test_what_leaves_much_later_counts_from_then(self):
        ticket = self.ticket()
        message = self.write(ticket)
        self.hand_over(self.mails(message, 25))
        self.assertEqual(self.response(ticket), ("met", minutes(25)))
        contact = ticket.contact_ids
        self.assertEqual((contact.at, contact.recorded_at), (minutes(25), minutes(25)))

    def test_what_is_refused_is_no_answer_until_it_is_taken(self):
        ticket = self.ticket()
        message = self.write(ticket)
        mails = self.mails(message, 6)
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self.hand_over(mails, refuse=smtplib.SMTPRecipientsRefused({}))
        self.assertEqual(message.notification_ids.notification_status, "exception")
        self.assertEqual(self.response(ticket), ("running", False))
        self.assertTrue(ticket.first_response_doubtful)
        self.assertEqual(ticket.activity_ids.user_id, self.ann)
        mails.mark_outgoing()
        self.hand_over(self.mails(message, 9))
        self.assertEqual(self.response(ticket), ("met", minutes(9)))

    def test_what_is_cancelled_is_no_answer(self):
        ticket = self.ticket()
        message = self.write(ticket)
        self.mails(message, 6).cancel()
        self.hand_over(self.mails(message, 7))
        self.assertEqual(self.response(ticket), ("running", False))

    def test_an_address_that_is_none_gets_nothing(self):
        self.client.email = "nobody at all"
        ticket = self.ticket()
        message = self.write(ticket)
        with mute_logger("odoo.addons.mail.models.mail_mail"):
            self.hand_over(self.mails(message, 6))
        self.assertEqual(self.response(ticket), ("running", False))

    def test_the_job_finds_what_has_left_unnoticed(self):
        ticket = self.ticket()
        message = self.write(ticket)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_notification SET notification_status = 'sent'"
            " WHERE mail_message_id = %s",
            (message.id,),
        )
        self.env.invalidate_all()
        self.ticking(self.env["vip.contact"], minutes(12))._cron_arrivals()
        self.assertEqual(self.response(ticket), ("met", minutes(5)))

    def test_what_is_done_to_a_message_afterwards_changes_nothing(self):
        for label, change in (
            ("dated back", lambda m: m.write({"date": minutes(-60)})),
            (
                "given to a colleague",
                lambda m: m.write({"author_id": self.bob.partner_id.id}),
            ),
            ("made internal", lambda m: m.write({"is_internal": True})),
            ("made a note", lambda m: m.write({"message_type": "notification"})),
            ("deleted", lambda m: m.unlink()),
        ):
            with self.subTest(label):
                ticket = self.ticket()
                message = self.write(ticket)
                self.hand_over(self.mails(message, 5))
                change(message.sudo())
                self.assertEqual(self.response(ticket), ("met", minutes(5)))

    def test_an_empty_comment_filled_afterwards_is_no_answer(self):
        ticket = self.ticket()
        message = self.write(ticket, body=" ")
        message.sudo().write({"body": "<p>We are on it</p>"})
        self.hand_over(self.mails(message, 6))
        self.assertEqual(self.response(ticket), ("running", False))

    def test_what_is_emptied_does_not_come_back(self):
        ticket = self.ticket()
        message = self.write(ticket)
        self.hand_over(self.mails(message, 5))
        message.write({"body": ""})
        message.write({"body": "<p>We are on it</p>"})
        self.assertEqual(self.response(ticket), ("running", False))
        self.assertEqual(ticket.contact_ids.void, "emptied")

    def test_what_the_system_erases_was_said(self):
        ticket = self.ticket()
        message = self.write(ticket)
        self.hand_over(self.mails(message, 5))
        self.env["mail.message"].browse(message.id).write({"body": ""})
        self.assertEqual(self.response(ticket), ("met", minutes(5)))

    def test_blanks_are_no_answer_and_files_are_one(self):
        for label, vals, state in (
            ("blanks", {"body": "\u00a0 \u200b\u3000"}, "running"),
            ("a file", {"body": "", "attachments": [("a.txt", b"a")]}, "met"),
        ):
            with self.subTest(label):
                ticket = self.ticket()
                own = self.ticking(ticket.with_user(self.ann), minutes(5))
                message = own.message_post(
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    **{**self.reaches(ticket), **vals},
                )
                self.hand_over(self.mails(message, 5))
                self.assertEqual(self.response(ticket)[0], state)

    def test_a_message_to_colleagues_only_is_no_answer(self):
        ticket = self.ticket()
        message = self.write(ticket, partner_ids=self.bob.partner_id.ids)
        self.hand_over(self.mails(message, 5))
        self.assertEqual(self.response(ticket), ("running", False))

    def test_a_client_does_not_answer_in_the_name_of_staff(self):
        portal = new_test_user(self.env, "portal.name", groups="base.group_portal")
        ticket = self.ticket(partner_id=portal.partner_id.id)
        values = {
            "model": "helpdesk.ticket",
            "res_id": ticket.id,
            "body": "Answered",
            "author_id": self.ann.partner_id.id,
            "message_type": "comment",
            "subtype_id": self.env.ref("mail.mt_comment").id,
        }
        self.env["mail.message"].with_user(portal).sudo().create(values)
        self.assertEqual(self.response(ticket), ("running", False))


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


class TestRoundsOfWhatCameBack(ReportCase):
    """A round that stands on an answer which came back once the round was missed."""

    def owed(self, ticket, metric):
        """Return the numbers of the rounds that are still owed."""
        ticket.invalidate_recordset()
        clocks = ticket.clock_ids.filtered(
            lambda clock: (
                clock.metric == metric
                and not clock.stopped_at
                and not clock.replaced_by_id
            )
        )
        return sorted(clocks.mapped("round"))

    def test_the_round_that_such_an_answer_began_is_owed_no_more(self):
        self.make_policy("Rounds", update=40)
        ticket = self.ticket()
        message = self.answer(ticket, minutes(16))
        self.due(minutes(60))
        self.report(ticket, message, PLAIN, 94)
        self.assertEqual(self.owed(ticket, "update"), [1])

    def test_of_two_answers_that_come_back_no_round_is_left(self):
        self.make_policy("Rounds", update=40)
        ticket = self.ticket()
        messages = [self.answer(ticket, minutes(16)), self.answer(ticket, minutes(61))]
        self.due(minutes(62))
        for message, at in zip(messages, (94, 114), strict=True):
            self.report(ticket, message, PLAIN, at)
        self.assertEqual(self.owed(ticket, "update"), [1])

    def test_a_question_that_only_repeats_what_is_unanswered_begins_no_round(self):
        self.make_policy("Rounds", next_response=25)
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.ask(ticket, minutes(27))
        message = self.answer(ticket, minutes(48))
        self.ask(ticket, minutes(81))
        self.due(minutes(110))
        self.report(ticket, message, PLAIN, 114)
        self.assertEqual(self.owed(ticket, "next_response"), [1])
