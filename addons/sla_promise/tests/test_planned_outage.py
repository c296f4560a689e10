from odoo.tests import new_test_user, tagged

from odoo.addons.vip_base.tools.times import at_context

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestPlannedOutage(SlaCase):
    """An outage that is announced has not happened: nothing is judged as if it had."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chief = new_test_user(cls.env, "chief", groups="vip_base.group_vip_manager")
        cls.policy.target_ids.calendar_mode = "team"
        cls.env.company.resource_calendar_id = cls.office("Until five")
        cls.always = cls.make_policy(
            "Whole days", {"calendar_mode": "always", "unit": "hours"}, feedback=24
        )
        outage = cls.env["sla.outage"].with_user(cls.boss)
        outage = outage.create(
            {
                "name": "Maintenance",
                "reason": "Announced a week ago",
                "date_from": minutes(4 * 24 * 60),
                "date_to": minutes(4 * 24 * 60 + 300),
            }
        )
        outage.with_user(chief).with_context(**at_context(minutes(-5))).action_approve()

    def states(self, ticket):
        ticket.clock_ids.invalidate_recordset()
        return {clock.metric: (clock.state, clock.due_at) for clock in ticket.clock_ids}

    def test_other_hours_of_a_team_miss_nothing_before_its_time(self):
        ticket = self.ticket()
        before = self.states(ticket)
        evening = self.office("From ten", 10, 18)
        self.team.with_context(**at_context(minutes(10))).resource_calendar_id = evening
        self.env.cr.flush()
        self.assertEqual(
            self.states(ticket),
            {
                # Ten minutes counted in the hours before, the rest from ten o'clock on.
                "first_response": ("running", minutes(80)),
                "resolution": ("running", minutes(110)),
                "feedback": before["feedback"],
            },
        )
        self.assertFalse(self.breaches(ticket))
        explanation = self.clock(ticket).explanation
        self.assertIn("Counted by From ten, version 1", explanation)
        self.assertIn(
            "Until Mar 4, 2024, 9:10 AM it counted by Until five", explanation
        )

    def test_a_holiday_misses_nothing_before_its_time(self):
        ticket = self.ticket(minutes(470))
        self.env["resource.calendar.leaves"].with_context(
            **at_context(minutes(475))
        ).create(
            {
                "name": "Holiday",
                "company_id": self.env.company.id,
                "date_from": minutes(15 * 60),
                "date_to": minutes(39 * 60 - 1),
            }
        )
        self.env.cr.flush()
        found = self.states(ticket)
        self.assertEqual({state for state, _due in found.values()}, {"running"})
        self.assertEqual(found["resolution"][1], minutes(2 * 24 * 60 + 50))
        self.assertFalse(self.breaches(ticket))
        explanation = self.clock(ticket).explanation
        self.assertIn("version 2, changed Mar 4, 2024, 4:55 PM", explanation)
        self.assertIn("Holiday", explanation)

    def test_the_explanation_leads_to_the_limit_as_it_is_now(self):
        opened = 3 * 24 * 60 + 720
        clock = self.clock(self.ticket(minutes(opened)), "feedback")
        parts = clock._explain(minutes(opened + 20))
        self.assertEqual(
            [(part.stop, part.seconds) for part in parts], [(clock.due_at, 24 * 3600)]
        )
