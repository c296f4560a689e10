from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.clock import sla_clock_due
from ..tools.due_workers import JOBS
from .common import SlaCase, minutes

SOON, LIMIT = "80% of the time", "At the limit"
BREACH = ["metric", "breached_at", "user_id", "team_id", "state"]


@tagged("post_install", "-at_install")
class TestSlaDue(SlaCase):
    """The due job, breaches and notices."""

    def setUp(self):
        super().setUp()
        # People work at any time, so that no test depends on the time of day.
        self.env.company.resource_calendar_id = False

    def facts(self, ticket):
        breaches = self.breaches(ticket).sorted("metric")
        return [
            {key: value for key, value in row.items() if key != "id"}
            for row in breaches.read(BREACH)
        ]

    def notices(self, ticket):
        notices = self.env["sla.notice"].search([("ticket_id", "=", ticket.id)])
        return sorted(
            (n.level_id.display_name, n.clock_id.metric, n.user_id.login)
            for n in notices
        )

    def test_nothing_happens_before_the_due_time(self):
        ticket = self.ticket()
        self.assertEqual(self.due(minutes(20)), 0)
        self.due(minutes(30))
        self.assertFalse(self.breaches(ticket), "the last second still belongs to us")

    def test_warning_comes_once_and_before_the_limit(self):
        ticket = self.ticket()
        self.due(minutes(25))
        self.assertEqual(self.notices(ticket), [(SOON, "first_response", "ann")])
        clock = self.clock(ticket, "first_response")
        self.assertEqual(clock.next_event_at, clock.due_at)
        self.assertEqual(self.due(minutes(25)), 0)
        self.move(ticket, minutes(26), self.awaiting)
        self.move(ticket, minutes(36), self.work)
        self.assertEqual(clock.next_event_at, minutes(40), "not warned a second time")

    def test_unassigned_ticket_warns_the_leader(self):
        ticket = self.ticket(user_id=False)
        self.due(minutes(25))
        self.assertEqual(self.notices(ticket), [(SOON, "first_response", "boss")])

    def test_breach_tells_the_holder_and_the_leader(self):
        ticket = self.ticket()
        self.due(minutes(25))
        self.due(minutes(31))
        self.assertEqual(
            self.notices(ticket),
            [
                (SOON, "first_response", "ann"),
                (LIMIT, "first_response", "ann"),
                (LIMIT, "first_response", "boss"),
            ],
        )

    def test_holder_is_who_held_it_at_the_due_time(self):
        on_time, late = self.ticket(), self.ticket()
        for ticket in (on_time, late):
            ticket._at(minutes(20)).write({"user_id": self.bob.id})
        self.due(minutes(31))
        ticket = late
        ticket._at(minutes(55)).write({"user_id": self.ann.id})
        self.due(minutes(300))
        holders = {b.metric: b.user_id for b in self.breaches(late)}
        self.assertEqual(holders, {"first_response": self.bob, "resolution": self.ann})

    def test_late_job_writes_the_same_breach(self):
        on_time, late = self.ticket(), self.ticket()
        self.env["sla.clock"].search([("ticket_id", "=", late.id)])
        for at in (25, 31, 50, 61):
            self.due(minutes(at))
        facts = self.facts(on_time)
        again = self.ticket()
        self.due(minutes(10_000))
        self.assertEqual(self.facts(again), facts)
        self.assertEqual(
            [row["breached_at"] for row in facts], [minutes(30), minutes(60)]
        )

    def test_job_run_twice_changes_nothing(self):
        ticket = self.ticket()
        self.due(minutes(90))
        before = self.facts(ticket), self.notices(ticket), ticket.clock_ids.read()
        self.assertEqual(self.due(minutes(90)), 0)
        self.assertEqual(
            (self.facts(ticket), self.notices(ticket), ticket.clock_ids.read()), before
        )

    def test_job_sees_an_unnoticed_pause_before_judging(self):
        ticket = self.ticket()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s",
            (self.awaiting.id, ticket.id),
        )
        self.env.invalidate_all()
        self.due(minutes(24) + timedelta(seconds=1))
        self.assertEqual(set(ticket.clock_ids.mapped("state")), {"paused"})

    def test_overrun_is_set_once_at_the_stop(self):
        ticket = self.ticket()
        self.due(minutes(61))
        breach = self.breaches(ticket).filtered(lambda b: b.metric == "resolution")
        self.assertFalse(breach.overrun_seconds)
        self.move(ticket, minutes(70), self.awaiting)
        self.move(ticket, minutes(100), self.solved)
        self.assertEqual(breach.overrun_seconds, 600, "waiting is not charged")

    def test_event_before_the_due_time_that_arrives_late_withdraws(self):
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(50), self.solved)
        breach = self.breaches(ticket).filtered(lambda b: b.metric == "resolution")
        self.assertEqual(breach.state, "withdrawn")
        self.assertEqual(self.clock(ticket).state, "met")

    def test_clock_that_was_in_time_after_all_can_be_missed_later(self):
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(50), self.awaiting)
        self.move(ticket, minutes(100), self.work)
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(110)))
        self.due(minutes(111))
        breaches = self.breaches(ticket).filtered(lambda b: b.metric == "resolution")
        self.assertEqual(
            breaches.sorted("breached_at").mapped("state"), ["withdrawn", "open"]
        )
        self.assertEqual(max(breaches.mapped("breached_at")), minutes(110))

    def test_batches_are_handled_one_after_the_other(self):
        tickets = self.tickets(5)
        self.assertEqual(self.env["sla.clock"]._process_due(minutes(61), limit=7), 7)
        self.assertEqual(self.env["sla.clock"]._process_due(minutes(61), limit=7), 3)
        self.assertEqual(len(self.breaches(tickets)), 10)

    def test_number_of_queries_of_the_job_is_fixed(self):
        def queries(count):
            self.tickets(count)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.due(minutes(61))
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(40), queries(1))

    def test_cron_ends_normally_and_puts_a_bad_clock_aside(self):
        now = self.env.cr.now().replace(microsecond=0)
        tickets = self.tickets(4, now - timedelta(minutes=70))
        bad = self.clock(tickets[1])
        record = type(self.env["sla.breach"])._record

        def fail(breaches, clock_ids):
            if bad.id in clock_ids:
                raise ValueError("broken")
            return record(breaches, clock_ids)

        self.env.flush_all()
        with (
            patch.object(type(self.env["sla.breach"]), "_record", fail),
            mute_logger("odoo.addons.sla_promise.models.clock.sla_clock_due"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("sla_promise.cron_due").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self.breaches(tickets)), 7)
        self.assertEqual((bad.state, bad.failures), ("running", 1))
        self.assertGreater(bad.next_event_at, now)
        self.due(now + timedelta(hours=1))
        self.assertEqual(
            {b.breached_at for b in self.breaches(tickets) if b.clock_id == bad},
            {now - timedelta(minutes=10)},
        )

    def test_settings_share_the_due_job_among_workers(self):
        def jobs():
            return [self.env.ref(xmlid).active for xmlid in JOBS]

        self.assertEqual(jobs(), [True, False, False, False])
        settings = self.env["res.config.settings"]
        settings.create({"sla_due_workers": 3}).execute()
        self.assertEqual(jobs(), [True, True, True, False])
        self.assertEqual(self.env["sla.clock"]._due_workers(), 3)
        self.assertEqual(settings.create({}).sla_due_workers, 3)
        settings.create({"sla_due_workers": 1}).execute()
        self.assertEqual(jobs(), [True, False, False, False])
        for wrong in (0, 5):
            with self.assertRaises(ValidationError):
                settings.create({"sla_due_workers": wrong})

    def test_each_worker_handles_its_share(self):
        tickets = self.tickets(9)
        process = self.env["sla.clock"]._process_due
        for worker in range(3):
            share = tickets.filtered(lambda ticket, k=worker: ticket.id % 3 == k)
            self.assertEqual(process(minutes(61), shard=(worker, 3)), 6)
            self.assertEqual(len(self.breaches(share)), 6)
        self.assertEqual(self.due(minutes(61)), 0)

    def test_a_batch_that_others_change_is_tried_again(self):
        now = self.env.cr.now().replace(microsecond=0)
        tickets = self.tickets(2, now - timedelta(minutes=70))
        record = type(self.env["sla.breach"])._record
        busy = [psycopg2.errors.SerializationFailure("busy")] * 2

        def fail(breaches, clock_ids):
            if clock_ids and busy:
                raise busy.pop()
            return record(breaches, clock_ids)

        self.env.flush_all()
        with (
            patch.object(type(self.env["sla.breach"]), "_record", fail),
            patch.object(sla_clock_due, "PAUSE", 0),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("sla_promise.cron_due").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(len(self.breaches(tickets)), 4)
        self.assertFalse(any(tickets.clock_ids.mapped("failures")))

    def test_database_refuses_to_change_or_delete_a_breach(self):
        ticket = self.ticket()
        self.due(minutes(61))
        breach = self.breaches(ticket)[0]
        for query in (
            "UPDATE sla_breach SET breached_at = now() WHERE id = %s",
            "UPDATE sla_breach SET user_id = 1 WHERE id = %s",
            "DELETE FROM sla_breach WHERE id = %s",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, (breach.id,))

    def test_digest_is_one_message_per_person(self):
        now = fields.Datetime.now()
        tickets = self.tickets(3, now - timedelta(minutes=40))
        self.due(now)
        partner = self.ann.partner_id
        domain = [("partner_ids", "=", partner.id), ("model", "=", False)]
        before = self.env["mail.message"].search_count(domain)
        with self.enter_registry_test_mode():
            self.env.ref("sla_promise.cron_notice").method_direct_trigger()
        self.env.invalidate_all()
        messages = self.env["mail.message"].search(domain)
        self.assertEqual(len(messages) - before, 1)
        for ticket in tickets:
            self.assertIn(ticket.number, messages[0].body)
        notices = self.env["sla.notice"].search([("ticket_id", "in", tickets.ids)])
        told = notices.filtered(lambda notice: notice.user_id == self.ann)
        self.assertEqual(set(told.mapped("state")), {"done", "dropped"})

    def test_stale_and_overtaken_notices_are_not_sent(self):
        ticket = self.ticket()
        self.due(minutes(25))
        notices = self.env["sla.notice"]
        with patch.object(type(notices), "_deliver") as deliver:
            notices._send_to(self.ann, minutes(25) + timedelta(days=2))
            deliver.assert_not_called()
        other = self.ticket()
        self.due(minutes(25))
        self.move(other, minutes(26), self.done)
        with patch.object(type(notices), "_deliver") as deliver:
            notices._send_to(self.ann, minutes(27))
            deliver.assert_not_called()
        self.assertFalse(
            notices.search(
                [("ticket_id", "in", (ticket + other).ids), ("state", "=", "waiting")]
            )
        )

    def test_one_person_who_cannot_be_reached_does_not_stop_the_others(self):
        now = fields.Datetime.now()
        tickets = self.tickets(1, now - timedelta(minutes=40))
        tickets += self.tickets(1, now - timedelta(minutes=40), user_id=self.bob.id)
        self.due(now)
        notices = self.env["sla.notice"]
        deliver = type(notices)._deliver

        def fail(notices, user, batch):
            if user == self.ann:
                raise ValueError("no address")
            return deliver(notices, user, batch)

        with (
            patch.object(type(notices), "_deliver", fail),
            mute_logger("odoo.addons.sla_promise.models.escalation.sla_notice_send"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("sla_promise.cron_notice").method_direct_trigger()
        self.env.invalidate_all()
        notices = notices.search([("ticket_id", "in", tickets.ids)])
        unsent = notices.filtered(lambda notice: notice.state == "waiting")
        self.assertEqual(unsent.user_id, self.ann)
        self.assertIn(self.bob, notices.user_id)
