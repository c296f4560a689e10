"""A what-if of what really happened says what really happened.

Random lives of tickets (moves, messages in time and late, tier changes, outages that are
planned, declared during and after, ended and revoked, holidays entered and recalled,
working hours changed and exchanged, obligations owed, met and released) are lived through
the real engine, with its jobs running late or not at all. Replayed under the same policies
they must give the same clocks and breaches, to the second.
"""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from hypothesis import given, note
from hypothesis import strategies as st

from odoo.tests import new_test_user, tagged

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.times import at_context

from tests.proof import proven

from ..models.clock import sla_clock_recount
from .common import START, minutes
from .mail_lives import MAILS, MailLives
from .obligations import Obligations
from .replayed_clocks import real_clocks, replayed_clocks
from .test_sla_rounds import RoundsCase

#: When the what-if is run.
LATER = minutes(7 * 24 * 60)

#: From one event to the next; in the second kind of lives things happen as they are due.
seconds = st.integers(1, 2400)
fives = st.integers(1, 8).map(lambda count: count * 300)
late = st.sampled_from((0, 0, 0, 5, 20, 40))
events = st.one_of(
    st.tuples(st.just("stage"), st.integers(0, 6)),
    st.tuples(st.just("stage"), st.integers(0, 6)),
    st.tuples(st.just("category_id"), st.integers(0, 1)),
    st.tuples(st.just("priority"), st.integers(0, 3)),
    st.tuples(st.just("team_id"), st.integers(0, 1)),
    st.tuples(st.just("user_id"), st.integers(0, 2)),
    st.tuples(st.just("partner_id"), st.integers(0, 2)),
    st.tuples(st.just("active"), st.integers(0, 1)),
    st.tuples(st.just("ask"), late),
    st.tuples(st.just("answer"), late),
    st.tuples(st.just("call"), late),
    st.tuples(st.just("tier"), st.integers(0, 2), st.integers(0, 1)),
    st.tuples(
        st.just("outage"),
        st.integers(-90, 40),
        st.sampled_from((None, 5, 15, 30, 60)),
        st.sampled_from(("all", "team", "item")),
    ),
    st.tuples(st.just("end"), st.integers(0, 60)),
    st.tuples(st.just("revoke"), st.just(0)),
    st.tuples(st.just("holiday"), st.integers(-600, 600), st.integers(10, 300)),
    st.tuples(st.just("recall"), st.just(0)),
    st.tuples(st.just("hours"), st.integers(0, 3)),
    st.tuples(st.just("calendar"), st.integers(0, 2)),
    st.tuples(st.just("mail"), st.integers(0, len(MAILS) - 1)),
    st.tuples(st.just("bounce"), st.integers(0, 2)),
    st.tuples(st.just("resend"), st.just(0)),
    st.tuples(st.just("own_call"), st.sampled_from((0, 20, 40))),
    st.tuples(st.just("decide"), st.integers(0, 1)),
    st.tuples(st.just("extend"), st.integers(1, 120), st.integers(0, 1)),
    st.tuples(st.just("obligation"), st.integers(0, 5), late),
    st.tuples(st.just("undo"), st.sampled_from(("category_id", "priority", "active"))),
)
jobs = st.sampled_from(("", "", "due", "follow", "due follow", "recount"))


def lived(gaps):
    event = st.tuples(gaps, st.integers(0, 1), events, jobs)
    return st.lists(event, min_size=5, max_size=25)


#: Lives of a ticket: (minutes since the event before, event).
RARER = (
    [(10, ("answer", 0)), (40, ("bounce", 0)), (20, ("answer", 0))],
    [(10, ("answer", 0)), (5, ("bounce", 0)), (1, ("stage", 5))],
    [(10, ("answer", 0)), (5, ("bounce", 0)), (20, ("resend", 0)), (30, ("ask", 0))],
    [(9, ("answer", 0)), *((7, (what, 0)) for what in ("bounce", "resend") * 2)],
    [(40, ("own_call", 20)), (10, ("decide", 1)), (5, ("stage", 5))],
    [(40, ("own_call", 40)), (10, ("decide", 0)), (5, ("answer", 0))],
    [(10, ("extend", 45, 1)), (90, ("stage", 4))],
    [(10, ("extend", 45, 0)), (90, ("stage", 4))],
    [(5, ("answer", 0)), (5, ("extend", 10, 1)), (5, ("ask", 0)), (50, ("answer", 0))],
    [(10, ("undo", name)) for name in ("category_id", "priority", "active")],
    [(5, ("answer", 0)), *((5, ("mail", kind)) for kind in range(len(MAILS)))],
    [(5, ("priority", 2)), (5, ("undo", "priority"))],
    [(5, ("priority", 2)), (10, ("answer", 0)), (60, ("undo", "priority"))],
    [
        *((5, ("priority", value)) for value in (2, 1, 2)),
        *((5, ("undo", name)) for name in ("priority", "category_id", "priority")),
    ],
)


