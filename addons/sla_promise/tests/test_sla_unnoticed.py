from odoo.tests import tagged

from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaUnnoticed(SlaCase):
    """What passes Odoo by is caught by a job: what is open within the hour."""

    def hourly(self):
        self._run("cron_unnoticed")

    def daily(self):
        self._run("cron_all_unnoticed")

    def _run(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"sla_promise.{name}").method_direct_trigger()
        self.env.invalidate_all()

    def sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def last(self, ticket):
        return ticket.span_ids.sorted("start")[-1]

    def now(self):
        return self.env.cr.now().replace(microsecond=0)

    def test_a_ticket_moved_in_sql_is_seen_within_the_hour(self):
        ticket = self.ticket(self.now())
        move = "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s"
        self.sql(move, self.awaiting.id, ticket.id)
        self.hourly()
        self.assertEqual(self.clock(ticket).state, "paused")

    def test_a_ticket_closed_in_sql_is_seen_within_the_hour(self):
        ticket = self.ticket(self.now())
        move = "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s"
        self.sql(move, self.done.id, ticket.id)
        self.hourly()
        self.assertEqual(self.clock(ticket).state, "met")

    def test_a_ticket_reopened_in_sql_is_seen_within_the_hour(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.done)
        move = "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s"
        self.sql(move, self.work.id, ticket.id)
        self.hourly()
        self.assertEqual(self.last(ticket).stage_id, self.work)

    def test_a_stage_closed_in_sql_is_seen_within_the_hour(self):
        ticket = self.ticket(self.now())
        close = "UPDATE helpdesk_ticket_stage SET closed = TRUE WHERE id = %s"
        self.move(ticket, self.now(), self.work)
        self.sql(close, self.work.id)
        self.hourly()
        self.assertEqual(self.clock(ticket).state, "met")

    def test_a_closed_stage_opened_in_sql_is_seen_within_the_hour(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.done)
        reopen = "UPDATE helpdesk_ticket_stage SET closed = FALSE WHERE id = %s"
        self.sql(reopen, self.done.id)
        self.hourly()
        self.assertFalse(self.last(ticket).closed)

    def test_a_team_deleted_in_sql_is_seen_within_the_hour(self):
        ticket = self.ticket(team_id=self.other_team.id)
        self.sql("DELETE FROM helpdesk_ticket_team WHERE id = %s", self.other_team.id)
        self.hourly()
        query = "SELECT team_id FROM sla_span WHERE id = %s"
        self.sql(query, self.last(ticket).id)
        self.assertEqual(self.env.cr.fetchone(), (None,))

    def test_clients_merged_in_sql_are_seen_within_the_hour(self):
        double = self.client.copy({"name": "Double"})
        ticket = self.ticket(partner_id=double.id)
        merge = "UPDATE helpdesk_ticket SET partner_id = %s WHERE partner_id = %s"
        self.sql(merge, self.client.id, double.id)
        self.hourly()
        self.assertEqual(self.last(ticket).partner_id, self.client)

    def test_a_closed_ticket_on_which_something_is_late_is_at_work(self):
        ticket = self.ticket()
        self.due(minutes(61))
        move = "UPDATE helpdesk_ticket SET stage_id = %s WHERE id = %s"
        self.sql(move, self.done.id, ticket.id)
        self.hourly()
        self.assertTrue(self.clock(ticket).stopped_at)

    def test_what_is_closed_before_and_after_is_seen_within_the_day(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.done)
        hand = "UPDATE helpdesk_ticket SET user_id = %s WHERE id = %s"
        self.sql(hand, self.bob.id, ticket.id)
        self.hourly()
        self.assertEqual(self.last(ticket).user_id, self.ann)
        self.daily()
        self.assertEqual(self.last(ticket).user_id, self.bob)

    def test_nothing_closed_or_cancelled_is_at_work(self):
        closed, cancelled = self.tickets(2, START)
        self.move(closed, minutes(5), self.done)
        self.move(cancelled, minutes(5), self.cancelled)
        self.env.flush_all()
        ids = self.env.execute_query(self.env["sla.clock"]._at_work())
        self.assertFalse({row[0] for row in ids} & {closed.id, cancelled.id})
