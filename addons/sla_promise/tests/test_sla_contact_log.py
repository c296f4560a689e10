from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaContactLog(SlaCase):
    """A call, visit or chat that somebody logs answers the client (REQUIREMENTS S8)."""

    def log(self, ticket, now, at=None, user=None, kind="call"):
        """Log a contact of ``at`` (now if not given), in minutes, by Ann."""
        logs = self.env["vip.contact.log"].with_user(user or self.ann)
        log = logs.with_context(**at_context(minutes(now))).create(
            {
                "ticket_id": ticket.id,
                "kind": kind,
                "at": minutes(now if at is None else at),
                "note": "Explained the form\nWill send it <today>",
            }
        )
        return log.action_log()

    def clock_facts(self, ticket, metric):
        clock = self.clock(ticket, metric)
        return clock.state, clock.stopped_at

    # What it does

    def test_each_kind_is_a_first_response(self):
        for kind in ("call", "visit", "chat"):
            with self.subTest(kind):
                ticket = self.ticket()
                self.log(ticket, 10, kind=kind)
                facts = self.clock_facts(ticket, "first_response")
                self.assertEqual(facts, ("met", minutes(10)))
                self.assertEqual(ticket.first_response_at, minutes(10))
                self.assertFalse(ticket.first_response_doubtful)

    def test_it_answers_the_client_again(self):
        self.policy.target_ids = self.make_policy("Next", next_response=20).target_ids
        ticket = self.ticket()
        self.log(ticket, 5)
        ticket._log_contact(minutes(10), outgoing=False)
        clock = self.clock(ticket, "next_response")
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(30)))
        self.log(ticket, 25)
        self.assertEqual(
            self.clock_facts(ticket, "next_response"), ("met", minutes(25))
        )

    def test_it_feeds_the_result_back(self):
        self.policy.target_ids = self.make_policy("Back", feedback=120).target_ids
        ticket = self.ticket()
        self.log(ticket, 5)
        self.move(ticket, minutes(20), self.solved)
        self.assertEqual(self.clock(ticket, "feedback").state, "running")
        self.log(ticket, 40)
        self.assertEqual(self.clock_facts(ticket, "feedback"), ("met", minutes(40)))

    # Logged later

    def test_up_to_a_quarter_of_an_hour_later_nothing_is_doubtful(self):
        ticket = self.ticket()
        self.log(ticket, 20, 5)
        self.assertFalse(ticket.contact_ids.doubtful)
        self.assertEqual(ticket.first_response_at, minutes(5))

    def test_later_than_that_it_is_doubtful(self):
        ticket = self.ticket()
        self.log(ticket, 21, 5)
        self.assertTrue(ticket.contact_ids.withheld)
        self.assertFalse(ticket.first_response_at)
        self.approve_late(ticket, minutes(60))
        self.assertTrue(ticket.contact_ids.doubtful)
        self.assertFalse(ticket.contact_ids.withheld)
        self.assertTrue(ticket.first_response_doubtful)
        self.assertEqual(ticket.first_response_at, minutes(5))

    def test_who_decides_sees_the_promises_that_it_may_concern(self):
        ticket = self.ticket()
        self.log(ticket, 41, 5)
        late = self.env["vip.late.contact"].with_user(self.boss)
        late = late.search([("contact_id.ticket_id", "=", ticket.id)])
        self.assertEqual(
            late.sla_clock_ids.mapped("metric"), ["first_response", "resolution"]
        )
        before = self.ticket()
        self.log(before, 2)
        self.log(before, 41, 5)
        late = late.search([("contact_id.ticket_id", "=", before.id)])
        self.assertEqual(late.sla_clock_ids.metric, "resolution")

    def test_what_was_in_time_is_not_late_because_it_was_logged_late(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.assertEqual(self.clock(ticket, "first_response").state, "missed")
        self.log(ticket, 50, 25)
        self.assertEqual(self.breaches(ticket).state, "open")
        self.approve_late(ticket, minutes(60))
        self.assertEqual(
            self.clock_facts(ticket, "first_response"), ("met", minutes(25))
        )
        breach = self.breaches(ticket)
        self.assertEqual(breach.state, "withdrawn")
        self.assertTrue(ticket.contact_ids.doubtful)
        self.assertEqual(breach.contact_id, ticket.contact_ids)
        shown = breach.with_user(self.boss).search([("contact_id", "!=", False)])
        self.assertEqual(shown, breach)
        self.assertIn("contact with the client at Mar 4, 9:25 AM", breach.reason)
        self.assertIn(f"logged by {self.ann.name} at Mar 4, 9:50 AM", breach.reason)
        self.assertIn(f"Approved by {self.boss.name}", breach.reason)

    def test_a_message_that_keeps_a_promise_is_no_logged_contact(self):
        ticket = self.ticket()
        self.due(minutes(31))
        ticket._log_contact(minutes(25))
        breach = self.breaches(ticket)
        self.assertEqual((breach.state, breach.contact_id.id), ("withdrawn", False))
        self.assertEqual(breach.reason, "The events show that the promise was kept.")

    def test_what_was_late_stays_late_whoever_logs_it(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.log(ticket, 51, 35)
        self.approve_late(ticket, minutes(60))
        breach = self.breaches(ticket)
        self.assertEqual((breach.state, breach.overrun_seconds), ("open", 300))
        self.assertFalse(breach.contact_id)

    def test_the_form_says_that_it_will_be_doubtful(self):
        ticket = self.ticket()
        logs = self.env["vip.contact.log"].with_user(self.ann)
        logs = logs.with_context(default_ticket_id=ticket.id, **at_context(minutes(40)))
        with Form(logs) as form:
            self.assertEqual((form.at, form.doubtful), (minutes(40), False))
            form.at = minutes(10)
            self.assertTrue(form.doubtful and form.withheld)
            form.note = "Talked"
            form.evidence = "Called from the desk"
        form.record.action_log()
        self.assertFalse(ticket.first_response_at)
        late = ticket.contact_ids.late_ids
        self.assertEqual(late.evidence, "Talked\nCalled from the desk")
        self.approve_late(ticket, minutes(60))
        self.assertEqual(ticket.first_response_at, minutes(10))

    def test_what_is_refused_answers_nothing(self):
        ticket = self.ticket(minutes(10))
        for at in (31, 9):
            with self.subTest(at), self.assertRaises(UserError):
                self.log(ticket, 30, at)
        self.assertFalse(ticket.contact_ids or ticket.first_response_at)

    def test_a_contact_without_ticket_answers_none(self):
        ticket = self.ticket()
        logs = self.env["vip.contact.log"].with_user(self.ann)
        logs = logs.with_context(**at_context(minutes(5)))
        log = logs.create({"partner_id": self.client.id, "note": "Talked"})
        log.action_log()
        contact = self.env["vip.contact"].search([("partner_id", "=", self.client.id)])
        self.assertEqual(contact.at, minutes(5))
        self.assertFalse(ticket.contact_ids or ticket.first_response_at)
        self.assertEqual(self.clock(ticket, "first_response").state, "running")
