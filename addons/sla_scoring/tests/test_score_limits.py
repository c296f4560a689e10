from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import DUE, LATER, ScoreCase


@tagged("post_install", "-at_install")
class TestScoreLimits(ScoreCase):
    """Grace, exemptions and caps: what a rule spares people (REQUIREMENTS P1, P2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.overtime = cls.env.ref("sla_scoring.rule_overtime")
        cls.error = cls.env.ref("sla_scoring.rule_error")

    def leave(self, user, minute, minutes, by=None):
        """Put a user on leave some minutes after the due time."""
        start = DUE + timedelta(minutes=minute)
        leaves = self.env["resource.calendar.leaves"].with_user(by or self.manager)
        resource = leaves.sudo()._resource_of(user)
        return leaves.create(
            {
                "name": "Doctor",
                "resource_id": resource.id,
                "date_from": start,
                "date_to": start + timedelta(minutes=minutes),
            }
        )

    def borne(self, entries):
        return {entry.user_id: (entry.points, entry.held_seconds) for entry in entries}

    def test_lateness_within_the_grace_costs_nothing(self):
        self.overtime.grace_minutes = 2
        within, beyond = self.breach(120), self.breach(121)
        entry = self.charge(within, beyond)
        self.assertEqual((entry.breach_id, entry.points), (beyond, -0.5))
        self.assertTrue(within.scored_at)

    def test_time_on_approved_leave_is_borne_by_the_team(self):
        self.leave(self.agent, 1, 2)
        entries = self.charge(self.breach(240))
        nobody = self.env["res.users"]
        self.assertEqual(
            self.borne(entries), {self.agent: (-0.25, 120), nobody: (-0.25, 120)}
        )
        self.assertEqual(entries.filtered(lambda e: not e.user_id).team_id, self.team)
        self.assertIn("2 min", str(entries[0].why_html))
        self.assertIn("approved leave", str(entries[0].why_html))

    def test_leave_entered_by_oneself_is_not_approved(self):
        leave = self.leave(self.agent, 0, 60, by=self.agent)
        self.assertEqual(self.charge(self.breach(60)).user_id, self.agent)
        with self.assertRaises(AccessError):
            leave.with_user(self.agent).entered_by_id = self.manager
        leave.with_user(self.manager).action_approve()
        self.assertFalse(self.charge(self.breach(60)).user_id)

    def test_leave_in_another_company_is_not_leave_here(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        leave = self.leave(self.agent, 0, 60)
        leave.sudo().calendar_id = other.resource_calendar_id
        self.assertEqual(leave.sudo().company_id, other)
        self.assertEqual(self.charge(self.breach(60)).user_id, self.agent)

    def test_a_rule_may_charge_leave(self):
        self.overtime.exempt_leave = False
        self.leave(self.agent, 0, 60)
        self.assertEqual(self.charge(self.breach(60)).user_id, self.agent)

    def test_a_manager_puts_an_agent_on_leave(self):
        leave = (
            self.env["resource.calendar.leaves"]
            .with_user(self.manager)
            .create({"agent_id": self.agent.id, "date_from": DUE, "date_to": LATER})
        )
        self.assertEqual(leave.resource_id.user_id, self.agent)
        self.assertTrue(leave.is_approved)
        self.assertFalse(self.charge(self.breach(60)).user_id)

    def test_waiting_for_the_client_is_no_lateness_even_if_the_clock_runs(self):
        def late():
            breach = self.breach(400, [(self.agent, 200), (self.other, 200, "client")])
            self.env.cr.execute(
                "UPDATE sla_clock SET pause_on_client = FALSE WHERE id = %s",
                [breach.clock_id.id],
            )
            return breach

        entry = self.charge(late())
        self.assertEqual(self.borne(entry), {self.agent: (-0.5, 200)})
        self.assertIn("3 min 20 s", str(entry.why_html))
        self.overtime.exempt_waiting = False
        entries = self.charge(late())
        self.assertEqual(
            self.borne(entries), {self.agent: (-0.5, 200), self.other: (-0.5, 200)}
        )

    def outage(self, minute, minutes):
        """Declare, and let another approve, an outage some minutes after the due time."""
        start = DUE + timedelta(minutes=minute)
        outage = self.env["sla.outage"].with_user(self.manager)
        outage = outage.with_context(**at_context(LATER)).create(
            {
                "name": "Core banking",
                "reason": "Seen by the data centre",
                "date_from": start,
                "date_to": start + timedelta(minutes=minutes),
            }
        )
        outage.with_user(self.boss).action_approve()

    def test_a_declared_outage_is_charged_to_nobody(self):
        for pauses in False, True:
            with self.subTest(pauses=pauses):
                breach = self.breach(400, due=DUE + timedelta(days=pauses))
                self.env.cr.execute(
                    "UPDATE sla_clock SET pause_on_outage = %s WHERE id = %s",
                    [pauses, breach.clock_id.id],
                )
                self.env.invalidate_all()
                self.outage(1 + 1440 * pauses, 3)
                entry = self.charge(breach)
                self.assertEqual(self.borne(entry), {self.agent: (-0.5, 220)})

    def test_a_ticket_costs_no_more_than_its_cap(self):
        self.overtime.cap_ticket = 0.8
        first = self.breach(60)
        second = self.breach(60)
        second.ticket_id = first.ticket_id
        entries = self.charge(first, second)
        self.assertEqual(entries.mapped("points"), [-0.5, -0.3])
        self.assertEqual(entries[1].points_capped, 0.2)
        why = str(entries[1].why_html)
        self.assertIn("Cap per ticket", why)
        self.assertIn("0.80 points, 0.50 of them charged before", why)
        self.assertEqual(self.charge(self.breach(60)).points, -0.5)

    def test_a_month_costs_no_more_than_its_cap(self):
        self.error.cap_month = 4
        entries = self.charge(self.breach(900), self.breach(900), self.breach(900))
        self.assertEqual(entries.mapped("points"), [-1.5, -2.5, 0])
        self.assertEqual(entries.mapped("ordinal"), [1, 2, 3])
        self.assertFalse(entries[2].with_user(self.agent).can_appeal)

    def test_what_was_taken_back_makes_room_under_the_cap(self):
        self.overtime.cap_month = 0.5
        self.posted(60)._reverse("Wrong", LATER)
        self.assertEqual(self.charge(self.breach(60)).points, -0.5)

    def test_each_agent_has_a_cap_of_their_own(self):
        self.overtime.cap_month = 0.5
        self.charge(self.breach(60))
        self.assertEqual(self.charge(self.breach(60, [(self.other, 60)])).points, -0.5)
