from datetime import datetime, timedelta

from odoo.tests import TransactionCase

from ..tools import past_rows

TABLE = "vip_test_past"
#: At nine o'clock the row was recorded.
NINE = datetime(2024, 3, 4, 9)


class TestPastRows(TransactionCase):
    """The database itself keeps what a row said before."""

    def setUp(self):
        super().setUp()
        self.env.cr.execute(
            f"CREATE TABLE {TABLE} (id int, company_id int, recorded_at timestamp,"
            " state varchar, note varchar)"
        )
        self.env.cr.execute(f"INSERT INTO {TABLE} VALUES (1, 1, %s, 'met')", (NINE,))
        past_rows.keep(self.env.cr, TABLE, ("state",))

    def past(self):
        rows = self.env["vip.past.row"].search([("name", "=", TABLE)], order="id")
        return [(row.said, row.recorded_at, row.until) for row in rows]

    def change(self, hours, **values):
        values["recorded_at"] = NINE + timedelta(hours=hours)
        names = ", ".join(f"{name} = %s" for name in values)
        self.env.cr.execute(f"UPDATE {TABLE} SET {names}", (*values.values(),))

    def test_what_changes_is_kept_with_when_it_was_known(self):
        self.change(1, state="missed")
        self.change(3, state="met")
        ten, twelve = NINE + timedelta(hours=1), NINE + timedelta(hours=3)
        self.assertEqual(
            self.past(),
            [({"state": "met"}, NINE, ten), ({"state": "missed"}, ten, twelve)],
        )

    def test_what_says_the_same_is_not_kept(self):
        self.change(1, state="met", note="Seen")
        self.assertEqual(self.past(), [])
