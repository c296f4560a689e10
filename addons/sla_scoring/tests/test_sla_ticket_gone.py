from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sla_promise.tests.common import SlaCase, minutes

from .common import LATER, ScoreCase


@tagged("post_install", "-at_install")
class TestSlaTicketGone(SlaCase):
    """A deleted ticket takes its clocks along and leaves its breaches (DESIGN §5)."""

    def rows(self, table, ticket_id):
        query = SQL(
            "SELECT count(*) FROM %s WHERE ticket_id = %s",
            SQL.identifier(table),
            ticket_id,
        )
        return self.env.execute_query(query)[0][0]

    def by_orm(self, tickets):
        tickets.unlink()
        self.env.flush_all()

    def by_sql(self, tickets):
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM helpdesk_ticket WHERE id = ANY(%s)", tickets.ids)
        )
        self.env.invalidate_all(flush=False)

    def check(self, delete):
        gone, also, stays = self.tickets(3)
        self.due(minutes(61))
        gone._log_contact(minutes(62))
        breaches = self.breaches(gone)
        self.assertEqual(len(breaches), 2)
        number, ticket_ids = gone.number, (gone + also).ids
        facts = breaches.read(["breached_at", "overrun_seconds", "user_id", "state"])
        before = self.env.execute_query(
            SQL("SELECT * FROM sla_clock WHERE ticket_id = %s ORDER BY id", stays.id)
        )
        delete(gone + also)
        for ticket_id in ticket_ids:
            for table in ("sla_clock", "sla_span", "vip_contact"):
                self.assertEqual(self.rows(table, ticket_id), 0, table)
        self.assertEqual(set(breaches.mapped("ticket_number")), {number})
        self.assertFalse(breaches.ticket_id or breaches.clock_id)
        after = breaches.read(["breached_at", "overrun_seconds", "user_id", "state"])
        self.assertEqual(after, facts)
        self.assertEqual(
            self.env.execute_query(
                SQL(
                    "SELECT * FROM sla_clock WHERE ticket_id = %s ORDER BY id", stays.id
                )
            ),
            before,
        )
        self.assertEqual(self.rows("sla_span", stays.id), 1)
        # The jobs go on without it.
        self.due(minutes(200))
        self.assertEqual(len(self.breaches(stays)), 2)

    def test_deleted_by_the_orm(self):
        self.check(self.by_orm)

    def test_deleted_by_sql(self):
        self.check(self.by_sql)

    def test_the_number_of_what_is_gone_is_frozen(self):
        ticket = self.ticket()
        self.due(minutes(61))
        breach = self.breaches(ticket)[:1]
        self.by_sql(ticket)
        for values in ("ticket_number = 'X'", "breached_at = now()"):
            with (
                self.subTest(values),
                self.assertRaisesRegex(Exception, "what happened cannot be changed"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    SQL(
                        "UPDATE sla_breach SET %s WHERE id = %s", SQL(values), breach.id
                    )
                )


@tagged("post_install", "-at_install")
class TestPointsOfTicketGone(ScoreCase):
    """Points outlive their ticket, also posted ones, and keep its number."""

    def check(self, delete):
        entry = self.charge(self.breach(60))
        entry._post(LATER)
        ticket, number = entry.ticket_id, entry.ticket_number
        self.assertTrue(number)
        delete(ticket)
        self.assertFalse(entry.ticket_id)
        self.assertEqual((entry.ticket_number, entry.state), (number, "posted"))
        self.assertEqual(entry.breach_id.ticket_number, number)
        back = entry._reverse("Ticket deleted", LATER)
        self.assertEqual(entry.points + back.points, 0)
        self.assertEqual(back.ticket_number, number)

    def test_deleted_by_the_orm(self):
        self.check(lambda ticket: ticket.unlink())

    def test_deleted_by_sql(self):
        def delete(ticket):
            self.env.flush_all()
            self.env.cr.execute(
                SQL("DELETE FROM helpdesk_ticket WHERE id = %s", ticket.id)
            )
            self.env.invalidate_all(flush=False)

        self.check(delete)
