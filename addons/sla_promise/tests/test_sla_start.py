from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestSlaStart(SlaCase):
    """Promises on tickets that were there before this addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env, "sla.admin", groups="vip_base.group_vip_admin"
        )
        cls.start = (
            cls.env["sla.start"]
            .with_user(cls.admin)
            .create({"company_id": cls.env.company.id})
        )
        # Others were there before.
        cls.others = cls.start.waiting_count

    def old_tickets(self, count, **vals):
        """Return tickets as they are when this addon is installed after them."""
        tickets = self.tickets(count, **vals)
        self.env.flush_all()
        frozen_rows.thaw(self.env.cr, "sla_span")
        for statement in (
            "DELETE FROM sla_clock WHERE ticket_id = ANY(%s)",
            "DELETE FROM sla_span WHERE ticket_id = ANY(%s)",
            "UPDATE helpdesk_ticket SET opened_at = NULL, vip_tier_id = NULL,"
            " create_date = '2024-03-01 08:00:00.25'"
            " WHERE id = ANY(%s)",
        ):
            self.env.cr.execute(SQL(statement, tickets.ids))
        self.env.invalidate_all()
        return tickets

    def run_job(self, at):
        """Ask for the start as of ``at`` and let the job run to its end."""
        start = self.start.with_context(**at_context(at))
        start.action_start()
        while start.sudo()._start_batch(limit=2):
            pass

    def test_promises_count_from_the_instant_it_was_asked(self):
        tickets = self.old_tickets(5)
        self.assertEqual(self.start.waiting_count, self.others + 5)
        self.run_job(minutes(7))
        self.assertEqual(self.start.state, "done")
        self.assertEqual(self.start.started_count, self.others + 5)
        self.assertEqual(self.start.waiting_count, 0)
        for ticket in tickets:
            self.assertEqual(self.clock(ticket).started_at, minutes(7))
            self.assertEqual(self.clock(ticket).due_at, minutes(67))
            self.assertEqual(
                ticket.vip_tier_id, self.env["vip.tier"]._lowest(self.env.company)
            )

    def test_served_tickets_and_those_with_a_timeline_are_left_alone(self):
        closed, ours = self.old_tickets(1, stage_id=self.done.id), self.ticket()
        clocks = ours.clock_ids
        self.run_job(minutes(7))
        self.assertFalse(closed.span_ids)
        self.assertEqual(ours.clock_ids, clocks)

    def test_a_ticket_gets_its_timeline_when_it_next_changes(self):
        ticket = self.old_tickets(1)
        self.move(ticket, minutes(3), self.work)
        self.assertEqual(self.clock(ticket).started_at, minutes(3))
        self.assertEqual(self.start.waiting_count, self.others)

    def test_an_older_ticket_was_opened_when_it_was_recorded(self):
        older, newer = self.old_tickets(1), self.ticket()
        self.assertEqual(str(older.opened_at), "2024-03-01 08:00:00")
        found = self.env["helpdesk.ticket"].search(
            [("id", "in", (older + newer).ids), ("opened_at", "<", START)]
        )
        self.assertEqual(found, older)
        found = self.env["helpdesk.ticket"].search(
            [("id", "in", (older + newer).ids)], order="opened_at desc"
        )
        self.assertEqual(found, newer + older)

    def test_it_is_started_once(self):
        self.run_job(minutes(7))
        with self.assertRaises(UserError):
            self.start.action_start()
        with self.assertRaises(UserError):
            self.start.company_id = self.env.company

    def test_its_results_are_not_edited(self):
        for values in ({"state": "done"}, {"started_count": 1}):
            with self.subTest(values), self.assertRaises(AccessError):
                self.start.write(values)
            with self.subTest(values), self.assertRaises(AccessError):
                self.start.create(values)

    def test_it_is_logged(self):
        self.run_job(minutes(7))
        line = self.env["vip.audit.log"].search(
            [("model", "=", "sla.start"), ("res_id", "=", self.start.id)]
        )
        self.assertEqual((line.action, line.user_id), ("applied", self.admin.id))

    def test_the_job_does_what_was_asked(self):
        tickets = self.old_tickets(3)
        self.start.action_start()
        with self.enter_registry_test_mode():
            self.env.ref("sla_promise.cron_start").method_direct_trigger()
        self.assertEqual(self.start.state, "done")
        self.assertEqual(len(tickets.clock_ids), 6)
