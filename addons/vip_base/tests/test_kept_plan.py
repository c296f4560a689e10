from odoo.tests import TransactionCase
from odoo.tools import SQL

from ..tools.sql import KeptPlan

PLAN = KeptPlan(
    "vip_kept_example",
    {"ids": "int[]", "text": "varchar"},
    {"id": "int", "name": "varchar", "like": "bool"},
    lambda ids, text: SQL(
        """
        SELECT u.id, (u.login || %s)::varchar, u.login LIKE %s || '%%'
          FROM res_users u WHERE u.id = ANY(%s) ORDER BY u.id
        """,
        " (100 %)",
        text,
        ids,
    ),
)


class TestKeptPlan(TransactionCase):
    """A statement gives the same rows, planned once or as it is."""

    def test_few_and_many_rows_are_the_same(self):
        PLAN.install(self.env)
        ids = self.env["res.users"].search([]).ids
        kept = PLAN.rows(self.env, 1, ids=ids, text="adm")
        self.assertIn((self.env.ref("base.user_admin").id, "admin (100 %)", True), kept)
        many = PLAN.rows(self.env, PLAN.FEW + 1, ids=ids, text="adm")
        self.assertEqual(kept, many)

    def test_it_is_made_anew_when_it_has_changed(self):
        PLAN.install(self.env)
        other = KeptPlan(
            PLAN.name,
            {"id": "int"},
            {"twice": "int"},
            lambda id: SQL("SELECT 2 * %s", id),
        )
        other.install(self.env)
        self.assertEqual(other.rows(self.env, 1, id=21), [(42,)])
