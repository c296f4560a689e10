from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.base.models.ir_mail_server import IrMail_Server
from odoo.addons.vip_base.tools.times import at_context
from odoo.addons.vip_service.engine.answer_link import questions_in

from .common import LATER, ScoreCase


class AskingCase(ScoreCase):
    """The shipped stage asks; mails that leave are caught."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.solved = cls.env.ref("sla_promise.stage_solved")
        cls.template = cls.env.ref("helpdesk_mgmt_rating.rating_ticket_email_template")
        cls.solved.rating_mail_template_id = cls.template
        cls.new = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.questions = cls.env["vip.question"]

    def tickets(self, count, email="client@example.com", **values):
        client = self.env["res.partner"].create({"name": "Client", "email": email})
        return self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Please",
                    "description": "Please",
                    "partner_id": client.id,
                    "user_id": self.agent.id,
                    **values,
                }
                for _number in range(count)
            ]
        )

    def job(self):
        with self.enter_registry_test_mode():
            self.env.ref("vip_service.ir_cron_question").method_direct_trigger()

    def of(self, tickets):
        return self.questions.search([("ticket_id", "in", tickets.ids)])

    def asked(self, tickets):
        domain = [("model", "=", "helpdesk.ticket"), ("res_id", "in", tickets.ids)]
        return self.env["mail.message"].search(
            [*domain, ("subject", "like", "Satisfaction")]
        )

    def leave(self, mails):
        """Let mails leave; return what was handed to the mail server."""
        sent = []

        def take(server, message, *args, **kwargs):
            sent.append(message)
            return message["Message-Id"]

        with (
            patch.object(IrMail_Server, "_disable_send", lambda self: False),
            patch.object(IrMail_Server, "_connect__", lambda self, *a, **k: None),
            patch.object(IrMail_Server, "send_email", take),
        ):
            mails.send()
        return sent

    def mails(self, tickets):
        return self.env["mail.mail"].search(
            [("mail_message_id", "in", self.asked(tickets).ids)]
        )


@tagged("post_install", "-at_install")
class TestQuestion(AskingCase):
    """Clients are asked after each service, by queue (REQUIREMENTS V1)."""

    def test_the_shipped_solved_stage_asks(self):
        self.assertTrue(self.solved.rating_mail_template_id)

    def test_nothing_is_sent_within_the_write(self):
        tickets = self.tickets(5)
        send = patch.object(type(tickets), "message_post_with_source")
        with send as sent:
            tickets.write({"stage_id": self.solved.id})
        sent.assert_not_called()
        self.assertEqual(self.of(tickets).ticket_id, tickets)
        self.assertEqual(set(self.of(tickets).mapped("state")), {"waiting"})

    def test_queueing_costs_the_same_for_many_tickets(self):
        few, many = self.tickets(2), self.tickets(20)
        counts = []
        for tickets in (few, many):
            tickets.stage_id.rating_mail_template_id.exists()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            tickets._send_ticket_rating_mail(force_send=True)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_the_job_asks_each_client_once(self):
        tickets = self.tickets(2)
        tickets.write({"stage_id": self.solved.id})
        tickets.write({"stage_id": self.solved.id})
        self.job()
        self.job()
        self.assertEqual(len(self.asked(tickets)), 2)
        self.assertEqual(set(self.of(tickets).mapped("state")), {"asked"})

    def test_solved_and_then_closed_is_one_closing(self):
        self.done.rating_mail_template_id = self.template
        ticket = self.tickets(1)
        ticket.stage_id = self.solved
        self.job()
        ticket.stage_id = self.done
        self.assertEqual(len(self.asked(ticket)), 1)
        self.assertEqual(len(self.of(ticket)), 1)

    def test_what_was_taken_up_again_is_asked_about_anew(self):
        now = self.env.cr.now().replace(microsecond=0)
        ticket = self.tickets(1)
        for minutes, stage in ((1, self.solved), (2, self.new), (3, self.solved)):
            at = fields.Datetime.add(now, minutes=minutes)
            ticket.with_context(**at_context(at)).stage_id = stage
        self.assertEqual(len(self.of(ticket)), 2)
        for question in self.of(ticket):
            question._ask(at)
        first, second = self.of(ticket).sorted("closed_at")
        self.assertEqual((first.state, second.state), ("dropped", "asked"))

    def test_one_that_is_closed_is_asked_about_at_once_by_the_mail_queue(self):
        ticket = self.tickets(1)
        self.done.rating_mail_template_id = self.template
        ticket.stage_id = self.done
        self.assertEqual(len(self.asked(ticket)), 1)
        self.assertEqual(self.of(ticket).state, "asked")
        self.assertEqual(set(self.mails(ticket).mapped("state")), {"outgoing"})

    def test_who_is_served_again_is_not_asked(self):
        ticket = self.tickets(1)
        ticket.stage_id = self.solved
        ticket.stage_id = self.new
        self.job()
        self.assertFalse(self.asked(ticket))
        self.assertEqual(self.of(ticket).state, "dropped")

    def test_nobody_is_asked_about_history(self):
        ticket = self.tickets(1)
        ticket._at(LATER).stage_id = self.solved
        self.assertEqual(ticket.stage_id, self.solved)
        self.assertFalse(self.of(ticket))

    def test_a_client_without_an_address_is_not_asked(self):
        ticket = self.tickets(1, email=False)
        ticket.stage_id = self.solved
        self.assertFalse(self.of(ticket))

    def test_nobody_asks_one_of_us(self):
        self.agent.partner_id.email = "agent@example.com"
        ticket = self.tickets(1, email="Agent <AGENT@example.com>")
        ticket.stage_id = self.solved
        self.job()
        self.assertEqual(self.of(ticket).state, "dropped")
        self.assertFalse(self.asked(ticket))

    def test_one_that_fails_waits_and_stops_no_other(self):
        bad, good = self.tickets(1), self.tickets(1)
        (bad | good).write({"stage_id": self.solved.id})
        post = type(bad).message_post_with_source

        def refuse(ticket, *args, **kwargs):
            if ticket == bad:
                raise ValueError("No such address")
            return post(ticket, *args, **kwargs)

        with (
            patch.object(type(bad), "message_post_with_source", refuse),
            self.assertLogs("odoo.addons.vip_service.models.answer.vip_question"),
        ):
            self.job()
        self.assertTrue(self.asked(good))
        left = self.of(bad)
        self.assertEqual((left.state, left.tries), ("waiting", 1))
        self.assertGreater(left.try_at, left.recorded_at)

    def test_a_question_keeps_who_held_the_request_then(self):
        ticket = self.tickets(1, team_id=self.team.id)
        ticket.stage_id = self.solved
        line = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "user_ids": [(6, 0, self.other.ids)]}
        )
        ticket.write({"team_id": line.id, "user_id": self.other.id})
        question = self.of(ticket)
        self.assertEqual((question.user_id, question.team_id), (self.agent, self.team))


@tagged("post_install", "-at_install")
class TestKeyOfQuestion(AskingCase):
    """The key to answer by stands in the mail that leaves, and nowhere else."""

    def setUp(self):
        super().setUp()
        self.ticket = self.tickets(1)
        self.ticket.stage_id = self.solved
        self.job()
        self.question = self.of(self.ticket)
        self.mail = self.mails(self.ticket)

    def key(self, text):
        """Return the key in a text, None if there is none."""
        _before, _mark, after = text.partition("/answer#")
        return after[:43] or None

    def body(self, message):
        return message.get_body(("html",)).get_content()

    def test_what_is_written_down_names_the_question_and_no_key(self):
        for text in (self.mail.body_html, self.asked(self.ticket).body):
            self.assertEqual(questions_in(text), set(self.question.ids))
            self.assertIsNone(self.key(text))
        # The host's rating is there as always, and its key in no text.
        token = self.ticket.rating_ids.sudo().access_token
        self.assertTrue(token)
        self.assertNotIn(token, self.mail.body_html)

    def test_the_mail_that_leaves_has_the_key_of_its_question(self):
        [sent] = self.leave(self.mail)
        key = self.key(self.body(sent))
        found = self.env["vip.question.key"]._question_of(key)
        self.assertEqual(found, self.question)
        plain = sent.get_body(("plain",)).get_content()
        self.assertIn(f"/answer#{key}.5", plain)
        self.assertNotIn("/rate/question-", self.body(sent))

    def test_no_row_of_the_database_has_the_key(self):
        [sent] = self.leave(self.mail.with_context(keep=True))
        key = self.key(self.body(sent))
        self.env.flush_all()
        for table, column in (
            *(("mail_mail", "body_html"), ("mail_message", "body")),
            *(("vip_question_key", "fingerprint"), ("mail_mail", "headers")),
        ):
            self.env.cr.execute(
                f"SELECT count(*) FROM {table} WHERE {column} LIKE %s", [f"%{key}%"]
            )
            self.assertEqual(self.env.cr.fetchone()[0], 0, f"{table}.{column}")

    def test_one_that_failed_and_is_sent_again_has_another_key(self):
        def fail(*args, **kwargs):
            raise OSError("No server")

        with (
            patch.object(IrMail_Server, "_disable_send", lambda self: False),
            patch.object(IrMail_Server, "_connect__", lambda self, *a, **k: None),
            patch.object(IrMail_Server, "send_email", fail),
            self.assertLogs("odoo.addons.mail.models.mail_mail", "ERROR") as logs,
        ):
            self.mail.send()
        self.assertEqual(self.mail.state, "exception")
        self.assertNotIn("answer#", self.mail.failure_reason + "".join(logs.output))
        self.assertIsNone(self.key(self.mail.body_html))
        self.mail.mark_outgoing()
        [sent] = self.leave(self.mail)
        found = self.env["vip.question.key"]._question_of(self.key(self.body(sent)))
        self.assertEqual(found, self.question)

    def test_who_is_in_copy_gets_no_key(self):
        colleague = self.other.partner_id
        colleague.email = "other@example.com"
        self.mail.recipient_ids += colleague
        sent = {mail["To"]: self.body(mail) for mail in self.leave(self.mail)}
        self.assertEqual(len(sent), 2)
        for receiver, body in sent.items():
            has_key = self.key(body) is not None
            self.assertEqual(has_key, "client@example.com" in receiver, receiver)

    def test_a_link_copied_into_another_mail_stays_dead(self):
        forged = self.env["mail.mail"].create(
            {
                "body_html": f"<a href='/answer/question-{self.question.id}'>x</a>",
                "recipient_ids": [(6, 0, self.question.asked_partner_id.ids)],
                "subject": "Forged",
            }
        )
        [sent] = self.leave(forged)
        self.assertIsNone(self.key(self.body(sent)))

    def test_a_context_of_a_caller_names_no_key(self):
        ticket = self.ticket.with_user(self.agent).with_context(
            vip_question=self.question.id
        )
        self.assertEqual(
            ticket._rating_get_access_token(), f"question-{self.question.id}"
        )

    def test_what_a_client_quotes_is_kept_without_the_key(self):
        [sent] = self.leave(self.mail)
        key = self.key(self.body(sent))
        message = self.ticket.message_post(body=f"You wrote: https://x/answer#{key}.5")
        self.assertNotIn(key, message.body)
        self.env["mail.thread"].message_process(
            "helpdesk.ticket",
            f"From: client@example.com\nTo: us@example.com\nMessage-Id: <q@x>\n"
            f"In-Reply-To: {sent['Message-Id']}\nSubject: Re\n\n"
            f"> https://x/answer#{key}.5\n",
            thread_id=self.ticket.id,
        )
        self.assertTrue(self.ticket.message_ids.filtered(lambda m: "/answer" in m.body))
        self.assertFalse(self.ticket.message_ids.filtered(lambda m: key in m.body))

    def test_no_role_reads_or_makes_keys(self):
        for user in (self.agent, self.manager, self.env.ref("base.user_admin")):
            keys = self.env["vip.question.key"].with_user(user)
            with self.assertRaises(AccessError):
                keys.search_read([])
            with self.assertRaises(AccessError):
                keys.create({"question_id": self.question.id, "fingerprint": "x"})

    def test_a_template_without_our_link_is_named(self):
        self.assertFalse(self.solved.vip_asks_without_link)
        own = self.template.copy({"name": "Own words", "body_html": "<p>Write us</p>"})
        self.solved.rating_mail_template_id = own
        self.assertTrue(self.solved.vip_asks_without_link)
        settings = self.env["res.config.settings"].create({})
        self.assertIn("Own words", settings.vip_stages_without_link)
