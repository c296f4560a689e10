from datetime import timedelta

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.times import at_context

from .common import minutes
from .obligations import Obligations
from .test_sla_rounds import RoundsCase


@tagged("post_install", "-at_install")
class TestObligation(Obligations, RoundsCase):
    """What another addon says is owed on a ticket is a promise like any other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owed = cls.owing("Owed", {"t.reply": 30, "t.report": 50})

    def owe(self, ticket, at, key="t.report", **more):
        self.obligations._at(at)._owe(key, ticket, **more)

    def meet(self, ticket, at, key="t.report", when=None, evidence=None):
        self.obligations._at(at)._meet(key, ticket, evidence, when)

    def test_nothing_is_owed_before_it_is(self):
        ticket = self.ticket()
        self.assertFalse(self.clock(ticket, "t.report"))
        self.owe(ticket, minutes(5))
        clock = self.clock(ticket, "t.report")
        self.assertEqual((clock.state, clock.due_at), ("running", minutes(55)))
        self.assertEqual(clock._label(), "Report, to the regulator")

    def test_it_is_met_by_what_the_addon_shows(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.meet(ticket, minutes(20), evidence=self.client)
        clock = self.clock(ticket, "t.report")
        self.assertEqual((clock.state, clock.stopped_at), ("met", minutes(20)))
        last = self.env["sla.obligation"].search([("ticket_id", "=", ticket.id)])[-1]
        proof = (last.kind, last.res_model, last.res_id)
        self.assertEqual(proof, ("met", "res.partner", self.client.id))

    def test_it_outlives_solving_and_is_missed_at_its_limit(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.move(ticket, minutes(10), self.done)
        self.due(minutes(56))
        clock = self.clock(ticket, "t.report")
        self.assertEqual(clock.state, "missed")
        breach = self.breaches(ticket).filtered(lambda b: b.metric == "t.report")
        self.assertEqual(breach.breached_at, minutes(55))
        self.meet(ticket, minutes(65))
        self.assertEqual(clock.overrun_seconds, 600)

    def test_it_is_a_next_action_also_of_a_closed_ticket(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.move(ticket, minutes(10), self.done)
        [action] = ticket.with_context(**at_context(minutes(11))).vip_next_actions
        self.assertEqual(
            (action["verb"], action["promise"], action["until"]),
            ("keep", "Report, to the regulator", "2024-03-04 09:55:00"),
        )

    def test_an_answer_meets_only_what_says_so(self):
        ticket = self.ticket()
        for key in ("t.reply", "t.report"):
            self.owe(ticket, minutes(5), key)
        self.answer(ticket, minutes(15))
        self.assertEqual(self.clock(ticket, "t.reply").stopped_at, minutes(15))
        self.assertEqual(self.clock(ticket, "t.report").state, "running")

    def test_what_is_owed_again_is_another_round(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.owe(ticket, minutes(7))
        self.meet(ticket, minutes(10))
        self.owe(ticket, minutes(20))
        expected = [("met", 5, 10), ("running", 20, False)]
        self.assertEqual(self.rounds(ticket, "t.report"), expected)

    def test_it_may_be_owed_no_more(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.obligations._at(minutes(9))._release("t.report", ticket)
        self.assertEqual(self.rounds(ticket, "t.report"), [("cancelled", 5, 9)])

    def test_it_pauses_and_is_replaced_like_any_other(self):
        urgent = self.owing(
            "Urgent", {"t.report": 20}, category_ids=self.urgent_item.ids
        )
        self.owed.target_ids.pause_on_third_party = True
        ticket = self.ticket()
        self.owe(ticket, minutes(0))
        self.move(ticket, minutes(10), self.third)
        self.assertEqual(self.clock(ticket, "t.report").state, "paused")
        self.move(ticket, minutes(30), self.work)
        self.assertEqual(self.clock(ticket, "t.report").due_at, minutes(70))
        ticket._at(minutes(31)).category_id = self.urgent_item
        clock = self.clock(ticket, "t.report").filtered(lambda c: not c.replaced_by_id)
        self.assertEqual(clock.policy_id, urgent)
        self.assertEqual(clock.started_at, minutes(0))

    def test_it_is_explained_and_extended_like_any_other(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        clock = self.clock(ticket, "t.report")
        extension = self.env["sla.extension"].with_user(self.ann)
        extension = extension.with_context(**at_context(minutes(10))).create(
            {
                "clock_id": clock.id,
                "duration": 30,
                "unit": "minutes",
                "reason": "The regulator agreed",
            }
        )
        boss = extension.with_user(self.boss).with_context(**at_context(minutes(20)))
        boss.action_approve()
        self.assertEqual(clock.due_at, minutes(85))
        parts = clock._explain(minutes(20))
        self.assertEqual(sum(part.seconds for part in parts), 80 * 60)

    def test_without_a_policy_nothing_is_promised(self):
        self.owed.active = False
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.assertFalse(self.clock(ticket, "t.report"))

    def test_the_client_is_told_of_what_is_owed_to_it(self):
        ticket = self.ticket()
        for key in ("t.reply", "t.report"):
            self.owe(ticket, minutes(5), key)
        promises = ticket._client_promises(minutes(6))[ticket.id]
        labels = [promise["label"] for promise in promises]
        self.assertEqual(labels[-1], "Reply")
        self.assertNotIn("Report", labels)

    def test_a_target_begins_with_the_limit_that_is_declared(self):
        target = self.env["sla.target"].new({"metric": "t.report"})
        target._onchange_metric()
        self.assertEqual((target.duration, target.unit), (2, "weeks"))

    def test_replayed_it_is_the_same(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.meet(ticket, minutes(40), when=minutes(20))
        self.owe(ticket, minutes(50))
        later = minutes(600)
        self.due(later)
        self.env.flush_all()
        whatif = self.env["sla.whatif"].sudo().create({"months": 1})
        ledger = whatif._replay(ticket.ids, whatif._ruleset(), to_epoch(later))
        replayed = [
            (clock.state, clock.judged.due_at, clock.judged.stopped_at)
            for clock in ledger.clocks_of(ticket.ids)
            if clock.metric == "t.report"
        ]
        real = [
            (clock.state, to_epoch(clock.due_at), at and to_epoch(at))
            for clock in self.clock(ticket, "t.report").sorted("id")
            for at in [clock.stopped_at or None]
        ]
        self.assertEqual(replayed, real)
        self.assertEqual([state for state, *_rest in real], ["met", "missed"])

    @mute_logger("odoo.sql_db")
    def test_what_happened_is_not_rewritten(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        row = self.env["sla.obligation"].search([("ticket_id", "=", ticket.id)])
        for change in ({"at": minutes(0)}, {"kind": "met"}):
            with self.assertRaises(psycopg2.Error), self.env.cr.savepoint():
                row.write(change)
                row.flush_recordset()

    def test_whoever_tells_late_shortens_and_lengthens_nothing(self):
        ticket = self.ticket()
        self.owe(ticket, minutes(5))
        self.due(minutes(55) + timedelta(seconds=1))
        self.meet(ticket, minutes(70), when=minutes(50))
        clock = self.clock(ticket, "t.report")
        self.assertEqual((clock.state, clock.stopped_at), ("met", minutes(50)))
