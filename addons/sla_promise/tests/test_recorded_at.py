from datetime import timedelta

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from .common import START, minutes
from .test_sla_breach_outage import BreachOutageCase
from .test_sla_rounds import RoundsCase


@tagged("post_install", "-at_install")
class TestRecordedAt(BreachOutageCase, RoundsCase):
    """What is known says since when, and what was known before can be told."""

    def known(self, clock, at):
        """Return (state, stop, overrun in minutes) as known at a minute, or None."""
        said = clock._verdicts_known(minutes(at)).get(clock.id)
        if said:
            overrun = said["overrun_seconds"]
            overrun = overrun if overrun is None else overrun / 60
            return said["state"], said["stopped_at"], overrun
        return None

    def refused(self, statement, *params):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.RestrictViolation),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(statement, params)

    def test_spans_say_when_they_became_known(self):
        ticket = self.ticket(minutes(30), opened_at=START)
        self.move(ticket, minutes(40), self.work)
        spans = ticket.span_ids.sorted("start")
        self.assertEqual(spans.mapped("start"), [START, minutes(40)])
        self.assertEqual(spans.mapped("recorded_at"), [minutes(30), minutes(40)])

    def test_a_late_message_makes_a_span_of_before_that_is_known_since_now(self):
        ticket = self.ticket()
        self.answer(ticket, minutes(5))
        self.move(ticket, minutes(10), self.awaiting)
        self.ask(ticket, minutes(60), date=minutes(40))
        span = ticket.span_ids.sorted("start")[-1]
        self.assertEqual((span.start, span.waiting_on), (minutes(40), False))
        self.assertEqual(span.recorded_at, minutes(60))

    def test_a_span_keeps_when_it_began_and_goes_with_its_ticket_only(self):
        ticket = self.ticket()
        for column in "start", "recorded_at":
            statement = f"UPDATE sla_span SET {column} = now() WHERE ticket_id = %s"
            self.refused(statement, ticket.id)
        self.refused("DELETE FROM sla_span WHERE ticket_id = %s", ticket.id)
        spans = ticket.span_ids
        ticket.unlink()
        self.assertFalse(spans.exists())

    def test_a_step_is_never_changed_and_goes_with_its_ticket_only(self):
        ticket = self.ticket()
        self.env.cr.execute(
            "INSERT INTO sla_step (ticket_id, at, recorded_at, kind)"
            " VALUES (%s, now(), now(), 'note') RETURNING id",
            (ticket.id,),
        )
        step = self.env["sla.step"].browse(self.env.cr.fetchone())
        self.refused("UPDATE sla_step SET at = now() - interval '1 hour'")
        self.refused("UPDATE sla_step SET user_id = 1 WHERE id = %s", step.id)
        self.refused("DELETE FROM sla_step WHERE id = %s", step.id)
        ticket.unlink()
        self.assertFalse(step.exists())

    def test_verdict_and_breach_say_when_they_were_recorded(self):
        ticket = self.ticket()
        self.due(minutes(75))
        clock = self.clock(ticket)
        breach = self.breaches(ticket).filtered(lambda b: b.clock_id == clock)
        self.assertEqual((clock.due_at, clock.recorded_at), (minutes(60), minutes(75)))
        self.assertEqual(breach.recorded_at, minutes(75))
        self.assertIsNone(self.known(clock, 74))
        self.assertEqual(self.known(clock, 75), ("missed", None, None))
        self.move(ticket, minutes(100), self.solved)
        self.assertEqual(breach.recorded_at, minutes(75))
        self.assertEqual(self.known(clock, 99), ("missed", None, None))
        self.assertEqual(self.known(clock, 100), ("missed", minutes(100), 40))
        self.refused(
            "UPDATE sla_breach SET recorded_at = now() WHERE id = %s", breach.id
        )

    def test_an_outage_that_is_declared_late_keeps_the_verdict_of_before(self):
        breach = self.late(70)
        clock = breach.clock_id
        outage = self.outage(30, 50, 120)
        self.assertEqual(self.known(clock, 119), ("missed", minutes(70), 10))
        self.assertEqual(self.known(clock, 120), ("met", minutes(70), None))
        self.revoke(outage, 150)
        self.assertEqual(self.known(clock, 119), ("missed", minutes(70), 10))
        self.assertEqual(self.known(clock, 149), ("met", minutes(70), None))
        self.assertEqual(self.known(clock, 150), ("missed", minutes(70), 10))

    def test_what_is_reopened_was_known_to_be_met(self):
        ticket = self.ticket()
        self.move(ticket, minutes(20), self.solved)
        clock = self.clock(ticket)
        self.move(ticket, minutes(50), self.work)
        self.assertEqual(clock.state, "running")
        self.due(minutes(200))
        self.assertEqual(self.known(clock, 49), ("met", minutes(20), None))
        self.assertIsNone(self.known(clock, 50))
        self.assertIsNone(self.known(clock, 199))
        self.assertEqual(self.known(clock, 200), ("missed", None, None))

    def test_what_is_judged_again_and_found_the_same_is_known_as_long(self):
        ticket = self.ticket()
        self.move(ticket, minutes(20), self.solved)
        clock = self.clock(ticket)
        self.outage(-30, -10, 90)
        self.outage(5, 10, 120)
        self.assertEqual(clock.state, "met")
        self.assertEqual(self.known(clock, 20), ("met", minutes(20), None))

    def test_a_late_contact_keeps_the_verdict_of_before(self):
        ticket = self.ticket()
        self.due(minutes(31))
        clock = self.clock(ticket, "first_response")
        late = ticket.with_user(self.ann)._at(minutes(60))
        late._log_contact_by_hand("call", minutes(10), "Called")
        self.assertEqual(self.known(clock, 70), ("missed", None, None))
        self.approve_late(ticket, minutes(80))
        self.assertEqual(clock.state, "met")
        self.assertEqual(self.known(clock, 79), ("missed", None, None))
        self.assertEqual(self.known(clock, 80), ("met", minutes(10), None))

    def test_what_was_known_is_never_changed(self):
        breach = self.late(70)
        self.outage(30, 50, 120)
        past = self.env["vip.past.row"].search(
            [("name", "=", "sla_clock"), ("row_id", "=", breach.clock_id.id)]
        )
        self.assertTrue(past)
        self.refused("UPDATE vip_past_row SET said = '{}' WHERE id = %s", past[0].id)
        self.refused("DELETE FROM vip_past_row WHERE id = %s", past[0].id)

    def test_a_replay_records_at_its_own_time(self):
        ticket = self.ticket()
        with_time = ticket.with_context(**at_context(minutes(10)))
        with_time.write({"stage_id": self.solved.id})
        recorded = self.clock(ticket).recorded_at
        self.assertEqual(recorded, minutes(10))
        self.assertLess(recorded, self.env.cr.now() - timedelta(days=1))
