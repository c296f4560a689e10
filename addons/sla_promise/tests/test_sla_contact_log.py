from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.vip_base.tools.event_time import at_context

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaContactLog(SlaCase):
    """A call, visit or chat that somebody logs answers the client (REQUIREMENTS S8)."""

    def log(self, ticket, now, at=None, user=None, kind="call"):
        """Log a contact of ``at`` (now if not given), in minutes, by Ann."""
        logs = self.env["sla.contact.log"].with_user(user or self.ann)
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

    def test_who_spoke_who_logged_it_and_when_stays_on_the_ticket(self):
        ticket = self.ticket(user_id=self.bob.id)
        self.log(ticket, 12, 10, kind="visit")
        contact = ticket.contact_ids
        self.assertEqual(
            (contact.at, contact.recorded_at, contact.kind, contact.outgoing),
            (minutes(10), minutes(12), "visit", True),
        )
        self.assertEqual(contact.author_id, self.ann.partner_id)
        self.assertEqual(contact.logged_by_id, self.ann)
        self.assertEqual(contact.team_id, self.team)
        self.assertEqual(contact.message_id, ticket.message_ids[0])

    def test_the_note_is_internal_and_tells_what_was_said(self):
        ticket = self.ticket()
        self.ann.tz = "Asia/Shanghai"
        self.log(ticket, 12, 10)
        note = ticket.message_ids[0]
        self.assertEqual(note.author_id, self.ann.partner_id)
        self.assertTrue(note.subtype_id.internal)
        self.assertIn("Call with the client, 2024-03-04 17:10", note.body)
        self.assertIn("Will send it &lt;today&gt;", note.body)

    def test_it_answers_the_client_again(self):
        self.policy.target_ids = self.make_policy("Next", next_response=20).target_ids
        ticket = self.ticket()
        self.log(ticket, 5)
        ticket._sla_log_contact(minutes(10), outgoing=False)
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
        self.assertTrue(ticket.contact_ids.doubtful)
        self.assertTrue(ticket.first_response_doubtful)
        self.assertEqual(ticket.first_response_at, minutes(5))

    def test_what_was_in_time_is_not_late_because_it_was_logged_late(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.assertEqual(self.clock(ticket, "first_response").state, "missed")
        self.log(ticket, 50, 25)
        self.assertEqual(
            self.clock_facts(ticket, "first_response"), ("met", minutes(25))
        )
        breach = self.breaches(ticket)
        self.assertEqual(breach.state, "withdrawn")
        self.assertTrue(ticket.contact_ids.doubtful)
        self.assertEqual(breach.contact_id, ticket.contact_ids)
        shown = breach.with_user(self.boss).search([("contact_id", "!=", False)])
        self.assertEqual(shown, breach)
        self.assertIn("contact with the client at 2024-03-04 09:25", breach.reason)
        self.assertIn(f"logged by {self.ann.name} at 2024-03-04 09:50", breach.reason)

    def test_a_message_that_keeps_a_promise_is_no_logged_contact(self):
        ticket = self.ticket()
        self.due(minutes(31))
        ticket._sla_log_contact(minutes(25))
        breach = self.breaches(ticket)
        self.assertEqual((breach.state, breach.contact_id.id), ("withdrawn", False))
        self.assertEqual(breach.reason, "The events show that the promise was kept.")

    def test_what_was_late_stays_late_whoever_logs_it(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.log(ticket, 50, 35)
        breach = self.breaches(ticket)
        self.assertEqual((breach.state, breach.overrun_seconds), ("open", 300))
        self.assertFalse(breach.contact_id)

    def test_the_form_says_that_it_will_be_doubtful(self):
        ticket = self.ticket()
        logs = self.env["sla.contact.log"].with_user(self.ann)
        logs = logs.with_context(default_ticket_id=ticket.id, **at_context(minutes(40)))
        with Form(logs) as form:
            self.assertEqual((form.at, form.doubtful), (minutes(40), False))
            form.at = minutes(10)
            self.assertTrue(form.doubtful)
            form.note = "Talked"
        form.record.action_log()
        self.assertEqual(ticket.first_response_at, minutes(10))

    # What is refused

    def test_neither_in_the_future_nor_before_the_opening(self):
        ticket = self.ticket(minutes(10))
        for at, message in ((31, "not in the future"), (9, "2024-03-04 09:10")):
            with self.subTest(at), self.assertRaisesRegex(UserError, message):
                self.log(ticket, 30, at)
        self.assertFalse(ticket.contact_ids)
        self.assertFalse(ticket.first_response_at)

    def test_in_the_minute_of_the_opening_it_was_at_the_opening(self):
        opened = minutes(10).replace(second=40)
        ticket = self.ticket(opened)
        self.log(ticket, 12, 10)
        self.assertEqual(ticket.contact_ids.at, opened)

    def test_the_clients_own_account_does_not_answer_itself(self):
        ticket = self.ticket(partner_id=self.ann.partner_id.id)
        with self.assertRaises(UserError):
            self.log(ticket, 5)

    def test_only_who_may_write_the_ticket_logs(self):
        own = new_test_user(
            self.env, "own.sla", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        auditor = new_test_user(
            self.env, "auditor.sla", groups="vip_base.group_vip_auditor"
        )
        portal = new_test_user(self.env, "portal.sla", groups="base.group_portal")
        ticket = self.ticket(partner_id=portal.partner_id.id)
        ticket.message_subscribe(portal.partner_id.ids)
        for user in (own, auditor, portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.log(ticket, 5, user=user)
        self.assertFalse(ticket.contact_ids)
        self.log(ticket, 5, user=self.boss)
        self.assertEqual(ticket.contact_ids.author_id, self.boss.partner_id)

    def test_a_remote_call_cannot_say_when_it_is_now(self):
        ticket = self.ticket()
        logs = self.env["sla.contact.log"].with_user(self.ann)
        values = {"ticket_id": ticket.id, "note": "Talked", "at": "2100-01-01 09:00:00"}
        log = logs.with_context(vip_event_time="2100-01-02 00:00:00").create(values)
        with self.assertRaisesRegex(UserError, "not in the future"):
            log.action_log()

    def test_nobody_writes_contacts_otherwise(self):
        ticket = self.ticket()
        self.log(ticket, 5)
        contact = ticket.contact_ids.with_user(self.boss)
        for change in (
            lambda: contact.write({"at": minutes(1)}),
            lambda: contact.unlink(),
            lambda: contact.create({"ticket_id": ticket.id, "at": minutes(1)}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_the_button_opens_the_form_for_this_ticket(self):
        view = (
            self.env["helpdesk.ticket"]
            .with_user(self.ann)
            .get_view(self.env.ref("helpdesk_mgmt.ticket_view_form").id)
        )
        action = self.env.ref("sla_promise.sla_contact_log_action")
        self.assertIn(f'name="{action.id}"', view["arch"])
        self.assertEqual(action.target, "new")
