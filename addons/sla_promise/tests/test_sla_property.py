import random
from datetime import timedelta

from odoo.tests import new_test_user, tagged

from odoo.addons.resource_worktime.engine.worktime import to_epoch

from tests.proof import seeds

from .common import minutes
from .mail_lives import MAILS, MailLives
from .test_sla_rounds import RoundsCase

LEGAL = {"running", "paused", "met", "missed", "cancelled"}


@tagged("post_install", "-at_install")
class TestSlaProperty(MailLives, RoundsCase):
    """Whatever happens to tickets, some things are always true."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(cls.env, "chief", groups="vip_base.group_vip_manager")

    def test_random_lives_of_tickets(self):
        self.make_policy(
            "Urgent",
            {"pause_on_third_party": True},
            category_ids=[(6, 0, self.urgent_item.ids)],
            resolution=45,
            first_response=10,
        )
        self.make_policy("High", priority="3", resolution=100)
        self.make_policy("Rounds", next_response=25, update=40, hand_over=15)
        self.make_policy("Result", {"begins": "solving"}, feedback=30, priority="1")
        anew = {"reopening": "new", "rematch": "restart"}
        self.make_policy("Anew", anew, resolution=70, feedback=90, priority="0")
        for seed in seeds("lives"):
            with self.subTest(seed=seed):
                self.live(random.Random(seed))

    def live(self, chance):
        at = 0
        ticket = self.ticket()
        closed = {}
        for _event in range(chance.randrange(2, 9)):
            at += chance.choice((0, 1, 7, 20, 33))
            self.happen(chance, ticket, minutes(at))
            if chance.random() < 0.4:
                self.due(minutes(at))
            self.check(ticket, closed)
        self.due(minutes(at + 1000))
        self.check(ticket, closed)
        for clock in ticket.clock_ids:
            if clock.state == "running":
                self.assertGreaterEqual(clock.due_at, minutes(at + 1000))

    def happen(self, chance, ticket, at):
        """Let something happen: half of the time somebody speaks."""
        if chance.random() < 0.3:
            self.more(chance, ticket, at)
            return
        kind = chance.randrange(8)
        if kind == 0:
            self.ask(ticket, at)
        elif kind == 1:
            self.ask(ticket, at, date=at - timedelta(minutes=chance.choice((5, 40))))
        elif kind == 2:
            self.answer(ticket, at, chance.choice((self.ann, self.bob)))
        elif kind == 3:
            date = at - timedelta(minutes=chance.choice((5, 40)))
            self.answer(ticket, at, message_type="email", date=date)
        else:
            self.change(chance, ticket, at)

    def more(self, chance, ticket, at):
        """Let something happen that is rarer in life."""
        undone = ("category_id", "team_id", "priority", "stage_id", "active")
        happens, *what = chance.choice(
            (
                (self.live_mail, chance.randrange(len(MAILS))),
                (self.live_bounce, chance.randrange(2)),
                (self.live_own_call, chance.choice((5, 20, 40))),
                (self.live_decide, chance.randrange(2)),
                (self.live_extend, chance.choice((10, 45)), chance.randrange(2)),
                (self.live_undo, chance.choice(undone)),
            )
        )
        happens(ticket, at, *what)

    def change(self, chance, ticket, at):
        stages = (
            self.new,
            self.work,
            self.awaiting,
            self.third,
            self.solved,
            self.done,
            self.cancelled,
        )
        ticket._at(at).write(
            chance.choice(
                (
                    {"stage_id": chance.choice(stages).id},
                    {"stage_id": chance.choice(stages).id},
                    {"user_id": chance.choice((self.ann, self.bob)).id},
                    {"category_id": chance.choice((self.item, self.urgent_item)).id},
                    {"priority": chance.choice("013")},
                    {"active": chance.random() < 0.5},
                    {"team_id": chance.choice((self.team, self.other_team)).id},
                )
            )
        )

    def check(self, ticket, closed):
        spans = ticket.span_ids.sorted("start")
        self.assertEqual(spans[:-1].mapped("stop"), spans[1:].mapped("start"))
        self.assertFalse(spans[-1].stop)
        self.assertEqual(spans[0].start, minutes(0))
        self.assertEqual(len(set(spans.mapped("start"))), len(spans))
        clocks = ticket.clock_ids
        live = clocks.filtered(
            lambda clock: clock.state != "cancelled" and not clock.replaced_by_id
        )
        rounds = {(clock.metric, clock.round) for clock in live}
        self.assertEqual(len(rounds), len(live))
        owed = live.filtered(_owed)
        self.assertLessEqual(owed, live._shown())
        self.assertEqual(len(set(owed.mapped("metric"))), len(owed), "one round each")
        missed = clocks.filtered(lambda clock: clock.state == "missed")
        breaches = self.breaches(ticket).filtered(lambda b: b.state != "withdrawn")
        self.assertEqual(breaches.clock_id, missed)
        for breach in breaches:
            self.assertEqual(breach.breached_at, breach.clock_id.due_at)
        self.assertEqual(len(breaches), len(missed))
        owed = clocks.filtered(lambda c: _owed(c) and c.due_at)
        self.assertEqual(
            ticket.sla_due_at, min(owed.mapped("due_at")) if owed else False
        )
        for clock in clocks:
            self.check_clock(clock, closed)

    def check_clock(self, clock, closed):
        self.assertIn(clock.state, LEGAL)
        final = clock.state == "missed" and clock.stopped_at
        if clock.id in closed and closed[clock.id][0] == "missed":
            if clock.state == "met":
                # Late evidence: it was kept after all.
                self.assertLessEqual(clock.stopped_at, clock.due_at)
                del closed[clock.id]
        if clock.id in closed and not clock.replaced_by_id and closed[clock.id][-1]:
            del closed[clock.id]  # it goes on as if it had not been replaced
        if clock.id in closed and closed[clock.id][2] in self.returned(clock):
            del closed[clock.id]  # what stopped it had never arrived
        if final or clock.state == "cancelled":
            replaced = bool(clock.replaced_by_id)
            facts = (clock.state, clock.due_at, clock.stopped_at)
            facts += (clock.overrun_seconds, replaced)
            self.assertEqual(closed.setdefault(clock.id, facts), facts)
        if clock.state in ("missed", "paused") and clock.next_event_at:
            level = clock.level_at[clock.levels_fired or 0]
            self.assertEqual(to_epoch(clock.next_event_at), level)
            self.assertTrue(
                not clock.stopped_at or clock.next_event_at < clock.stopped_at
            )
        else:
            self.assertEqual(bool(clock.next_event_at), clock.state == "running")
        self.check_levels(clock)
        if clock.state in ("running", "missed"):
            parts = clock._explain()
            self.assertEqual(sum(part.seconds for part in parts), clock.seconds)
            self.assertEqual(parts[-1].stop, clock.due_at)
        if clock.state == "met":
            self.assertTrue(not clock.due_at or clock.stopped_at <= clock.due_at)
        if clock.state == "missed" and clock.stopped_at:
            self.assertGreater(clock.stopped_at, clock.due_at)

    def returned(self, clock):
        """Return when contacts took place that came back later."""
        contacts = self.env["vip.contact"].search(
            [("ticket_id", "=", clock.ticket_id.id), ("void", "=", "returned")]
        )
        return set(contacts.mapped("at"))

    def check_levels(self, clock):
        """A level fires once, in order, and never after a promise kept or ended."""
        fired = clock.notice_ids.filtered(lambda notice: notice.action == "notify")
        self.assertEqual(len(fired), len({(n.level_id, n.user_id) for n in fired}))
        self.assertEqual(clock.level_at or [], sorted(clock.level_at or []))
        self.assertLessEqual(clock.levels_fired or 0, len(clock.level_ids))
        self.assertLessEqual(
            set(fired.level_id.ids), set(clock.level_ids[: clock.levels_fired or 0])
        )


def _owed(clock):
    return clock.state in ("running", "paused") or (
        clock.state == "missed" and not clock.stopped_at
    )
