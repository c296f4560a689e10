from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from ..engine.timeline import Moment, Outage, Place, cut
from ..models.outage.sla_outage_events import APPROVED
from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestOutage(SlaCase):
    """While nobody could serve the clocks stand still, also if it is said later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(cls.env, "chief", groups="vip_base.group_vip_manager")

    def outage(self, start, stop=None, **values):
        """Declare an outage from and to these minutes, by the boss."""
        return (
            self.env["sla.outage"]
            .with_user(self.boss)
            .create(
                {
                    "name": "Line down",
                    "reason": "The provider said so",
                    "date_from": minutes(start),
                    "date_to": stop is not None and minutes(stop),
                    **values,
                }
            )
        )

    def at(self, outage, user, at):
        return outage.with_user(user).with_context(**at_context(minutes(at)))

    def approve(self, outage, at):
        self.at(outage, self.chief, at).action_approve()
        return outage

    def revoke(self, outage, at):
        outage = self.at(outage, self.chief, at)
        outage.revoke_reason = "It was another line"
        outage.action_revoke()

    def follow(self, at):
        """Run the job as of then."""
        while self.env["sla.outage"]._judge_due(minutes(at)):
            pass

    def facts(self, clock):
        clock.invalidate_recordset()
        return clock.state, clock.due_at, clock.stopped_at

    def explained(self, clock):
        rows = clock._explain_rows()
        start = minutes(0)
        return [
            (
                int((row["start"] - start).total_seconds() // 60),
                row["stop"] and int((row["stop"] - start).total_seconds() // 60),
                row["seconds"] // 60,
                row["reason"],
            )
            for row in rows
        ]

    # Declaring

    def test_levels_after_the_limit_wait_for_the_end_of_an_outage(self):
        ticket = self.ticket()
        self.due(minutes(31))
        self.approve(self.outage(35, 45), 36)
        self.follow(45)
        self.due(minutes(54))
        told = ticket.notice_ids.filtered(
            lambda notice: notice.clock_id.metric == "first_response"
        )
        self.assertEqual(max(told.mapped("created_at")), minutes(30))
        self.due(minutes(56))
        told = ticket.notice_ids.filtered(
            lambda notice: notice.clock_id.metric == "first_response"
        )
        self.assertEqual(max(told.mapped("created_at")), minutes(55))

    def test_another_person_approves(self):
        outage = self.outage(10, 20)
        with self.assertRaises(AccessError):
            outage.action_approve()
        with self.assertRaises(AccessError):
            outage.with_user(self.ann).action_approve()
        self.approve(outage, 30)
        self.assertEqual(outage.state, "ended")
        self.assertEqual(outage.declared_by_id, self.boss)
        self.assertEqual(outage.approved_by_id, self.chief)
        self.assertEqual(outage.approved_at, minutes(30))
        with self.assertRaises(UserError):
            self.approve(outage, 31)

    def test_of_several_only_those_of_others_are_approved(self):
        own, other = self.outage(10, 20), self.outage(30, 40)
        own.with_user(self.chief).reason = "Seen on the board, too"
        action = (own | other).with_user(self.chief).action_approve()
        self.assertEqual((own.state, bool(other.approved_by_id)), ("draft", True))
        self.assertIn("Another person approves", action["params"]["message"])

    def test_who_changes_a_draft_declares_it(self):
        outage = self.outage(10, 20)
        outage.with_user(self.chief).date_to = minutes(50)
        self.assertEqual(outage.declared_by_id, self.chief)
        with self.assertRaises(AccessError):
            outage.with_user(self.chief).action_approve()

    def test_what_is_approved_stays(self):
        outage = self.approve(self.outage(10, 20), 30)
        for values in ({"date_from": minutes(1)}, {"date_to": minutes(90)}):
            with self.subTest(values), self.assertRaises(AccessError):
                outage.with_user(self.boss).write(values)
        for values in ({"state": "draft"}, {"approved_by_id": self.boss.id}):
            with self.subTest(values), self.assertRaises(AccessError):
                outage.with_user(self.boss).write(values)
        with self.assertRaises(UserError):
            outage.with_user(self.boss).unlink()
        self.outage(1, 2).unlink()

    def test_nobody_creates_an_approved_one(self):
        outage = self.outage(10, 20, state="declared", approved_by_id=self.chief.id)
        self.assertEqual((outage.state, outage.approved_by_id.id), ("draft", False))

    def test_every_step_is_in_the_audit_log(self):
        outage = self.approve(self.outage(10, 20), 30)
        self.revoke(outage, 40)
        lines = self.env["vip.audit.log"].search(
            [("model", "=", "sla.outage"), ("res_id", "=", outage.id)], order="id"
        )
        states = [line.new_values.get("state") for line in lines]
        self.assertEqual(
            [state for state in states if state],
            ["draft", "declared", "ended", "revoked"],
        )
        reasons = [line.new_values.get("revoke_reason") for line in lines]
        self.assertIn("It was another line", reasons)
        self.assertEqual(lines[0].user_id, self.boss.id)
        self.assertEqual(lines[-1].user_id, self.chief.id)

    # Going on

    def test_clock_stands_still_while_it_lasts(self):
        ticket = self.ticket()
        self.approve(self.outage(10), 10)
        clock = self.clock(ticket)
        self.assertEqual(self.facts(clock)[:2], ("paused", False))
        self.due(minutes(500))
        self.assertEqual(self.facts(clock)[0], "paused")
        self.assertFalse(self.breaches(ticket))
        outage = self.env["sla.outage"].search([])
        self.at(outage, self.boss, 500).action_end()
        self.assertEqual(outage.state, "ended")
        self.assertEqual(self.facts(clock)[:2], ("running", minutes(550)))
        self.assertEqual(ticket.sla_due_at, minutes(520))

    def test_planned_outage_begins_and_ends_by_the_job(self):
        self.approve(self.outage(20, 40), 5)
        ticket = self.ticket()
        clock = self.clock(ticket)
        self.assertEqual(self.facts(clock)[:2], ("running", minutes(60)))
        self.follow(20)
        self.assertEqual(self.facts(clock)[:2], ("paused", False))
        self.follow(40)
        self.assertEqual(self.facts(clock)[:2], ("running", minutes(80)))
        self.assertEqual(self.env["sla.outage"].search([]).state, "ended")

    def test_due_job_knows_outages_that_the_job_has_not_followed(self):
        self.approve(self.outage(20, 40), 5)
        ticket = self.ticket()
        self.due(minutes(70))
        self.assertFalse(
            self.breaches(ticket).filtered(lambda b: b.metric != "first_response")
        )
        self.assertEqual(self.facts(self.clock(ticket))[:2], ("running", minutes(80)))
        self.due(minutes(81))
        breach = self.breaches(ticket).filtered(lambda b: b.metric == "resolution")
        self.assertEqual(breach.breached_at, minutes(80))

    def test_ticket_made_during_an_outage_waits(self):
        self.approve(self.outage(0), 0)
        clock = self.clock(self.ticket(minutes(10)))
        self.assertEqual(self.facts(clock)[:2], ("paused", False))

    def test_ticket_opened_before_and_recorded_after_it(self):
        self.approve(self.outage(10, 30), 40)
        ticket = self.ticket(minutes(50), opened_at=minutes(0))
        self.assertEqual(self.clock(ticket).due_at, minutes(80))

    def test_target_that_does_not_pause_is_left_alone(self):
        self.policy.target_ids.pause_on_outage = False
        ticket = self.ticket()
        self.approve(self.outage(10, 20), 30)
        self.assertEqual(self.clock(ticket).due_at, minutes(60))

    # Scope

    def test_scope_is_team_item_and_company(self):
        ticket = self.ticket()
        clock = self.clock(ticket)
        below = self.env["helpdesk.ticket.category"].create(
            {"name": "Below", "parent_id": self.item.id}
        )
        inner = self.clock(self.ticket(category_id=below.id))
        other = self.env["res.company"].create({"name": "Other"})
        for scope in (
            {"team_ids": [Command.set(self.other_team.ids)]},
            {"category_ids": [Command.set(self.urgent_item.ids)]},
            {"company_ids": [Command.set(other.ids)]},
        ):
            outage = self.outage(1, 3).with_env(self.env)
            outage.write(scope)
            outage.with_context(**at_context(minutes(4))).action_approve()
        self.assertEqual(clock.due_at, minutes(60))
        scope = {
            "team_ids": [Command.set(self.team.ids)],
            "category_ids": [Command.set(self.item.ids)],
        }
        self.approve(self.outage(5, 8, **scope), 9)
        for one in (clock, inner):
            self.assertEqual(self.facts(one)[1], minutes(63))

    def test_only_the_time_in_the_scope_stands_still(self):
        ticket = self.ticket()
        ticket._at(minutes(20)).team_id = self.other_team
        ticket._at(minutes(20)).user_id = self.bob
        self.approve(self.outage(10, 40, team_ids=[Command.set(self.team.ids)]), 50)
        self.assertEqual(self.clock(ticket).due_at, minutes(70))

    def test_scope_cannot_lose_its_last_team(self):
        team = self.env["helpdesk.ticket.team"].create({"name": "Brief"})
        self.outage(1, 2, team_ids=[Command.set(team.ids)])
        with self.assertRaisesRegex(UserError, "“Brief”.*\n.*“Line down”"):
            team.unlink()

    # Declared late

    def test_declared_late_it_keeps_the_promise_and_withdraws_the_breach(self):
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(75), self.solved)
        clock = self.clock(ticket)
        self.assertEqual(self.facts(clock)[0], "missed")
        breach = self.breaches(ticket).filtered(lambda b: b.clock_id == clock)
        self.approve(self.outage(10, 30), 100)
        self.assertEqual(self.facts(clock), ("met", minutes(80), minutes(75)))
        self.assertEqual(breach.state, "withdrawn")
        self.assertEqual(breach.breached_at, minutes(60))

    def test_declared_late_an_open_breach_is_withdrawn_and_its_clock_runs(self):
        ticket = self.ticket()
        self.due(minutes(61))
        clock = self.clock(ticket)
        self.approve(self.outage(10, 30), 65)
        self.assertEqual(self.facts(clock)[:2], ("running", minutes(80)))
        self.due(minutes(81))
        states = self.breaches(ticket).filtered(lambda b: b.clock_id == clock)
        self.assertEqual(sorted(states.mapped("state")), ["open", "withdrawn"])

    def test_declared_late_what_is_still_late_is_less_late(self):
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(100), self.solved)
        clock = self.clock(ticket)
        breach = self.breaches(ticket).filtered(lambda b: b.clock_id == clock)
        self.approve(self.outage(50, 80), 120)
        self.assertEqual(self.facts(clock), ("missed", minutes(90), minutes(100)))
        self.assertEqual(clock.overrun_seconds, 600)
        self.assertEqual((breach.state, breach.breached_at), ("open", minutes(60)))
        self.assertEqual(breach.overrun_seconds, 2400)
        self.assertEqual(sum(part.seconds for part in clock._explain()), 3600)

    def test_what_was_due_before_the_decision_is_found_however_late_the_job_is(self):
        early, late = self.ticket(), self.ticket()
        self.move(early, minutes(5), self.awaiting)
        self.move(early, minutes(15), self.work)
        # No job has run: one ticket was due when it was approved, the other was not.
        self.approve(self.outage(50, 80), 65)
        clock = self.clock(late)
        breaches = self.breaches(late).filtered(lambda b: b.clock_id == clock)
        self.assertEqual(breaches.mapped("breached_at"), [minutes(60)])
        self.assertEqual(breaches.state, "withdrawn")
        self.assertEqual(self.facts(clock)[0], "paused")
        clock = self.clock(early)
        self.assertFalse(self.breaches(early).filtered(lambda b: b.clock_id == clock))

    def test_it_is_kept_when_an_end_was_said(self):
        outage = self.approve(self.outage(10), 20)
        self.assertFalse(outage.end_said_at)
        self.at(outage, self.chief, 40).date_to = minutes(30)
        self.assertEqual(outage.end_said_at, minutes(40))
        with self.assertRaises(AccessError):
            self.outage(1).end_said_at = minutes(1)

    def test_revoked_it_never_was(self):
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(75), self.solved)
        clock = self.clock(ticket)
        outage = self.approve(self.outage(10, 30), 100)
        with self.assertRaises(UserError):
            outage.with_user(self.chief).action_revoke()
        self.revoke(outage, 110)
        self.assertEqual(self.facts(clock), ("missed", minutes(60), minutes(75)))
        breaches = self.breaches(ticket).filtered(lambda b: b.clock_id == clock)
        self.assertEqual(sorted(breaches.mapped("state")), ["open", "withdrawn"])
        live = breaches.filtered(lambda b: b.state == "open")
        self.assertEqual(live.overrun_seconds, 900)

    def test_cancelled_ticket_that_was_not_late_after_all(self):
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(70), self.cancelled)
        clock = ticket.clock_ids.filtered(lambda c: c.metric == "resolution")
        self.approve(self.outage(10, 30), 100)
        self.assertEqual(self.facts(clock)[0], "cancelled")

    def test_cancelled_ticket_is_late_again_when_what_excused_it_is_revoked(self):
        ticket = self.ticket()
        self.due(minutes(61))
        self.move(ticket, minutes(70), self.cancelled)
        clock = ticket.clock_ids.filtered(lambda c: c.metric == "resolution")
        outage = self.approve(self.outage(10, 30), 100)
        self.revoke(outage, 110)
        self.assertEqual(self.facts(clock), ("missed", minutes(60), minutes(70)))
        breaches = self.breaches(ticket).filtered(lambda b: b.clock_id == clock)
        self.assertEqual(sorted(breaches.mapped("state")), ["open", "withdrawn"])

    def test_cancelled_ticket_was_late_when_the_outage_that_put_off_its_time_is_revoked(
        self,
    ):
        outage = self.approve(self.outage(10, 30), 5)
        ticket = self.ticket()
        self.move(ticket, minutes(70), self.cancelled)
        clock = ticket.clock_ids.filtered(lambda c: c.metric == "resolution")
        self.assertEqual(self.facts(clock)[0], "cancelled")
        self.revoke(outage, 110)
        self.assertEqual(self.facts(clock), ("missed", minutes(60), minutes(70)))
        self.assertEqual(
            self.breaches(ticket).filtered(lambda b: b.clock_id == clock).state, "open"
        )

    def test_many_tickets_are_judged_in_batches(self):
        tickets = self.tickets(5)
        outage = self.outage(10, 20).sudo()
        self.env["sla.outage"]._distrust_approved()
        outage.write({"state": "declared", "next_event_at": minutes(30)})
        model = self.env["sla.outage"]
        done = []
        while count := model._judge_due(minutes(30), limit=2):
            done.append(count)
        self.assertEqual(done, [2, 2, 1])
        self.assertEqual(
            set(tickets.clock_ids.mapped("due_at")), {minutes(40), minutes(70)}
        )
        self.assertEqual(outage.state, "ended")

    # Explaining

    def test_explanation_names_the_outage_and_sums_up(self):
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.awaiting)
        self.move(ticket, minutes(15), self.work)
        self.approve(self.outage(10, 30), 40)
        clock = self.clock(ticket)
        self.assertEqual(
            self.explained(clock),
            [
                (0, 5, 5, ""),
                (5, 10, 0, "waiting for the client"),
                (10, 15, 0, "outage: Line down"),
                (15, 30, 0, "outage: Line down"),
                (30, 85, 55, ""),
            ],
        )
        self.assertIn("outage: Line down", clock.explanation)

    def test_outages_are_looked_up_once_and_cost_nothing_out_of_scope(self):
        self.approve(self.outage(-90, -60), -50)
        tickets = self.tickets(3)
        spans = self.env["sla.span"]
        spans._timelines(tickets.ids)
        self.env.cr.precommit.data.pop(APPROVED, None)
        for count in (2, 1):
            with self.assertQueryCount(count):
                spans._timelines(tickets.ids)

    # The pure part

    def test_pieces_are_the_moment(self):
        moment = Moment(10, 50, True, False, False, False, None)
        place = Place(1, 2, 3)
        everyone = frozenset({1})
        for spans in (
            [],
            [(0, 20)],
            [(20, 30), (25, 45)],
            [(0, None)],
            [(40, 60), (10, 12), (11, 41)],
            [(50, 60), (0, 10)],
        ):
            outages = [
                Outage(number, start, stop, everyone, None, None)
                for number, (start, stop) in enumerate(spans)
            ]
            pieces = cut(moment, place, outages)
            self.assertEqual((pieces[0].start, pieces[-1].stop), (10, 50))
            for one, following in zip(pieces, pieces[1:], strict=False):
                self.assertEqual(one.stop, following.start)
            for second in range(10, 50):
                (piece,) = [p for p in pieces if p.start <= second < p.stop]
                hit = any(a <= second and (b is None or second < b) for a, b in spans)
                self.assertEqual(piece.outage_id is not None, hit, (spans, second))
