from unittest.mock import patch

from odoo.tests import tagged

from .common import LATER, ScoreCase


@tagged("post_install", "-at_install")
class TestQuestion(ScoreCase):
    """Clients are asked after each service, by queue (REQUIREMENTS V1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.solved = cls.env.ref("sla_promise.stage_solved")
        cls.solved.rating_mail_template_id = cls.env.ref(
            "helpdesk_mgmt_rating.rating_ticket_email_template"
        )
        cls.new = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        cls.requests = cls.env["vip.question"]

    def tickets(self, count, email="client@example.com"):
        client = self.env["res.partner"].create({"name": "Client", "email": email})
        return self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Please",
                    "description": "Please",
                    "partner_id": client.id,
                    "user_id": self.agent.id,
                }
                for _number in range(count)
            ]
        )

    def send(self):
        with self.enter_registry_test_mode():
            self.env.ref("vip_service.ir_cron_question").method_direct_trigger()

    def asked(self, tickets):
        domain = [("model", "=", "helpdesk.ticket"), ("res_id", "in", tickets.ids)]
        return self.env["mail.message"].search(
            [*domain, ("subject", "like", "Satisfaction")]
        )

    def test_the_shipped_solved_stage_asks(self):
        data = self.env["ir.model.data"].search([("name", "=", "stage_solved")])
        self.assertTrue(data)
        self.assertTrue(self.solved.rating_mail_template_id)

    def test_nothing_is_sent_within_the_write(self):
        tickets = self.tickets(5)
        send = patch.object(type(tickets), "rating_send_request")
        with send as sent:
            tickets.write({"stage_id": self.solved.id})
        sent.assert_not_called()
        self.assertEqual(self.requests.search([]).ticket_id, tickets)

    def test_queueing_costs_the_same_for_many_tickets(self):
        few, many = self.tickets(2), self.tickets(20)
        counts = []
        for tickets in (few, many):
            tickets.stage_id.rating_mail_template_id.exists()
            before = self.env.cr.sql_log_count
            tickets._send_ticket_rating_mail(force_send=True)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_the_job_asks_each_client_once(self):
        tickets = self.tickets(2)
        tickets.write({"stage_id": self.solved.id})
        tickets.write({"stage_id": self.solved.id})
        self.send()
        self.send()
        self.assertEqual(len(self.asked(tickets)), 2)
        self.assertFalse(self.requests.search([]))

    def test_one_that_is_closed_is_asked_about_at_once_by_the_mail_queue(self):
        ticket = self.tickets(1)
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        done.rating_mail_template_id = self.solved.rating_mail_template_id
        ticket.stage_id = done
        self.assertEqual(len(self.asked(ticket)), 1)
        self.assertFalse(self.requests.search([]))
        mails = self.env["mail.mail"].search(
            [("mail_message_id", "in", self.asked(ticket).ids)]
        )
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})

    def test_who_is_served_again_is_not_asked(self):
        ticket = self.tickets(1)
        ticket.stage_id = self.solved
        ticket.stage_id = self.new
        self.send()
        self.assertFalse(self.asked(ticket))
        self.assertFalse(self.requests.search([]))

    def test_nobody_is_asked_about_history(self):
        ticket = self.tickets(1)
        ticket._at(LATER).stage_id = self.solved
        self.assertEqual(ticket.stage_id, self.solved)
        self.assertFalse(self.requests.search([]))

    def test_a_client_without_an_address_is_not_asked(self):
        self.tickets(1, email=False).stage_id = self.solved
        self.assertFalse(self.requests.search([]))

    def test_one_that_fails_waits_and_stops_no_other(self):
        bad, good = self.tickets(1), self.tickets(1)
        (bad | good).write({"stage_id": self.solved.id})
        send = type(bad).rating_send_request

        def refuse(ticket, *args, **kwargs):
            if ticket == bad:
                raise ValueError("No such address")
            return send(ticket, *args, **kwargs)

        with (
            patch.object(type(bad), "rating_send_request", refuse),
            self.assertLogs("odoo.addons.sla_scoring.models.score_rating_request"),
        ):
            self.send()
        self.assertTrue(self.asked(good))
        left = self.requests.search([])
        self.assertEqual((left.ticket_id, left.tries), (bad, 1))
        self.assertGreater(left.try_at, left.requested_at)
