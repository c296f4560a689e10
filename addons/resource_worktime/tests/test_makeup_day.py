from datetime import date, datetime

import pytz

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from ..engine.worktime import to_datetime, to_epoch
from .test_worktime_calendar import HOUR, WorktimeCase

#: A Sunday on which China worked for its National Day of 2024.
SUNDAY = date(2024, 9, 29)


@tagged("post_install", "-at_install")
class TestMakeupDay(WorktimeCase):
    """A calendar works on its make-up days, for promises and for the whole host."""

    def setUp(self):
        super().setUp()
        self.calendar = self._office(zone="Asia/Shanghai")

    def _makeup(self, **values):
        return self.env["resource.makeup.day"].create(
            {
                "name": "National Day",
                "date": SUNDAY,
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                **values,
            }
        )

    def _hours(self, calendar=None, company=None):
        """Return the hours worked on the Sunday (in Shanghai) for a company."""
        start, stop = datetime(2024, 9, 28, 16), datetime(2024, 9, 29, 16)
        work = (calendar or self.calendar)._worktime(
            company or self.company, start, stop
        )
        return work.between(to_epoch(start), to_epoch(stop)) / HOUR

    def test_it_has_the_hours_of_a_weekday(self):
        self.assertEqual(self._hours(), 0)
        self._makeup()
        self.assertEqual(self._hours(), 8)

    def test_it_has_lunch_as_on_a_weekday(self):
        self.calendar = self._calendar(
            {0: [(8, 12, "morning"), (12, 13, "lunch"), (13, 17, "afternoon")]}
        )
        self._makeup()
        calendar = self.calendar.with_company(self.company)
        start, stop = (
            pytz.utc.localize(datetime(2024, 9, day, 12)) for day in (28, 30)
        )
        lunch = calendar._attendance_intervals_batch(start, stop, lunch=True)
        hours = [(a.hour, b.hour, a.day) for a, b, _line in lunch[False]]
        self.assertEqual(hours, [(12, 13, 29), (12, 13, 30)])
        self.assertEqual(self._hours(), 8)

    def test_it_has_own_hours(self):
        self._makeup(hours="own", hour_from=9.5, hour_to=12)
        self._makeup(hours="own", hour_from=22, hour_to=24)
        self.assertEqual(self._hours(), 4.5)

    def test_hours_of_the_week_it_is_in(self):
        even = {0: [(9, 17, "full_day")]}
        odd = {0: [(9, 12, "full_day")]}
        self.calendar = self._calendar(even, second_week=odd)
        self._makeup()
        lines = self.env["resource.calendar.attendance"]
        expected = 8 if lines.get_week_type(SUNDAY) == 0 else 3
        self.assertEqual(self._hours(), expected)

    def test_the_host_sees_it(self):
        self._makeup()
        calendar = self.calendar.with_company(self.company)
        start, stop = datetime(2024, 9, 28), datetime(2024, 9, 30)
        self.assertEqual(calendar.get_work_hours_count(start, stop), 8)
        due = calendar.plan_hours(4, start, compute_leaves=True)
        self.assertEqual(due, datetime(2024, 9, 29, 5))
        due = calendar.plan_hours(-2, stop, compute_leaves=True)
        self.assertEqual(due, datetime(2024, 9, 29, 7))
        data = calendar.get_work_duration_data(start, stop)
        self.assertEqual(data["hours"], 8)
        self.assertTrue(calendar._works_on_date(SUNDAY))
        self.assertFalse(calendar._works_on_date(date(2024, 9, 28)))

    def test_own_hours_count_as_a_day_for_the_host(self):
        self._makeup(hours="own", hour_from=9, hour_to=13)
        data = self.calendar.with_company(self.company).get_work_duration_data(
            datetime(2024, 9, 28), datetime(2024, 9, 30)
        )
        self.assertEqual(data, {"days": 1, "hours": 4})

    def test_people_of_the_calendar_work_on_it(self):
        self._makeup()
        person = self.env["resource.resource"].create(
            {
                "name": "Ann",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "tz": "Asia/Shanghai",
            }
        )
        start, stop = (pytz.utc.localize(datetime(2024, 9, day)) for day in (28, 30))
        batch = self.calendar._work_intervals_batch(start, stop, person)
        self.assertEqual([len(batch[person.id]), len(batch[False])], [1, 0])

    def test_leave_wins(self):
        self._makeup()
        self._leave(
            self.calendar,
            datetime(2024, 9, 29, 5),
            datetime(2024, 9, 30),
            self.company,
        )
        self.assertEqual(self._hours(), 4)

    def test_it_is_for_its_company(self):
        self._makeup()
        self.assertEqual(self._hours(company=self.other), 0)
        self._makeup(company_id=self.other.id)
        self.assertEqual(self._hours(company=self.other), 8)

    def test_without_calendar_it_is_for_all_that_do_not_work(self):
        always = self._calendar({day: [(0, 24, "full_day")] for day in range(7)})
        sundays = self._calendar({6: [(9, 12, "morning")]}, zone="Asia/Shanghai")
        mondays = self._calendar({0: [(9, 12, "morning")]}, zone="Asia/Shanghai")
        self._makeup(calendar_id=False)
        hours = [self._hours(one) for one in (always, sundays, mondays, self.calendar)]
        self.assertEqual(hours, [24, 3, 3, 8])

    def test_due_time_counts_it(self):
        friday = to_epoch(datetime(2024, 9, 27, 8))  # 16 o'clock
        self._makeup()
        work = self.calendar._worktime(self.company, friday, friday)
        self.assertEqual(
            to_datetime(work.add(friday, 2 * HOUR)), datetime(2024, 9, 29, 2)
        )

    def test_a_change_is_seen_at_once(self):
        day = self._makeup()
        for values, hours in (
            ({"hours": "own", "hour_from": 9, "hour_to": 10}, 1),
            ({"date": date(2024, 10, 5)}, 0),
            (
                {"date": SUNDAY, "active": False}
                if "active" in day
                else {"date": SUNDAY},
                1,
            ),
        ):
            day.write(values)
            self.assertEqual(self._hours(), hours)
        self.env.cr.flush()
        self.env.cr.execute("DELETE FROM resource_makeup_day WHERE id = %s", [day.id])
        self.env.invalidate_all()
        self.env["resource.calendar"]._look_for_unnoticed()
        self.assertEqual(self._hours(), 0)

    def test_refused_where_it_makes_no_sense(self):
        for values in (
            {"date": date(2024, 9, 30)},  # a Monday
            {"weekday": "5"},  # nobody works on Saturdays
            {"hours": "own", "hour_from": 12, "hour_to": 12},
            {"hours": "own", "hour_from": 9, "hour_to": 25},
        ):
            with self.subTest(values), self.assertRaises(Exception) as caught:
                with self.env.cr.savepoint():
                    self._makeup(**values)
            self.assertRegex(
                type(caught.exception).__name__, "ValidationError|CheckViolation"
            )

    def test_refused_where_hours_meet(self):
        self._makeup(hours="own", hour_from=9, hour_to=12)
        self._makeup(hours="own", hour_from=12, hour_to=13)
        for values in (
            {},
            {"hours": "own", "hour_from": 11, "hour_to": 14},
            {"calendar_id": False},
            {"company_id": False},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._makeup(**values)
        self._makeup(company_id=self.other.id)

    def test_flexible_calendar_has_none(self):
        self.calendar.schedule_type = "flexible"
        with self.assertRaises(ValidationError):
            self._makeup()

    def test_only_administrators_keep_them_and_it_is_logged(self):
        admin = new_test_user(
            self.env,
            "makeup.admin",
            groups="vip_base.group_vip_admin",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        manager = new_test_user(
            self.env, "makeup.boss", groups="vip_base.group_vip_manager"
        )
        day = self._makeup()
        with self.assertRaises(AccessError):
            day.with_user(manager).name = "Mine"
        day.with_user(admin).name = "Ours"
        line = self.env["vip.audit.log"].search(
            [("model", "=", day._name), ("res_id", "=", day.id)], limit=1
        )
        self.assertEqual((line.user_id, line.action), (admin.id, "changed"))
