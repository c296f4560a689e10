from datetime import timedelta

from odoo.tests import tagged

from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaResponse(SlaCase):
    """What counts as a first response."""

    def post(self, ticket, at, author, **vals):
        values = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
            "body": "We are on it",
            "author_id": author.partner_id.id,
            **self.reaches(ticket),
            **vals,
        }
        message = ticket._at(at).with_user(author).sudo().message_post(**values)
        self.hand_over(message.mail_ids)
        return message

    def state(self, ticket):
        return self.clock(ticket, "first_response").state

    def test_comment_of_an_agent_responds(self):
        ticket = self.ticket()
        self.post(ticket, minutes(30), self.bob)
        clock = self.clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.stopped_at), ("met", minutes(30)))
        self.assertEqual(ticket.first_response_at, minutes(30))
        self.assertEqual(ticket.sla_due_at, minutes(60))

    def test_only_the_first_counts(self):
        ticket = self.ticket()
        self.post(ticket, minutes(10), self.bob)
        self.post(ticket, minutes(20), self.ann)
        self.assertEqual(ticket.first_response_at, minutes(10))

    def test_what_is_no_response(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "portal.sla",
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        note = {"subtype_xmlid": "mail.mt_note"}
        for label, author, vals in (
            ("an internal note", self.ann, note),
            ("a message of the client", portal, {}),
            ("a notification", self.ann, {"message_type": "notification"}),
            ("an automatic comment", self.ann, {"message_type": "auto_comment"}),
            ("an out-of-office reply", self.ann, {"message_type": "out_of_office"}),
        ):
            with self.subTest(label):
                ticket = self.ticket()
                self.post(ticket, minutes(5), author, **vals)
                self.assertFalse(ticket.first_response_at)
                self.assertEqual(self.state(ticket), "running")

    def test_staff_that_is_the_client_does_not_answer_itself(self):
        ticket = self.ticket(partner_id=self.ann.partner_id.id)
        self.post(ticket, minutes(5), self.ann)
        self.assertFalse(ticket.first_response_at)

    def test_stage_mail_is_no_response(self):
        template = self.env.ref("helpdesk_mgmt.changed_stage_template")
        template.auto_delete = False
        self.client.email = "client@example.com"
        self.work.mail_template_id = template
        ticket = self.ticket()
        self.env.cr.flush()
        tracked = self.env["helpdesk.ticket"].with_context(tracking_disable=False)
        tracked._at(minutes(5)).browse(ticket.id).write({"stage_id": self.work.id})
        self.env.cr.flush()
        mail = self.env["mail.mail"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )
        self.assertTrue(mail, "the mail was written")
        self.assertFalse(ticket.first_response_at)

    def test_list_mail_of_an_agent_is_a_response(self):
        ticket = self.ticket()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.boss)
            .with_context(
                ticket._at(minutes(7)).env.context,
                active_model="helpdesk.ticket",
                active_ids=ticket.ids,
            )
            .create(
                {
                    "composition_mode": "mass_mail",
                    "model": "helpdesk.ticket",
                    "res_ids": repr(ticket.ids),
                    "subject": "News",
                    "body": "<p>We are on it</p>",
                    "auto_delete": False,
                }
            )
        )
        composer._action_send_mail()
        mails = self.env["mail.mail"].search([("subject", "=", "News")])
        self.assertFalse(ticket.first_response_at, "not sent yet")
        self.hand_over(ticket._at(minutes(7)).env["mail.mail"].browse(mails.ids))
        self.assertEqual(ticket.first_response_at, minutes(7))

    def test_logged_call_is_a_response_and_a_todo_is_not(self):
        for xmlid, counts in (
            ("mail.mail_activity_data_call", True),
            ("mail.mail_activity_data_todo", False),
        ):
            with self.subTest(xmlid):
                ticket = self.ticket()
                activity = ticket.activity_schedule(xmlid, user_id=self.ann.id)
                context = ticket._at(minutes(9)).env.context
                activity.with_user(self.ann).with_context(context).action_feedback("ok")
                self.assertEqual(bool(ticket.first_response_at), counts)

    def test_staff_making_a_ticket_on_a_live_channel_has_responded(self):
        live = self.env.ref("sla_promise.channel_phone")
        model = self.env["helpdesk.ticket"].with_user(self.ann).sudo()
        values = {"name": "a", "description": "b", "partner_id": self.client.id}
        ticket = model._at(START).create({**values, "channel_id": live.id})
        self.assertEqual(ticket.first_response_at, START)
        self.assertEqual(self.state(ticket), "met")
        app = self.env.ref("sla_promise.channel_app")
        ticket = model._at(START).create({**values, "channel_id": app.id})
        self.assertFalse(ticket.first_response_at)

    def test_closing_is_a_response_solving_is_not(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.solved)
        self.assertFalse(ticket.first_response_at)
        self.assertEqual(self.state(ticket), "paused")
        self.move(ticket, minutes(25), self.done)
        self.assertEqual(ticket.first_response_at, minutes(25))
        self.assertEqual(self.state(ticket), "met")

    def test_email_counts_from_its_own_date(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.assertEqual(self.state(ticket), "missed")
        self.post(ticket, minutes(40), self.ann, message_type="email", date=minutes(29))
        self.assertEqual(ticket.first_response_at, minutes(29))
        self.assertEqual(self.state(ticket), "met")
        self.assertEqual(self.breaches(ticket).state, "withdrawn")
        self.assertFalse(ticket.first_response_doubtful)

    def test_email_that_comes_late_counts_from_its_arrival_and_is_noted(self):
        ticket = self.ticket()
        date = START - timedelta(days=3)
        self.post(ticket, minutes(20), self.ann, message_type="email", date=date)
        self.assertEqual(ticket.first_response_at, minutes(20))
        self.approve_late(ticket, minutes(60))
        self.assertEqual(ticket.first_response_at, START)
        self.assertTrue(ticket.first_response_doubtful)
        ticket = self.ticket(minutes(10))
        date = minutes(5)
        self.post(ticket, minutes(20), self.ann, message_type="email", date=date)
        self.assertEqual(ticket.first_response_at, minutes(10))
        self.assertFalse(ticket.first_response_doubtful)
        ticket = self.ticket()
        date = minutes(500)
        self.post(ticket, minutes(20), self.ann, message_type="email", date=date)
        self.assertEqual(ticket.first_response_at, minutes(20))
        self.assertFalse(ticket.first_response_doubtful)

    def test_late_response_is_measured(self):
        ticket = self.ticket()
        self.post(ticket, minutes(42), self.ann)
        clock = self.clock(ticket, "first_response")
        self.assertEqual((clock.state, clock.overrun_seconds), ("missed", 720))
        self.assertEqual(self.breaches(ticket).overrun_seconds, 720)
