from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import SlaCase, minutes


@tagged("post_install", "-at_install")
class TestPromisedHours(SlaCase):
    """Working hours in which nothing can be promised are refused where they are chosen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.flexible, cls.office = cls.env["resource.calendar"].create(
            [
                {"name": "Flexible", "schedule_type": "flexible"},
                {"name": "Office", "company_id": False},
            ]
        )
        cls.empty = cls.env["resource.calendar"].create({"name": "Empty"})
        cls.empty.attendance_ids = [(5,)]
        cls.target = cls.policy.target_ids[0]

    def test_refused_on_target_team_and_company(self):
        self.target.calendar_mode = "team"
        for calendar in self.flexible, self.empty:
            with self.subTest(calendar.name):
                with self.assertRaises(ValidationError):
                    self.target.write(
                        {"calendar_mode": "given", "calendar_id": calendar.id}
                    )
                with self.assertRaises(ValidationError):
                    self.team.resource_calendar_id = calendar
                with self.assertRaises(ValidationError):
                    self.env.company.resource_calendar_id = calendar

    def test_company_without_promises_in_its_hours_may_have_any(self):
        self.env.company.resource_calendar_id = self.flexible

    def test_hours_in_which_something_is_promised_stay_fit(self):
        self.team.resource_calendar_id = self.office
        lines = self.office.attendance_ids
        for change in (
            lambda: self.office.write({"schedule_type": "flexible"}),
            lambda: self.office.write({"attendance_ids": [(5,)]}),
            lambda: self.office.write({"attendance_ids": [(6, 0, [])]}),
            lines.unlink,
            lambda: lines.write({"hour_from": 9, "hour_to": 9}),
            lambda: lines.write({"calendar_id": self.empty.id}),
            lambda: lines.write({"day_period": "lunch"}),
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                change()
            self.env.invalidate_all()
        self.team.resource_calendar_id = False
        self.office.schedule_type = "flexible"

    def test_policy_says_what_is_wrong_and_tickets_go_on(self):
        self.target.calendar_mode = "team"
        self.assertFalse(self.policy._calendar_error())
        self.team.resource_calendar_id = self.office
        # By SQL, as nobody can be stopped from doing.
        lines = self.office.attendance_ids
        self.env.cr.execute(
            SQL(
                "DELETE FROM resource_calendar_attendance WHERE id = ANY(%s)", lines.ids
            )
        )
        self.env.invalidate_all()
        self.assertIn("Office", self.policy._calendar_error())
        ticket = self.ticket()
        self.move(ticket, minutes(5), self.awaiting)
        self.move(ticket, minutes(15), self.work)
        clock = ticket.clock_ids.filtered(lambda c: c.target_id == self.target)
        self.assertEqual(clock.state, "running")
        self.assertEqual(
            (clock.due_at - minutes(0)).total_seconds() // 60,
            self.target.duration + 10,
        )
        self.due(minutes(500))
        self.assertTrue(self.breaches(ticket))
        self.assertTrue(clock._explain())