@tagged("post_install", "-at_install")
class TestWhatifProof(Obligations, MailLives, RoundsCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(cls.env, "chief", groups="vip_base.group_vip_manager")
        cls.clients = cls.client + cls.env["res.partner"].create(
            [
                {"name": "Franchisee", "client_type": "franchisee"},
                {"name": "Person", "parent_id": cls.client.id},
            ]
        )
        cls.ladder = cls.env["vip.tier"]._ladder(cls.env.company)
        cls.policy.target_ids.pause_on_outage = True
        still = {"pause_on_outage": True}
        make = cls.make_policy
        make("Rounds", still, next_response=25, update=40, hand_over=15)
        cls.owing("Owed", {"t.reply": 30, "t.report": 50}, pause_on_outage=True)
        cls.owing("Owed sooner", {"t.report": 20}, category_ids=cls.urgent_item.ids)
        urgent = [(6, 0, cls.urgent_item.ids)]
        make("Urgent", resolution=45, first_response=10, category_ids=urgent)
        make("High", still, priority="3", resolution=100)
        make("Key", still, client_scope="key", resolution=50, first_response=20)
        make("Type", still, client_type="franchisee", resolution=35, priority="2")
        anew = {"reopening": "new", "rematch": "restart", **still}
        make("Anew", anew, resolution=70, feedback=90, priority="0")
        hours = {"calendar_mode": "team", **still}
        make("Hours", hours, priority="2", resolution=60, first_response=30)
        cls.calendars = [cls.office(), cls.office("Long", 8, 20), False]
        before = at_context(minutes(-60))
        for team, calendar in zip(
            (cls.team, cls.other_team), cls.calendars[:2], strict=True
        ):
            team.with_context(**before).resource_calendar_id = calendar
        solving = {"begins": "solving", "rematch": "keep", **still}
        make("Result", solving, feedback=30, priority="1", team_ids=cls.team.ids)

    @contextmanager
    def one_life(self):
        """Take back all that happens in it."""
        data = self.env.cr.precommit.data
        try:
            with self.env.cr.savepoint():
                yield
                raise ZeroDivisionError
        except ZeroDivisionError:
            data.clear()
            self.env.invalidate_all(flush=False)

    @proven("replays")
    @given(st.one_of(lived(seconds), lived(fives)), st.booleans())
    def test_replay_of_what_happened_is_what_happened(self, life, at_once):
        """Changes of working time are judged at once, or left to the job."""
        most = 1000 if at_once else 0
        with self.one_life(), patch.object(sla_clock_recount, "MOST", most):
            tickets = self.live(life)
            note("\n".join(self.told(tickets)))
            self.assert_replayed(tickets)

    def test_what_is_rarer_is_replayed_too(self):
        """Answers that came back, or left later, late calls, limits extended, changes undone."""
        for life in RARER:
            with self.subTest(life), self.one_life():
                tickets = self.live(
                    [(gap * 60, 0, event, "due") for gap, event in life]
                )
                self.assert_replayed(tickets)

    # Living

    def live(self, life):
        """Let two tickets live; jobs run where the life says so, and at the end."""
        at = START
        tickets = [self.ticket(at), self.ticket(at, user_id=False)]
        for gap, which, event, job in life:
            at += timedelta(seconds=gap)
            kind, *what = event
            getattr(self, f"live_{kind}", self.live_change)(
                tickets[which], at, *what, *((kind,) if len(what) == 1 else ())
            )
            self.env.flush_all()
            self.run_jobs(at, job)
        self.run_jobs(LATER, "recount follow due")
        return tickets[0] + tickets[1]

    def run_jobs(self, at, job):
        for name in job.split():
            if name == "due":
                self.due(at)
            elif name == "recount":
                while self.env["sla.clock"]._recount_batch(at):
                    pass
            else:
                while self.env["sla.outage"]._judge_due(at):
                    pass

    def live_change(self, ticket, at, value, name):
        values = {
            "category_id": (self.item + self.urgent_item).ids,
            "priority": "0123",
            "team_id": (self.team + self.other_team).ids,
            "user_id": (self.ann.id, self.bob.id, False),
            "partner_id": self.clients.ids,
            "active": (False, True),
        }
        ticket._at(at).write({name: values[name][value]})

    def live_stage(self, ticket, at, value, _name):
        stages = self.new + self.work + self.awaiting + self.third
        stages += self.solved + self.done + self.cancelled
        self.move(ticket, at, stages[value])

    def live_ask(self, ticket, at, delay, _name):
        self.ask(ticket, at, ticket.partner_id, date=at - timedelta(minutes=delay))

    def live_answer(self, ticket, at, delay, _name):
        mail = {"message_type": "email", "date": at - timedelta(minutes=delay)}
        self.answer(ticket, at, self.bob, **(mail if delay else {}))

    def live_call(self, ticket, at, delay, _name):
        """Speak to the client, and maybe write it down later by hand."""
        if not delay:
            ticket._at(at)._log_contact(at)
            return
        when = max(at - timedelta(minutes=delay), ticket.opened_at)
        ticket.with_user(self.chief)._at(at)._log_contact_by_hand("visit", when, "Met")

    def live_obligation(self, ticket, at, what, delay):
        """Let something be owed, met or released; that may become known later."""
        kind, key = divmod(what, 2)
        happen = getattr(self.obligations._at(at), ("_owe", "_meet", "_release")[kind])
        when = max(at - timedelta(minutes=delay), ticket.opened_at)
        happen(("t.reply", "t.report")[key], ticket, at=when)

    def live_tier(self, _ticket, at, tier, client):
        changes = self.env["vip.tier.change"].with_user(self.boss)
        client = self.clients[client]
        tier = self.ladder[tier % len(self.ladder)]
        if client._tier_at(at.date(), self.env.company)[client.id] == tier:
            return
        change = changes.create(
            {"partner_id": client.id, "to_tier_id": tier.id, "reason": "So"}
        )
        change.with_user(self.chief)._approve(at)

    def live_outage(self, _ticket, at, start, length, scope):
        start = at + timedelta(minutes=start)
        outage = self.env["sla.outage"].with_user(self.boss)
        outage = outage.with_context(**at_context(at)).create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "date_from": start,
                "date_to": length is not None and start + timedelta(minutes=length),
                "team_ids": [(6, 0, self.team.ids if scope == "team" else [])],
                "category_ids": [(6, 0, self.item.ids if scope == "item" else [])],
            }
        )
        outage.with_user(self.chief).action_approve()

    def live_holiday(self, _ticket, at, start, length):
        start = at + timedelta(minutes=start)
        self.env["resource.calendar.leaves"].with_context(**at_context(at)).create(
            {
                "name": "Closed",
                "company_id": self.env.company.id,
                "date_from": start,
                "date_to": start + timedelta(minutes=length),
            }
        )
        self.env.cr.flush()

    def live_recall(self, _ticket, at, _value, _name):
        """Let the last holiday be an error."""
        leaves = self.env["resource.calendar.leaves"].with_context(**at_context(at))
        leaves.search([("resource_id", "=", False)], order="id desc", limit=1).unlink()
        self.env.cr.flush()

    def live_hours(self, _ticket, at, value, _name):
        """Work until another hour."""
        office = self.calendars[value % 2].with_context(**at_context(at))
        office.attendance_ids.write({"hour_to": (17, 12)[value // 2]})
        self.env.cr.flush()

    def live_calendar(self, ticket, at, value, _name):
        calendar = self.calendars[value]
        team = ticket.team_id.with_context(**at_context(at))
        team.resource_calendar_id = calendar and calendar.id
        self.env.cr.flush()

    def live_end(self, _ticket, at, ago, _name):
        """Say of a lasting outage that it has ended some time ago."""
        for outage in self.env["sla.outage"].search([("state", "=", "declared")]):
            stop = at - timedelta(minutes=ago)
            if outage.lasting and outage.date_from < stop:
                outage = outage.with_user(self.chief)
                outage.with_context(**at_context(at)).date_to = stop
                return

    def live_revoke(self, _ticket, at, _value, _name):
        states = ("declared", "ended")
        outage = self.env["sla.outage"].search([("state", "in", states)], limit=1)
        if outage:
            outage = outage.with_user(self.chief).with_context(**at_context(at))
            outage.revoke_reason = "It was another line"
            outage.action_revoke()

    # Comparing

    def assert_replayed(self, tickets):
        whatif = self.env["sla.whatif"].sudo().create({"months": 1})
        self.env.flush_all()
        ledger = whatif._replay(tickets.ids, whatif._ruleset(), to_epoch(LATER))
        for ticket_id in tickets.ids:
            replayed = replayed_clocks(ledger, ticket_id)
            real = real_clocks(self.env, ticket_id)
            self.assertEqual(replayed - real, real - replayed)

    def told(self, tickets):
        """Return the spans of tickets as text, for whoever looks at a failure."""
        return [
            f"{span.ticket_id.id} {span.start} {span.stage_id.name} {span.team_id.name} "
            f"{span.user_id.login} {span.category_id.name} {span.priority} "
            f"{span.partner_id.name} {span.active} {span.waiting_on} {span.resumed}"
            for span in tickets.span_ids.sorted(lambda s: (s.ticket_id.id, s.start))
        ]
