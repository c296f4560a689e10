import random
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from tests.proof import seeds

from ..models.clock.book import SqlBook
from .common import START, SlaCase, minutes

#: Columns that name rows, which are others on the other ticket.
OWN = {"id", "ticket_id", "replaced_by_id", "clock_id", "ticket_number"}


@tagged("post_install", "-at_install")
class TestSlaPause(SlaCase):
    """The usual pause is not judged by the timeline, and leaves what judging leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(
            "Urgent",
            {"pause_on_third_party": True},
            category_ids=[(6, 0, cls.urgent_item.ids)],
            resolution=45,
            first_response=10,
        )

    def test_random_lives_end_as_if_each_pause_were_judged(self):
        usual = 0
        for seed in seeds("pauses"):
            with self.subTest(seed=seed):
                short = self.live(random.Random(seed))
                usual += self.paused
                judged = self.live(random.Random(seed), judge=True)
                self.assertEqual(self.rows(short), self.rows(judged))
        self.assertGreater(usual, 30, "the short way was hardly tried")

    def test_usual_pause_reads_no_timeline(self):
        tickets = self.tickets(3)
        spans = type(self.env["sla.span"])
        with patch.object(spans, "_timelines", side_effect=AssertionError):
            self.move(tickets, minutes(10), self.awaiting)
        self.assertEqual(set(tickets.clock_ids.mapped("state")), {"paused"})
        self.assertFalse(any(tickets.mapped("sla_due_at")))
        self.assertTrue(all(tickets.mapped("sla_paused")))

    def test_pause_after_the_due_time_is_judged(self):
        ticket = self.ticket()
        self.move(ticket, minutes(40), self.awaiting)
        self.assertEqual(self.clock(ticket, "first_response").state, "missed")
        self.assertEqual(self.clock(ticket).state, "paused")
        self.assertEqual(len(self.breaches(ticket)), 1)

    def test_pause_with_the_last_second_is_due_when_it_goes_on(self):
        ticket = self.ticket()
        self.move(ticket, minutes(30), self.awaiting)
        clock = self.clock(ticket, "first_response")
        self.due(minutes(45))
        self.assertEqual((clock.state, clock.due_at), ("paused", False))
        self.assertEqual(clock._paused_seconds_left(), 0)
        self.assertEqual(clock.levels_fired, 1, "of the limit nobody is told yet")
        self.move(ticket, minutes(50), self.work)
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(50)))
        parts = clock._explain(minutes(50))
        self.assertEqual(sum(part.seconds for part in parts), clock.seconds)
        self.due(minutes(50))
        self.assertEqual(clock.state, "running")
        self.due(minutes(50) + timedelta(seconds=1))
        self.assertEqual((clock.state, clock.due_at), ("missed", minutes(50)))

    def test_how_much_is_left_of_what_waits_is_kept(self):
        office = self.office()
        target = {"calendar_mode": "given", "calendar_id": office.id}
        item = self.env["helpdesk.ticket.category"].create({"name": "Office"})
        items = [(6, 0, item.ids)]
        self.make_policy("Office", target, resolution=120, category_ids=items)
        friday = START.replace(day=8, hour=16)
        ticket = self.ticket(friday, category_id=item.id)
        self.move(ticket, friday + timedelta(minutes=20), self.awaiting)
        clock = self.clock(ticket)
        self.assertEqual(clock.left_seconds, 100 * 60)
        self.assertEqual(clock._paused_seconds_left(), 100 * 60)
        self.move(ticket, friday + timedelta(days=3), self.work)
        self.assertFalse(clock.left_seconds)
        tuesday = START.replace(day=12, hour=9, minute=40)
        self.assertEqual(clock.due_at, tuesday)

    def test_what_does_not_wait_for_a_third_party_runs_on(self):
        ticket = self.ticket()
        names = ["state", "due_at", "next_event_at", "stopped_at"]
        before = ticket.clock_ids.read(names)
        self.move(ticket, minutes(10), self.third)
        self.assertEqual(ticket.clock_ids.read(names), before)

    def live(self, chance, judge=False):
        """Return a ticket after some random events, each pause judged if so asked."""
        at, self.paused = 0, 0
        item = chance.choice((self.item, self.urgent_item))
        ticket = self.ticket(category_id=item.id)
        short = SqlBook.pause

        def pause(book, noticed):
            left = noticed if judge else short(book, noticed)
            self.paused += len(noticed) - len(left)
            return left

        with patch.object(SqlBook, "pause", pause):
            for _event in range(chance.randrange(3, 10)):
                at += chance.choice((0, 1, 7, 20, 33))
                ticket._at(minutes(at - chance.choice((0, 0, 0, 5)))).write(
                    self.event(chance)
                )
                if chance.random() < 0.3:
                    self.due(minutes(at))
            self.due(minutes(at + 500))
        return ticket

    def event(self, chance):
        waiting = (self.awaiting, self.third)
        stages = (*waiting, *waiting, self.work, self.work, self.solved, self.done)
        return chance.choice(
            (
                {"stage_id": chance.choice(stages).id},
                {"stage_id": chance.choice(stages).id},
                {"stage_id": chance.choice(stages).id},
                {"user_id": chance.choice((self.ann, self.bob)).id},
                {"category_id": chance.choice((self.item, self.urgent_item)).id},
                {"active": chance.random() < 0.7},
                {
                    "stage_id": chance.choice(waiting).id,
                    "user_id": chance.choice((self.ann, self.bob)).id,
                },
            )
        )

    def rows(self, ticket):
        """Return all that is recorded of the ticket, without the ids."""
        result = []
        for table, order in (
            ("sla_span", "start"),
            ("sla_clock", "id"),
            ("sla_breach", "id"),
            ("sla_notice", "id"),
        ):
            self.env[table.replace("_", ".")].flush_model()
            self.env.cr.execute(
                SQL(
                    "SELECT * FROM %s WHERE ticket_id = %s ORDER BY %s",
                    SQL.identifier(table),
                    ticket.id,
                    SQL.identifier(order),
                )
            )
            for row in self.env.cr.dictfetchall():
                kept = {key: value for key, value in row.items() if key not in OWN}
                result.append((table, kept))
        return result
