from odoo.tests import tagged
from odoo.tools import SQL

from ..hooks import uninstall_hook
from .common import SlaCase


@tagged("post_install", "-at_install")
class TestUninstall(SlaCase):
    """Going is refused by nothing of ours, and takes nothing from others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What stands on promises goes with them.
        own = cls.env["ir.module.module"].search([("name", "=", "sla_promise")])
        own.downstream_dependencies().state = "to remove"

    def foreign_keys(self):
        """Return {(table, column, table that it names)} of tables and columns of ours."""
        return set(
            self.env.execute_query(
                SQL(
                    r"""
                    SELECT s.relname, a.attname, t.relname FROM pg_constraint k
                      JOIN pg_class s ON s.oid = k.conrelid
                      JOIN pg_class t ON t.oid = k.confrelid
                      JOIN pg_attribute a
                        ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
                     WHERE k.contype = 'f'
                       AND concat_ws(' ', s.relname, a.attname, t.relname)
                           ~ '\msla_'
                    """
                )
            )
        )

    def test_no_function_of_the_database_stays(self):
        ours = SQL("SELECT count(*) FROM pg_proc WHERE proname ~ '^sla_'")
        self.assertTrue(self.env.execute_query(ours)[0][0])
        uninstall_hook(self.env)
        self.assertEqual(self.env.execute_query(ours), [(0,)])

    def test_a_shipped_plan_goes_although_the_company_uses_it(self):
        key = ("res_company", "sla_escalation_id", "sla_escalation")
        self.assertEqual(self.env.company.sla_escalation_id, self.plan)
        self.assertIn(key, self.foreign_keys())
        uninstall_hook(self.env)
        self.env.cr.execute("DELETE FROM sla_escalation WHERE id = %s", self.plan.ids)
        self.assertEqual(self.env.cr.rowcount, 1)

    def test_no_foreign_key_of_ours_is_left_and_all_of_the_host(self):
        self.assertGreater(len(self.foreign_keys()), 40)
        query = "SELECT count(*) FROM pg_constraint WHERE conname = %s"
        uninstall_hook(self.env)
        self.assertEqual(self.foreign_keys(), set())
        for host in "helpdesk_ticket_stage_id_fkey", "vip_tier_change_partner_id_fkey":
            self.assertEqual(self.env.execute_query(SQL(query, host)), [(1,)], host)

    def test_what_tickets_have_stays_with_them(self):
        used = self.env.ref("sla_promise.category_opening_ordinary")
        self.env["helpdesk.ticket.category"].create(
            {"name": "Ours", "parent_id": self.shipped("category_opening_online").id}
        )
        self.ticket(category_id=used.id, stage_id=self.solved.id)
        self.env.flush_all()
        uninstall_hook(self.env)
        for name, ours in (
            ("category_opening_ordinary", False),
            ("category_opening_online", False),
            ("category_complaint", True),
            ("stage_solved", False),
            ("stage_waiting_third_party", True),
        ):
            with self.subTest(name):
                found = self.env.ref(f"sla_promise.{name}", raise_if_not_found=False)
                self.assertEqual(bool(found), ours)

    def shipped(self, name):
        return self.env.ref(f"sla_promise.{name}")
