"""The queue: what must be done first comes first."""

from datetime import timedelta

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.vip_base.tools.times import at_context

from .common import START, SlaCase, minutes


@tagged("post_install", "-at_install")
class TestQueue(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        cls.slow, cls.quick = cls.env["helpdesk.ticket.category"].create(
            [{"name": "Slow"}, {"name": "Quick"}]
        )
        cls.make_policy("Slow", resolution=300, category_ids=[(6, 0, cls.slow.ids)])
        cls.make_policy("Quick", resolution=60, category_ids=[(6, 0, cls.quick.ids)])

    def at(self, at, user=None):
        """Return tickets as they are seen at an instant."""
        tickets = self.env["helpdesk.ticket"].with_user(user or self.ann)
        return tickets.with_context(tz="UTC", **at_context(at))

    def sections(self, tickets, at):
        seen = self.at(at).browse(tickets.ids)
        self.env.invalidate_all()
        return seen.mapped("sla_section")

    def test_a_ticket_stands_in_one_section(self):
        quick = self.ticket(category_id=self.quick.id)
        slow = self.ticket(category_id=self.slow.id)
        for after, expected in (
            (0, ["due", "due"]),
            (39, ["due", "due"]),
            (40, ["act", "due"]),  # the last 20 minutes
            (280, ["act", "act"]),
        ):
            with self.subTest(after):
                both = quick + slow
                self.assertEqual(self.sections(both, minutes(after)), expected)

    def test_what_is_due_tomorrow_is_later_and_the_day_is_the_readers(self):
        evening = START.replace(hour=21)
        ticket = self.ticket(evening, category_id=self.slow.id)
        self.assertEqual(self.sections(ticket, evening), ["later"])
        seen = self.at(evening).with_context(tz="America/New_York").browse(ticket.id)
        self.assertEqual(seen.sla_section, "due")

    def test_a_warning_of_the_policy_is_soon(self):
        ticket = self.ticket(category_id=self.slow.id)
        warned = ticket.clock_ids.warn_at
        self.assertLess(warned, ticket.clock_ids.due_at - timedelta(minutes=20))
        before = warned - timedelta(seconds=1)
        self.assertEqual(self.sections(ticket, before), ["due"])
        self.assertEqual(self.sections(ticket, warned), ["act"])

    def test_what_waits_says_for_whom_unless_it_is_late(self):
        client, third, late = self.tickets(3, category_id=self.quick.id)
        self.move(client, minutes(10), self.awaiting)
        self.move(third, minutes(10), self.third)
        self.due(minutes(61))
        self.move(late, minutes(70), self.awaiting)
        both = client + third
        self.assertEqual(self.sections(both, minutes(30)), ["on_client", "on_others"])
        self.assertEqual(
            self.sections(client + late, minutes(80)), ["on_client", "act"]
        )

    def test_nothing_is_owed_on_what_is_solved_or_was_never_promised(self):
        solved = self.ticket(category_id=self.quick.id)
        self.move(solved, minutes(5), self.solved)
        plain = self.ticket(category_id=False)
        both = solved + plain
        self.assertEqual(self.sections(both, minutes(6)), ["owes_nothing"] * 2)
        found = self.at(minutes(6)).search([("sla_section", "=", "owes_nothing")])
        self.assertLessEqual(both, found)

    def test_each_section_is_found_by_its_name_and_no_other(self):
        tickets = self.tickets(4, category_id=self.quick.id)
        tickets[0].category_id = self.slow
        self.move(tickets[1], minutes(10), self.awaiting)
        self.move(tickets[2], minutes(10), self.solved)
        seen = self.at(minutes(50)).browse(tickets.ids)
        ours = [("id", "in", tickets.ids)]
        for name, _label in seen._fields["sla_section"].selection:
            expected = seen.filtered(lambda t, name=name: t.sla_section == name)
            with self.subTest(name):
                domain = [*ours, ("sla_section", "=", name)]
                self.assertEqual(seen.search(domain), expected.sorted("id", True))
                domain = [*ours, ("sla_section", "!=", name)]
                self.assertEqual(set(seen.search(domain)), set(seen - expected))

    def test_sections_and_tickets_come_in_the_order_in_which_one_works(self):
        ladder = self.env["vip.tier"]._ladder(self.env.company)
        soon = self.tickets(3, category_id=self.quick.id)
        for ticket, tier in zip(soon, (ladder[0], ladder[-1], ladder[0]), strict=True):
            ticket.sla_tier_id = tier
        early = self.ticket(minutes(-1), category_id=self.quick.id)
        early.sla_tier_id = ladder[0]
        later = self.tickets(2, minutes(30), category_id=self.slow.id)
        first = self.ticket(minutes(29), category_id=self.slow.id)
        waits = self.ticket(category_id=self.quick.id)
        self.move(waits, minutes(10), self.awaiting)
        every = soon + early + later + first + waits
        seen = self.at(minutes(50))
        found = seen.search(
            [("id", "in", every.ids)], order="sla_section, sla_place, id"
        )
        expected = soon[1] + early + soon[0] + soon[2] + first + later + waits
        self.assertEqual(found.ids, expected.ids)
        groups = seen._read_group(
            [("id", "in", every.ids)], ["sla_section"], ["__count"]
        )
        self.assertEqual(groups, [("act", 4), ("due", 3), ("on_client", 1)])

    def ordered(self, tickets, at):
        self.env.flush_all()
        self.env.invalidate_all()
        found = self.at(at).search(
            [("id", "in", tickets.ids)], order="sla_section, sla_place, id"
        )
        return [tickets.ids.index(id_) for id_ in found.ids]

    def test_what_stands_still_sorts_by_time_left_among_what_is_due(self):
        """Waiting: 50 min, 30 min and 290 min left, and one that runs, due in 40 min."""
        much, little = self.tickets(2, category_id=self.quick.id)
        most = self.ticket(category_id=self.slow.id)
        self.make_policy("Runs", resolution=70, category_ids=[(6, 0, self.item.ids)])
        runs = self.ticket()
        self.move(much + most, minutes(10), self.awaiting)
        self.move(little, minutes(30), self.awaiting)
        self.move(runs, minutes(29), self.third)
        every = much + little + most + runs
        self.assertEqual(
            self.sections(every, minutes(30)), ["on_client"] * 3 + ["on_others"]
        )
        self.assertEqual(self.ordered(every, minutes(30)), [1, 0, 2, 3])
        self.assertEqual(self.ordered(every, minutes(9000))[-3:], [1, 0, 2])

    def test_of_what_waits_with_as_much_left_the_higher_tier_is_first(self):
        ladder = self.env["vip.tier"]._ladder(self.env.company)
        low, high = self.tickets(2, category_id=self.quick.id)
        low.sla_tier_id, high.sla_tier_id = ladder[0], ladder[-1]
        self.move(low + high, minutes(10), self.awaiting)
        self.assertEqual(self.ordered(low + high, minutes(20)), [1, 0])

    def test_what_waits_was_warned_of_and_cannot_get_late_is_not_to_be_done_now(self):
        ticket = self.ticket(category_id=self.quick.id)
        self.move(ticket, minutes(58), self.awaiting)
        self.assertEqual(self.sections(ticket, minutes(500)), ["on_client"])

    def test_what_is_solved_is_shown_while_something_is_owed(self):
        items = [(6, 0, self.item.ids)]
        self.make_policy("Tells", resolution=60, feedback=600, category_ids=items)
        owes, done = self.ticket(), self.ticket(category_id=self.quick.id)
        self.move(owes + done, minutes(5), self.solved)
        plain = self.ticket(category_id=False)
        every = owes + done + plain
        view = self.env.ref("sla_promise.helpdesk_ticket_view_search_sla")
        [node] = etree.fromstring(view.arch).xpath("//filter[@name='sla_to_do']")
        shown = self.at(minutes(6)).search(
            [("id", "in", every.ids), *safe_eval(node.get("domain"))]
        )
        self.assertEqual(set(shown.ids), set((owes + plain).ids))
        self.assertEqual(self.sections(owes, minutes(6)), ["due"])

    def test_what_waits_says_for_whom(self):
        tickets = self.tickets(3, category_id=self.quick.id)
        self.move(tickets[0], minutes(10), self.awaiting)
        self.policy.search(
            [("name", "=", "Quick")]
        ).target_ids.pause_on_third_party = True
        third = self.ticket(category_id=self.quick.id)
        self.move(third, minutes(10), self.third)
        seen = self.at(minutes(20)).browse((tickets[0] + third + tickets[1]).ids)
        self.env.invalidate_all()
        told = seen.mapped("sla_next")
        self.assertEqual(
            [told[i]["waits"] for i in range(3)], ["client", "third_party", False]
        )
        self.assertEqual(told[0]["at"], "2024-03-04 09:20:00")

    def test_a_row_says_what_is_due_and_how_much_is_left(self):
        ticket = self.ticket(category_id=self.quick.id)
        for after, expected in (
            (0, {"left": 3600, "share": 0, "soon": False, "until": False}),
            (45, {"left": 900, "share": 0.75, "soon": True}),
            (66, {"left": -360, "share": 1, "soon": True}),
        ):
            with self.subTest(after):
                self.env.invalidate_all()
                told = self.at(minutes(after)).browse(ticket.id).sla_next
                self.assertEqual(told["metric"], "Resolution")
                self.assertEqual(told | expected, told)

    def test_what_stands_still_has_its_time_left_and_no_limit(self):
        ticket = self.ticket(category_id=self.quick.id)
        self.move(ticket, minutes(10), self.awaiting)
        told = self.at(minutes(500)).browse(ticket.id).sla_next
        self.assertEqual((told["left"], told["due"]), (3000, False))
        self.assertEqual(told["state"], "paused")

    def test_outside_working_hours_it_says_until_when(self):
        office = self.office()
        target = {"calendar_mode": "given", "calendar_id": office.id}
        items = [(6, 0, self.item.ids)]
        self.make_policy("Office", target, resolution=120, category_ids=items)
        evening = START.replace(hour=16)
        ticket = self.ticket(evening, category_id=self.item.id)
        night = self.at(START.replace(hour=22)).browse(ticket.id).sla_next
        self.assertEqual(night["left"], 3600)
        self.assertEqual(night["until"], "2024-03-05 09:00:00")
        self.env.invalidate_all()
        day = self.at(START.replace(day=5, hour=9, minute=30)).browse(ticket.id)
        self.assertEqual(day.sla_next["left"], 1800)
        self.assertFalse(day.sla_next["until"])

    def test_rows_cost_the_same_queries_for_one_and_for_many(self):
        tickets = self.tickets(20, category_id=self.quick.id)
        counts = []
        # What a process keeps.
        self.at(minutes(5)).browse(tickets.ids).mapped("sla_next")
        for seen in (tickets[:1], tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            seen = self.at(minutes(5)).browse(seen.ids)
            seen.mapped("name")
            before = self.env.cr.sql_log_count
            seen.mapped("sla_next"), seen.mapped("sla_section")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[1], 10)
