from datetime import timedelta

from odoo.tests import Form, tagged

from odoo.addons.vip_base.tools import frozen_rows

from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaSync(SlaCase):
    """Timelines and clocks follow tickets, however they change."""

    def test_looking_again_at_a_closed_ticket_appends_nothing(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.done)
        spans = ticket.span_ids
        ticket._sla_sync(minutes(50))
        ticket.invalidate_recordset()
        self.assertEqual(ticket.span_ids, spans)

    def test_new_ticket_gets_its_promises(self):
        ticket = self.ticket()
        clock = self.clock(ticket)
        self.assertEqual(clock.state, "running")
        self.assertEqual(clock.started_at, START)
        self.assertEqual(clock.due_at, minutes(60))
        self.assertEqual(clock.warn_at, minutes(48))
        self.assertEqual(clock.next_event_at, minutes(48))
        self.assertEqual(self.clock(ticket, "first_response").due_at, minutes(30))
        self.assertEqual(ticket.sla_due_at, minutes(30))
        self.assertEqual(ticket.span_ids.user_id, self.ann)

    def test_ticket_made_in_the_form_has_clocks(self):
        with Form(self.env["helpdesk.ticket"]) as form:
            form.name = "Please"
            form.description = "Please"
            form.team_id = self.team
        ticket = form.record
        self.assertEqual(len(ticket.clock_ids), 2)
        self.assertEqual(
            [info["state"] for info in ticket.sla_clock_info], ["running", "running"]
        )

    def test_waiting_for_the_client_pauses(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.awaiting)
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("paused", False))
        self.assertFalse(clock.next_event_at)
        self.assertFalse(ticket.sla_due_at)
        self.move(ticket, minutes(100), self.work)
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(150)))
        self.move(ticket, minutes(120), self.awaiting)
        self.move(ticket, minutes(125), self.work)
        self.assertEqual(clock.due_at, minutes(155), "no earlier pause may be lost")

    def test_waiting_for_others_is_our_time_unless_the_target_says_so(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.third)
        self.assertEqual(self.clock(ticket).state, "running")
        self.policy.target_ids.pause_on_third_party = True
        later = self.ticket()
        self.move(later, minutes(10), self.third)
        self.assertEqual(self.clock(later).state, "paused")
        self.assertEqual(
            self.clock(ticket).due_at, minutes(60), "a made promise is not edited"
        )

    def test_solving_in_time_keeps_the_promise(self):
        ticket = self.ticket()
        self.move(ticket, minutes(60), self.solved)
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.stopped_at), ("met", minutes(60)))
        self.assertFalse(clock.next_event_at)
        self.assertNotIn("resolution", self.breaches(ticket).mapped("metric"))

    def test_solving_late_records_breach_and_overrun_without_the_job(self):
        ticket = self.ticket()
        self.move(ticket, minutes(72), self.solved)
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.overrun_seconds), ("missed", 720))
        breach = self.breaches(ticket).filtered(lambda b: b.metric == "resolution")
        self.assertEqual(breach.breached_at, minutes(60))
        self.assertEqual(breach.overrun_seconds, 720)
        self.assertEqual(breach.user_id, self.ann)

    def test_reopened_clock_goes_on_without_the_solved_time(self):
        ticket = self.ticket()
        self.move(ticket, minutes(20), self.solved)
        self.move(ticket, minutes(500), self.work)
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(540)))
        self.assertFalse(clock.stopped_at)
        self.move(ticket, minutes(530), self.done)
        self.assertEqual((clock.state, clock.stopped_at), ("met", minutes(530)))

    def test_missed_clock_stays_missed_when_reopened(self):
        ticket = self.ticket()
        self.move(ticket, minutes(70), self.solved)
        self.move(ticket, minutes(80), self.work)
        self.move(ticket, minutes(90), self.solved)
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.stopped_at), ("missed", minutes(70)))
        self.assertEqual(clock.overrun_seconds, 600)

    def test_cancelling_before_the_due_time_cancels(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.cancelled)
        self.assertEqual(set(ticket.clock_ids.mapped("state")), {"cancelled"})
        self.assertFalse(ticket.first_response_at)
        self.assertFalse(self.due(minutes(600)))

    def test_cancelling_after_the_due_time_does_not_undo_the_breach(self):
        ticket = self.ticket()
        self.move(ticket, minutes(45), self.cancelled)
        self.assertEqual(self.clock(ticket, "first_response").state, "missed")
        self.assertFalse(self.clock(ticket), "the resolution was not due yet")
        self.assertEqual(self.breaches(ticket).mapped("metric"), ["first_response"])

    def test_ticket_taken_up_again_after_cancelling_is_promised_anew(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.cancelled)
        self.move(ticket, minutes(100), self.work)
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.started_at), ("running", START))
        self.assertEqual(clock.due_at, minutes(150))

    def test_neither_archiving_nor_unarchiving_stands_still(self):
        ticket = self.ticket()
        ticket._at(minutes(10)).action_archive()
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(60)))
        ticket._at(minutes(30)).action_unarchive()
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(60)))

    def test_team_change_moves_stage_and_user_in_the_timeline(self):
        stage = self.env["helpdesk.ticket.stage"].create(
            {
                "name": "Theirs",
                "team_ids": [(6, 0, self.other_team.ids)],
                "waiting_on": "client",
                "sequence": 0,
            }
        )
        (self.new + self.work + self.awaiting).team_ids = self.team
        ticket = self.ticket()
        ticket._at(minutes(10)).write({"team_id": self.other_team.id})
        span = ticket.span_ids.sorted("start")[-1]
        self.assertEqual(span.start, minutes(10))
        self.assertEqual(ticket.stage_id, stage)
        self.assertEqual(span.stage_id, stage)
        self.assertFalse(span.user_id, "Ann is not in that team")
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_list_edit_of_many_tickets(self):
        tickets = self.tickets(3)
        tickets._at(minutes(5)).write({"user_id": self.bob.id})
        for ticket in tickets:
            spans = ticket.span_ids.sorted("start")
            self.assertEqual(spans.user_id, self.ann + self.bob)
            self.assertEqual(spans[0].stop, spans[1].start)

    def test_unchanged_ticket_gets_no_span(self):
        ticket = self.ticket()
        ticket._at(minutes(5)).write({"user_id": self.ann.id, "name": "Still"})
        self.assertEqual(len(ticket.span_ids), 1)

    def test_two_changes_in_one_second_are_one_span(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.awaiting)
        self.move(ticket, minutes(5), self.work)
        self.assertEqual(len(ticket.span_ids), 2)
        self.assertEqual(self.clock(ticket).due_at, minutes(60))

    def test_event_out_of_order_is_clamped(self):
        ticket = self.ticket()
        self.move(ticket, minutes(20), self.work)
        self.move(ticket, minutes(10), self.awaiting)
        spans = ticket.span_ids.sorted("start")
        self.assertEqual(spans[-1].start, minutes(20))
        self.assertEqual(spans[-1].stage_id, self.awaiting)
        self.assertEqual(spans[:-1].mapped("stop"), spans[1:].mapped("start"))

    def test_stage_toggle_reaches_its_tickets(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.work)
        self.work.with_context(ticket._at(minutes(20)).env.context).closed = True
        clock = self.clock(ticket)
        self.assertEqual((clock.state, clock.stopped_at), ("met", minutes(20)))
        self.assertEqual(ticket.first_response_at, minutes(20))
        self.work.with_context(ticket._at(minutes(30)).env.context).closed = False
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(70)))

    def test_deleted_team_leaves_its_name_in_the_past(self):
        ticket = self.ticket(team_id=self.other_team.id, user_id=self.bob.id)
        team_id = self.other_team.id
        self.other_team.unlink()
        spans = ticket.span_ids.sorted("start")
        self.assertFalse(ticket.team_id)
        self.assertFalse(spans[-1].team_id)
        self.env.cr.execute(
            "SELECT team_id FROM sla_span WHERE id = %s", (spans[0].id,)
        )
        self.assertEqual(self.env.cr.fetchone()[0], team_id)
        self.assertTrue(spans.web_read({"team_id": {"fields": {"display_name": {}}}}))
        self.assertTrue(self.clock(ticket).explanation)

    def test_partner_merge_is_noticed(self):
        double = self.client.copy({"name": "Double"})
        ticket = self.ticket(partner_id=double.id)
        values = {"message_type": "email", "author_id": double.id, "body": "Please"}
        ticket.message_post(**values)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((double + self.client).ids, self.client, extra_checks=False)
        self.assertEqual(ticket.partner_id, self.client)
        self.assertEqual(ticket.span_ids.sorted("start")[-1].partner_id, self.client)
        self.assertEqual(self.clock(ticket).partner_id, self.client)
        self.assertEqual(ticket.contact_ids.author_id, self.client)

    def test_late_recomputation_is_seen_before_the_commit(self):
        ticket = self.ticket()
        field = ticket._fields["user_id"]
        self.team.user_ids -= self.ann
        self.env.add_to_compute(field, ticket)
        self.env.flush_all()
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.span_ids.sorted("start")[-1].user_id, self.ann)
        self.env.cr.precommit.run()
        ticket.invalidate_recordset()
        self.assertFalse(ticket.span_ids.sorted("start")[-1].user_id)

    def test_net_finds_what_was_changed_in_sql(self):
        ticket = self.ticket(self.env.cr.now().replace(microsecond=0))
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s",
            (self.awaiting.id, ticket.id),
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["sla.clock"]._unnoticed_tickets(), ticket)
        with self.enter_registry_test_mode():
            self.env.ref("sla_promise.cron_unnoticed").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.clock(ticket).state, "paused")
        self.assertFalse(self.env["sla.clock"]._unnoticed_tickets())

    def test_deleted_ticket_keeps_its_breach(self):
        ticket = self.ticket()
        number = ticket.number
        self.due(minutes(61))
        breach = self.breaches(ticket)
        self.assertEqual(len(breach), 2)
        ticket.unlink()
        self.env.invalidate_all()
        self.assertFalse(breach.ticket_id)
        self.assertFalse(breach.clock_id)
        self.assertEqual(set(breach.mapped("ticket_number")), {number})

    def test_ticket_older_than_the_addon_is_promised_from_its_first_change(self):
        ticket = self.ticket()
        self.env.cr.execute("DELETE FROM sla_clock WHERE ticket_id = %s", (ticket.id,))
        frozen_rows.thaw(self.env.cr, "sla_span")
        self.env.cr.execute("DELETE FROM sla_span WHERE ticket_id = %s", (ticket.id,))
        self.env.invalidate_all()
        self.assertFalse(self.env["sla.clock"]._unnoticed_tickets())
        self.move(ticket, minutes(1000), self.work)
        self.assertEqual(self.clock(ticket).started_at, minutes(1000))

    def test_explanation_sums_to_the_promise(self):
        ticket = self.ticket()
        self.move(ticket, minutes(10), self.awaiting)
        self.move(ticket, minutes(40), self.work)
        clock = self.clock(ticket)
        parts = clock._explain(minutes(50))
        self.assertEqual([part.counted for part in parts], [True, False, True])
        self.assertEqual(sum(part.seconds for part in parts), clock.seconds)
        self.assertEqual(parts[-1].stop, clock.due_at)
        self.assertIn("waiting for the client", clock.explanation)

    def test_working_days_follow_the_calendar(self):
        self.team.resource_calendar_id = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "UTC"}
        )
        self.make_policy(
            "A day",
            {"calendar_mode": "team", "unit": "days"},
            category_ids=[(6, 0, self.urgent_item.ids)],
            resolution=1,
        )
        ticket = self.ticket(category_id=self.urgent_item.id)
        self.assertEqual(self.clock(ticket).due_at, START + timedelta(days=1))
        friday = START + timedelta(days=4)
        ticket = self.ticket(friday, category_id=self.urgent_item.id)
        self.assertEqual(self.clock(ticket).due_at, friday + timedelta(days=3))

    def test_number_of_queries_does_not_grow_with_the_batch(self):
        def queries(tickets, at):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            tickets._at(at).write({"stage_id": self.awaiting.id})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        few, many = self.tickets(2), self.tickets(60)
        queries(self.tickets(2), minutes(1))
        self.assertLessEqual(queries(many, minutes(5)), queries(few, minutes(5)) + 2)

    def test_creating_many_tickets_takes_a_fixed_number_of_own_queries(self):
        self.tickets(1)
        frozen_rows.thaw(self.env.cr, "sla_span")

        def queries(count):
            tickets = self.tickets(count)
            self.env.cr.execute(
                "DELETE FROM sla_clock WHERE ticket_id = ANY(%s)", (tickets.ids,)
            )
            self.env.cr.execute(
                "DELETE FROM sla_span WHERE ticket_id = ANY(%s)", (tickets.ids,)
            )
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            tickets._sla_sync(START, created=True)
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(50), queries(1))
        with self.assertQueryCount(1):
            self.tickets(0)._sla_sync(START)
