from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import APRIL, DUE, LATER, MARCH, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreCharge(ScoreCase):
    """Draft entries of stopped breaches (REQUIREMENTS P1, P2)."""

    def test_lateness_costs_what_its_band_says(self):
        for seconds, points, kind in (
            (1, -0.5, "deduction"),
            (300, -0.5, "deduction"),
            (301, -1.0, "deduction"),
            (600, -1.0, "deduction"),
            (601, -1.5, "error"),
        ):
            with self.subTest(seconds=seconds):
                entry = self.charge(self.breach(seconds))
                self.assertEqual(
                    (entry.points, entry.kind, entry.user_id, entry.state),
                    (points, kind, self.agent, "draft"),
                )

    def test_errors_of_a_month_cost_more_from_the_second_on(self):
        breaches = [
            self.breach(900, due=DUE + timedelta(hours=hour)) for hour in range(3)
        ]
        entries = self.charge(*breaches)
        self.assertEqual(entries.mapped("ordinal"), [1, 2, 3])
        self.assertEqual(entries.mapped("points"), [-1.5, -3.0, -3.0])

    def test_a_new_month_counts_errors_anew(self):
        self.charge(self.breach(900))
        entry = self.charge(self.breach(900, due=datetime(2024, 4, 1, 9)))
        self.assertEqual((entry.ordinal, entry.points), (1, -1.5))
        self.assertEqual(entry.month, APRIL)

    def test_months_are_those_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        entry = self.charge(self.breach(60, due=datetime(2024, 3, 31, 17)))
        self.assertEqual(entry.month, APRIL)

    def test_the_error_of_each_agent_is_counted_apart(self):
        self.charge(self.breach(900))
        entry = self.charge(self.breach(900, [(self.other, 900)]))
        self.assertEqual((entry.ordinal, entry.points), (1, -1.5))

    def test_twenty_minutes_late_waits_for_a_manager(self):
        below = self.charge(self.breach(20 * 60 - 1))
        above = self.charge(self.breach(20 * 60))
        self.assertEqual(below.mapped("needs_review"), [False])
        self.assertEqual(above.mapped("needs_review"), [True])
        self.entries._due_drafts(LATER)._post(LATER)
        self.assertEqual((below.state, above.state), ("posted", "draft"))

    def test_only_item_limits_of_key_clients_are_charged(self):
        regular = self.breach(60, key_client=False)
        target = self.breach(60, item_limit=False)
        self.assertFalse(self.charge(regular, target))
        self.assertTrue(regular.scored_at)

    def test_a_clock_that_runs_is_not_charged_yet(self):
        breach = self.breach(60, overrun_seconds=0)
        self.assertFalse(self.charge(breach))
        self.assertFalse(breach.scored_at)

    def test_points_are_shared_by_the_time_held(self):
        entries = self.charge(self.breach(300, [(self.agent, 100), (self.other, 200)]))
        shares = {entry.user_id: entry.points for entry in entries}
        self.assertEqual(shares, {self.agent: -0.17, self.other: -0.33})
        self.assertEqual(entries.mapped("held_seconds"), [100, 200])

    def test_the_minutes_after_a_hand_over_count_for_who_gave_the_ticket(self):
        self.company.score_sharing = "grace"
        holds = [(self.agent, 60), (self.other, 240)]
        entries = self.charge(self.breach(300, holds))
        # A fifth of 15 minutes: 180 seconds more of the agent's, 60 of the other's.
        self.assertEqual(entries.mapped("held_seconds"), [240, 60])
        self.assertEqual(entries.mapped("points"), [-0.4, -0.1])
        facts = dict(entries[0]._why()["facts"])
        self.assertIn("the first 3 min after a hand-over", facts["Shared by"])

    def test_how_many_minutes_count_is_the_teams(self):
        self.company.score_sharing = "grace"
        self.team.score_handover_minutes = 2
        holds = [(self.agent, 60), (self.other, 240)]
        entries = self.charge(self.breach(300, holds, team_id=self.team.id))
        self.assertEqual(entries.mapped("held_seconds"), [180, 120])
        facts = dict(entries[0]._why()["facts"])
        self.assertIn("the first 2 min after a hand-over", facts["Shared by"])

    def test_who_lets_go_of_a_late_ticket_bears_the_next_minutes(self):
        self.company.score_sharing = "grace"
        entries = self.charge(self.breach(300, [(self.agent, 100), (None, 200)]))
        shares = {entry.user_id: entry.held_seconds for entry in entries}
        self.assertEqual(shares, {self.agent: 280, self.env["res.users"]: 20})

    def test_a_company_may_share_by_the_whole_clock(self):
        self.company.score_sharing = "whole"
        entries = self.charge(self.breach(300, [(self.agent, 100), (self.other, 200)]))
        shares = {entry.user_id: entry.held_seconds for entry in entries}
        self.assertEqual(shares, {self.agent: 1000, self.other: 200})
        self.assertEqual(sum(entries.mapped("points")), -0.5)

    def test_the_time_of_an_outage_is_not_charged(self):
        breach = self.breach(900, [(self.agent, 240), (self.other, 660)])
        self.env.cr.execute(
            "UPDATE sla_clock SET pause_on_outage = TRUE WHERE id = %s",
            [breach.clock_id.id],
        )
        outage = self.env["sla.outage"].create(
            {
                "name": "Line down",
                "reason": "The provider said so",
                "company_ids": [(6, 0, self.company.ids)],
                "date_from": DUE + timedelta(seconds=240),
                "date_to": DUE + timedelta(hours=1),
            }
        )
        outage.action_approve()
        entry = self.charge(breach)
        self.assertEqual((entry.user_id, entry.points), (self.agent, -0.5))
        self.assertEqual((entry.held_seconds, entry.overrun_seconds), (240, 240))

    def test_a_ticket_that_comes_back_counts_together(self):
        entries = self.charge(
            self.breach(300, [(self.agent, 100), (self.other, 100), (self.agent, 100)])
        )
        shares = {entry.user_id: entry.points for entry in entries}
        self.assertEqual(shares, {self.agent: -0.33, self.other: -0.17})

    def test_waiting_for_the_client_is_not_held_by_anybody(self):
        entries = self.charge(
            self.breach(200, [(self.agent, 200), (self.other, 5000, "client")])
        )
        self.assertEqual(entries.user_id, self.agent)
        self.assertEqual(entries.points, -0.5)

    def test_waiting_for_a_third_party_counts_unless_it_pauses(self):
        entries = self.charge(
            self.breach(200, [(self.agent, 100), (self.other, 100, "third_party")])
        )
        self.assertEqual(entries.user_id, self.agent | self.other)

    def test_held_time_is_working_time(self):
        """From 16:58 to 8:02: two minutes of each, the night in between is nobody's."""
        calendar = self.env["resource.calendar"].create(
            {"name": "Fixed", "tz": "UTC", "company_id": self.company.id}
        )
        due = DUE.replace(hour=16, minute=58)
        night = 15 * 3600
        entries = self.charge(
            self.breach(
                240,
                [(self.agent, 120), (self.other, night), (self.other, 120)],
                due=due,
                calendar=calendar,
            )
        )
        self.assertEqual(entries.mapped("held_seconds"), [120, 120])
        self.assertEqual(entries.mapped("points"), [-0.25, -0.25])

    def test_unassigned_overtime_goes_to_the_team(self):
        entries = self.charge(self.breach(300, [(None, 150), (self.agent, 150)]))
        borne = entries.filtered(lambda entry: not entry.user_id)
        self.assertEqual((borne.team_id, borne.points), (self.team, -0.25))
        self.assertEqual((entries - borne).user_id, self.agent)

    def test_an_unassigned_error_goes_to_the_team(self):
        entry = self.charge(self.breach(900, [(None, 900)]))
        self.assertFalse(entry.user_id)
        self.assertEqual((entry.team_id, entry.points), (self.team, -1.5))

    def test_overtime_without_a_team_is_nobodys(self):
        breach = self.breach(300, [(None, 150), (None, 150)])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sla_span SET team_id = NULL WHERE ticket_id = %s AND start = %s",
            [breach.ticket_id.id, DUE],
        )
        entries = self.charge(breach)
        self.assertEqual(entries.mapped("points"), [-0.25, -0.25])
        self.assertEqual(entries.team_id, self.team)
        self.assertFalse(entries.user_id)

    def test_an_error_is_that_of_the_main_holder(self):
        entry = self.charge(self.breach(900, [(self.agent, 400), (self.other, 500)]))
        self.assertEqual(entry.user_id, self.other)
        self.assertEqual(entry.held_seconds, 500)

    def test_of_equal_holders_the_latest_bears_the_error(self):
        entry = self.charge(self.breach(900, [(self.other, 450), (self.agent, 450)]))
        self.assertEqual(entry.user_id, self.agent)

    def test_running_twice_charges_once(self):
        breach = self.breach(900)
        once = self.charge(breach)
        self.assertEqual(self.charge(breach), once)

    def test_an_excused_breach_is_not_charged(self):
        breach = self.breach(60)
        breach.state = "excused"
        self.assertFalse(self.charge(breach))

    def test_a_draft_of_an_excused_breach_vanishes(self):
        breach = self.breach(60)
        entry = self.charge(breach)
        breach.write({"state": "excused", "reason": "Power cut"})
        self.entries._undo_decided(LATER)
        self.assertFalse(entry.exists())
        breach.state = "open"
        self.assertEqual(self.charge(breach).points, -0.5)

    def test_a_posted_entry_of_an_excused_breach_is_reversed_once(self):
        entry = self.posted(60)
        entry.breach_id.write({"state": "withdrawn", "reason": "The mail came in time"})
        self.entries._undo_decided(LATER)
        self.entries._undo_decided(LATER)
        self.assertEqual(entry.reversal_ids.mapped("points"), [0.5])
        self.assertEqual(entry.reversal_ids.reason, "The mail came in time")

    def test_an_excuse_is_not_taken_back_after_its_points_were(self):
        breach = self.posted(60).breach_id
        decider = breach.with_user(self.manager)
        self.excuse(breach, self.agent, self.manager)
        decider.action_reinstate()
        self.excuse(breach, self.agent, self.manager)
        self.entries._undo_decided(LATER)
        with self.assertRaises(UserError):
            decider.action_reinstate()
        self.assertEqual(breach.state, "excused")

    def test_the_review_window_is_kept(self):
        entry = self.charge(self.breach(60))
        days = timedelta(days=self.company.score_review_days)
        before = entry.occurred_at + days - timedelta(seconds=1)
        self.assertNotIn(entry, self.entries._due_drafts(before))
        self.assertIn(entry, self.entries._due_drafts(entry.occurred_at + days))

    def test_the_job_does_it_all_and_again_nothing(self):
        self.breach(60)
        cron = self.env.ref("sla_scoring.score_cron_charge")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        entry = self.entries.search([("user_id", "=", self.agent.id)])
        self.assertEqual((entry.state, entry.month), ("posted", MARCH))
        self.assertFalse(entry.posted_by_id)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(self.entries.search([("user_id", "=", self.agent.id)]), entry)

    def test_editing_a_rule_changes_no_entry(self):
        entry = self.posted(60)
        entry.band_id.points = 9
        self.assertEqual(entry.points, -0.5)

    def test_the_entry_says_why(self):
        entry = self.charge(self.breach(301, [(self.agent, 201), (self.other, 100)]))[0]
        why = str(entry.with_user(self.agent).why_html)
        for text in (
            "5 to 10 min late",
            "5 min 1 s",
            "3 min 21 s",
            "Mar 13, 2024, 9:00 AM",
            "15 min",
        ):
            self.assertIn(text, why)
        self.assertNotIn(self.other.name, why)

    def test_a_deleted_ticket_keeps_its_entry(self):
        entry = self.posted(60)
        number = entry.ticket_number
        entry.ticket_id.unlink()
        entry.invalidate_recordset()
        self.assertFalse(entry.ticket_id)
        self.assertEqual((entry.ticket_number, entry.points), (number, -0.5))
        self.assertIn("1 min", str(entry.why_html))

    def test_a_company_does_not_charge_by_the_rules_of_another(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.ref("sla_scoring.rule_overtime").company_id = self.company
        self.assertFalse(self.charge(self.breach(60, company=company)))
