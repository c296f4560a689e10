from odoo.tests import tagged
from odoo.tools import SQL

from ..engine import states
from ..engine.terms import (
    COLUMNS,
    KEPT_BY_BREACH,
    Clock,
    Course,
    Judged,
    Key,
    Terms,
)
from .common import SlaCase

#: The types in which kinds of columns are kept.
KEPT = {
    "integer": "int4",
    "text": "varchar",
    "flag": "bool",
    "count": "int4",
    "instant": "timestamp",
    "integers": "_int8",
}
#: Columns that only others than a follower write.
OF_OTHERS = {"recorded_at", "id", "failures", "replaced_by_id"}


@tagged("post_install", "-at_install")
class TestClockColumns(SlaCase):
    """A clock's columns are said once: the table and the fields agree with that."""

    def plain(self, started=0, began=0, **judged):
        ticket = self.ticket()
        ticket.clock_ids.sudo().unlink()
        key = Key(
            ticket_id=ticket.id,
            company_id=ticket.company_id.id,
            policy_id=self.policy.id,
            target_id=self.policy.target_ids[0].id,
            match_id=None,
            round=2,
            tier_id=None,
            partner_id=self.client.id,
            calendar_id=None,
            item_limit=True,
            key_client=False,
        )
        course = Course(*(place % 2 == 1 for place in range(len(Course._fields))))
        terms = Terms("update", started, 90, began, (3, 4), (60, 90), course)
        return Clock(None, key, terms, Judged(**judged), 1)

    def test_the_table_has_the_columns_that_the_engine_says(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT column_name, udt_name FROM information_schema.columns"
                " WHERE table_name = 'sla_clock'"
            )
        )
        expected = {name: KEPT[column.kind] for name, column in COLUMNS.items()}
        found = {name: kind for name, kind in rows if name not in OF_OTHERS}
        self.assertEqual(found, expected)

    def test_what_is_written_is_read_as_it_was(self):
        clocks = [
            self.plain(
                state=states.RUNNING,
                due_at=90,
                warn_at=60,
                next_event_at=60,
                level_at=(60, 90),
            ),
            self.plain(started=40, began=10, state=states.PAUSED),
            self.plain(
                state=states.MET, due_at=90, stopped_at=80, overrun_seconds=None
            ),
        ]
        book = self.env["sla.clock"]._book()
        for clock in clocks:
            with self.subTest(clock=clock):
                book.replace([], [clock])
                [read] = book.live([clock.ticket_id])
                self.assertEqual(read._replace(id=None), clock)
                record = self.env["sla.clock"].browse(read.id)
                self.assertEqual(bool(record.began_at), clock.terms.began_at == 10)

    def test_only_what_is_judged_is_updated(self):
        clock = self.plain(state=states.RUNNING, due_at=90)
        book = self.env["sla.clock"]._book()
        book.replace([], [clock])
        [read] = book.live([clock.ticket_id])
        judged = Judged(states.MET, 90, 50)
        book.update([(read.id, judged)])
        [found] = book.live([clock.ticket_id])
        self.assertEqual(found, read._replace(judged=judged))

    def test_a_breach_has_what_it_keeps_of_its_clock(self):
        fields = self.env["sla.breach"]._fields
        self.assertLessEqual(set(KEPT_BY_BREACH), COLUMNS.keys() & fields.keys())
