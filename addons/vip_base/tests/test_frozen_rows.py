import psycopg2

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from ..tools import frozen_rows

TABLE = "vip_test_frozen"


@tagged("post_install", "-at_install")
class TestFrozenRows(TransactionCase):
    """What is frozen the database itself refuses to change."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute(
            """
            CREATE TABLE vip_test_frozen (
                   id serial PRIMARY KEY, state varchar, asked varchar,
                   answer varchar, seconds integer, ticket_id integer, note varchar,
                   create_uid integer, write_uid integer);
            INSERT INTO vip_test_frozen (state, asked, ticket_id)
            VALUES ('open', 'please', 7), ('done', 'please', 7)
            """
        )

    def refused(self, statement):
        """Tell whether the database refuses a statement."""
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                self.env.cr.execute(statement)
        except psycopg2.errors.RestrictViolation:
            return True
        self.assertTrue(self.env.cr.rowcount, statement)
        return False

    def change(self, of, **values):
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        )
        return SQL("UPDATE vip_test_frozen SET %s WHERE state = %s", assignments, of)

    def test_a_state_freezes_the_row(self):
        frozen_rows.freeze(self.env.cr, TABLE, "done", ["ticket_id"])
        self.assertTrue(self.refused(self.change("done", note="x")))
        self.assertTrue(self.refused(self.change("done", ticket_id=8)))
        self.assertTrue(self.refused("DELETE FROM vip_test_frozen"))
        self.assertFalse(self.refused(self.change("done", ticket_id=None)))
        self.assertFalse(self.refused(self.change("open", note="x", asked="other")))

    def test_columns_are_kept_and_the_others_are_not(self):
        frozen_rows.freeze(self.env.cr, TABLE, columns=["asked", "ticket_id"])
        for state in "open", "done":
            with self.subTest(state):
                self.assertTrue(self.refused(self.change(state, asked="other")))
                self.assertTrue(self.refused(self.change(state, ticket_id=None)))
                self.assertFalse(self.refused(self.change(state, asked="please")))
                self.assertFalse(self.refused(self.change(state, note="x")))
        self.assertTrue(self.refused("DELETE FROM vip_test_frozen WHERE id > 0"))

    def test_columns_are_kept_where_a_condition_holds(self):
        frozen_rows.freeze(
            self.env.cr,
            TABLE,
            columns=["asked"],
            when=[
                (SQL("OLD.state <> %s", "open"), ["state", "answer"]),
                (SQL("OLD.seconds IS NOT NULL"), ["seconds"]),
            ],
        )
        self.assertFalse(self.refused(self.change("open", answer="no", seconds=4)))
        self.assertTrue(self.refused(self.change("open", seconds=5)))
        self.assertTrue(self.refused(self.change("open", asked="other")))
        self.assertTrue(self.refused(self.change("done", answer="yes")))
        self.assertTrue(self.refused(self.change("done", state="open")))
        self.assertFalse(self.refused(self.change("open", state="done")))

    def test_an_attached_row_vanishes_with_what_it_belongs_to_only(self):
        frozen_rows.freeze(self.env.cr, TABLE, columns=["asked"], attached=True)
        self.assertTrue(self.refused("DELETE FROM vip_test_frozen"))
        self.env.cr.execute(
            """
            CREATE TABLE vip_test_owner (id int PRIMARY KEY);
            INSERT INTO vip_test_owner SELECT DISTINCT ticket_id FROM vip_test_frozen
             WHERE ticket_id IS NOT NULL;
            ALTER TABLE vip_test_frozen ADD FOREIGN KEY (ticket_id)
                REFERENCES vip_test_owner ON DELETE CASCADE;
            DELETE FROM vip_test_owner;
            SELECT count(*) FROM vip_test_frozen WHERE ticket_id IS NOT NULL
            """
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_a_guard_is_replaced_and_lifted(self):
        frozen_rows.freeze(self.env.cr, TABLE)
        self.assertTrue(self.refused("TRUNCATE vip_test_frozen"))
        frozen_rows.freeze(self.env.cr, TABLE, columns=["asked"])
        self.assertFalse(self.refused(self.change("open", note="x")))
        self.assertTrue(self.refused("DELETE FROM vip_test_frozen"))
        frozen_rows.thaw(self.env.cr, TABLE)
        self.assertFalse(self.refused(self.change("open", asked="other")))
        self.assertFalse(self.refused("DELETE FROM vip_test_frozen"))
