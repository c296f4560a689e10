from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import TransactionCase, tagged

from odoo.addons.vip_base.tools.times import at_context

from tests import proof

from ..engine.worktime import (
    ALWAYS,
    NoWorkingTime,
    to_datetime,
    to_epoch,
)
from ..models.resource_calendar import KNOWN_WORKTIMES

HOUR = 3600
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "UTC",
)
#: (from, to, period) in hours; what a day of a generated calendar is made of.
DAYS = (
    [],
    [(9, 17, "full_day")],
    [(8, 12, "morning"), (12, 13, "lunch"), (13, 17, "afternoon")],
    [(8.5, 12.25, "morning"), (13.75, 18.5, "afternoon")],
    [(0, 24, "full_day")],
    [(0, 6, "morning"), (22, 24, "afternoon")],
    [(1, 3.5, "morning"), (3.5, 5, "afternoon")],
)


class WorktimeCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Ours"})
        cls.other = cls.env["res.company"].create({"name": "Theirs"})

    @classmethod
    def _calendar(cls, week, zone="Europe/Berlin", second_week=None, company=None):
        """Create a calendar from {weekday: [(from, to, period)]}."""
        weeks = [("0", week), ("1", second_week)] if second_week else [(False, week)]
        return cls.env["resource.calendar"].create(
            {
                "name": "Generated",
                "tz": zone,
                "company_id": company.id if company else False,
                "two_weeks_calendar": bool(second_week),
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(weekday),
                            "hour_from": hour_from,
                            "hour_to": hour_to,
                            "day_period": period,
                            "week_type": week_type,
                        }
                    )
                    for week_type, days in weeks
                    for weekday, hours in days.items()
                    for hour_from, hour_to, period in hours
                ],
            }
        )

    @classmethod
    def _office(cls, **kwargs):
        return cls._calendar({day: [(9, 17, "full_day")] for day in range(5)}, **kwargs)

    def _leave(self, calendar, start, stop, company=None, **values):
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": calendar.id,
                "date_from": start,
                "date_to": stop,
                **values,
            }
        )
        if company is not None:
            leave.company_id = company
        return leave

    def _days(self, calendar, start, stop, company=None):
        """Return the spans of work as naive UTC datetimes."""
        work = calendar._worktime(company or self.company, start, stop)
        return [
            (to_datetime(low), to_datetime(high))
            for low, high in work.spans(to_epoch(start), to_epoch(stop))
        ]


@tagged("post_install", "-at_install")
class TestWorktimeAgainstOdoo(WorktimeCase):
    """What Odoo computes for generated calendars is what our value object answers."""

    def test_generated_calendars_agree_with_odoo(self):
        dice = proof.dice()
        # The full way through the cache; many more calendars: test_worktime_proof.
        for number in range(proof.examples("cached")):
            calendar = self._generate(dice, dice.choice(ZONES))
            for _question in range(2):
                with self.subTest(number=number, zone=calendar.tz):
                    self._compare(calendar, dice)

    def _generate(self, dice, zone):
        def week():
            days = {day: dice.choice(DAYS) for day in range(7)}
            days[dice.randrange(7)] = DAYS[2]  # somebody works some day
            return days

        calendar = self._calendar(
            week(), zone=zone, second_week=dice.choice([None, week()])
        )
        for _leave in range(dice.randint(0, 4)):
            start = self._instant(dice)
            length = timedelta(seconds=dice.choice([5400, 86400, 86400 * 9, 7261]))
            whose = dice.choice([self.company, self.other, self.company.browse()])
            self._leave(calendar, start, start + length, company=whose)
        return calendar

    @staticmethod
    def _instant(dice):
        """A whole minute of 2017, often close to a change to or from summer time."""
        change = dice.choice(
            [(3, 12), (3, 26), (4, 2), (9, 24), (10, 15), (10, 29), (11, 5)]
        )
        day = dice.choice(
            [datetime(2017, *change), datetime(2017, dice.randint(1, 12), 1)]
        )
        return day + timedelta(minutes=dice.randrange(-3 * 1440, 3 * 1440))

    def _compare(self, calendar, dice):
        domain = [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, self.company.id]),
        ]
        start = self._instant(dice)
        stop = start + timedelta(minutes=dice.randrange(1, 30 * 1440))
        work = calendar._worktime(self.company, start, stop)
        low, high = to_epoch(start), to_epoch(stop)
        hours = calendar.get_work_hours_count(start, stop, domain=domain)
        # Odoo lacks a microsecond in each day that ends at 24:00, nothing else.
        self.assertAlmostEqual(work.between(low, high), hours * HOUR, delta=0.001)
        seconds = dice.choice([60, 1800, 4 * HOUR, 8 * HOUR, dice.randrange(1, 10**6)])
        due = calendar.plan_hours(
            seconds / HOUR, start, compute_leaves=True, domain=domain
        )
        ours = work.add(low, seconds)
        self._assert_same(work, ours, due, work.add(ours, 1) - 1)
        begin = calendar.plan_hours(
            -seconds / HOUR, start, compute_leaves=True, domain=domain
        )
        ours = work.subtract(low, seconds)
        self._assert_same(work, ours, begin, work.subtract(ours, 1) + 1)

    def _assert_same(self, work, ours, theirs, beyond):
        """Odoo's hours are floats and lack microseconds of midnight: where it should
        meet a closing (or opening) time it may find the next opening (closing) time."""
        theirs = (theirs - datetime(1970, 1, 1)).total_seconds()
        near = min((ours, beyond), key=lambda at: abs(at - theirs))
        self.assertAlmostEqual(near, theirs, delta=0.001)
        self.assertEqual(work.between(*sorted((ours, near))), 0)


@tagged("post_install", "-at_install")
class TestWorktimeCalendar(WorktimeCase):
    def test_without_calendar_every_second_counts(self):
        calendar = self.env["resource.calendar"]
        now = datetime(2024, 1, 1)
        self.assertIs(calendar._worktime(self.company, now, now), ALWAYS)

    def test_day_until_midnight_has_no_gap(self):
        calendar = self._calendar({day: [(0, 24, "full_day")] for day in range(7)})
        start, stop = datetime(2024, 1, 1), datetime(2024, 3, 1)
        self.assertEqual(self._days(calendar, start, stop), [(start, stop)])

    def test_holiday_until_the_last_second_leaves_no_sliver(self):
        calendar = self._calendar(
            {day: [(0, 24, "full_day")] for day in range(7)}, zone="UTC"
        )
        for day in (10, 11):
            self._leave(
                calendar,
                datetime(2024, 1, day),
                datetime(2024, 1, day, 23, 59, 59),
                company=self.company,
            )
        self.assertEqual(
            self._days(calendar, datetime(2024, 1, 9), datetime(2024, 1, 13)),
            [
                (datetime(2024, 1, 9), datetime(2024, 1, 10)),
                (datetime(2024, 1, 12), datetime(2024, 1, 13)),
            ],
        )

    def test_only_the_own_companys_leaves_count(self):
        calendar = self._office(zone="UTC")
        for day, whose in ((2, self.company), (3, self.other), (4, False)):
            self._leave(
                calendar,
                datetime(2024, 1, day),
                datetime(2024, 1, day + 1),
                company=whose or self.company.browse(),
            )
        start, stop = datetime(2024, 1, 2), datetime(2024, 1, 5)
        for company, days in ((self.company, [3]), (self.other, [2])):
            worked = [
                low.day for low, _high in self._days(calendar, start, stop, company)
            ]
            self.assertEqual(worked, days)

    def test_leave_of_a_person_is_not_a_leave_of_the_calendar(self):
        calendar = self._office(zone="UTC")
        person = self.env["resource.resource"].create(
            {"name": "Ann", "calendar_id": calendar.id, "company_id": self.company.id}
        )
        start, stop = datetime(2024, 1, 2), datetime(2024, 1, 3)
        self._leave(calendar, start, stop, self.company, resource_id=person.id)
        self.assertEqual(len(self._days(calendar, start, stop)), 1)

    def test_training_is_work(self):
        calendar = self._office(zone="UTC")
        start, stop = datetime(2024, 1, 2), datetime(2024, 1, 3)
        self._leave(calendar, start, stop, self.company, time_type="other")
        self.assertEqual(len(self._days(calendar, start, stop)), 1)

    def test_answer_does_not_depend_on_who_asks(self):
        calendar = self._office(zone="UTC", company=self.company)
        start, stop = datetime(2024, 1, 2), datetime(2024, 1, 4)
        self._leave(calendar, start, datetime(2024, 1, 3), self.company)
        portal = self.env["res.users"].create(
            {
                "name": "Client",
                "login": "worktime_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        stranger = calendar.with_user(portal).with_context(
            employee_timezone=self.env["resource.calendar"], tz="Asia/Tokyo"
        )
        KNOWN_WORKTIMES.clear()
        asked = stranger._worktime(self.company.with_user(portal), start, stop)
        KNOWN_WORKTIMES.clear()
        own = calendar._worktime(self.company, start, stop)
        self.assertEqual(asked.intervals, own.intervals)
        self.assertEqual(asked.between(to_epoch(start), to_epoch(stop)), 8 * HOUR)

    def test_horizon_grows_where_odoo_gives_up(self):
        calendar = self._office(zone="UTC")
        start = datetime(2024, 1, 1)
        hours = 8 * 5 * 52 * 6  # six years of work, more than 1,400 days
        self.assertFalse(calendar.plan_hours(hours, start, compute_leaves=True))
        work = calendar._worktime(self.company, start, start)
        due = work.add(to_epoch(start), hours * HOUR)
        self.assertEqual(to_datetime(due), datetime(2029, 12, 21, 17))
        self.assertEqual(work.between(to_epoch(start), due), hours * HOUR)
        self.assertEqual(work.subtract(due, hours * HOUR), to_epoch(start) + 9 * HOUR)

    def test_grown_horizon_has_no_seam(self):
        calendar = self._calendar({day: [(0, 24, "full_day")] for day in range(7)})
        KNOWN_WORKTIMES.clear()
        calendar._worktime(self.company, datetime(2024, 1, 1), datetime(2024, 1, 1))
        work = calendar._worktime(
            self.company, datetime(2019, 1, 1), datetime(2030, 1, 1)
        )
        self.assertEqual(len(work.intervals), 1)
        self.assertTrue(
            work.covers(to_epoch(datetime(2018, 6, 1)), to_epoch(datetime(2031, 6, 1)))
        )

    def test_years_of_leave_are_passed(self):
        calendar = self._office(zone="UTC")
        start = datetime(2024, 1, 1)
        self._leave(calendar, start, datetime(2034, 1, 1), self.company)
        work = calendar._worktime(self.company, start, start)
        due = to_datetime(work.add(to_epoch(start), HOUR))
        self.assertEqual(due, datetime(2034, 1, 2, 10))

    def test_endless_leave_ends_in_no_working_time(self):
        calendar = self._office(zone="UTC")
        self._leave(calendar, datetime(2000, 1, 1), datetime(2900, 1, 1), self.company)
        start = datetime(2024, 1, 1)
        with self.assertRaises(NoWorkingTime):
            calendar._worktime(self.company, start, start).add(to_epoch(start), 60)

    def test_calendar_without_working_time_says_so(self):
        calendar = self._calendar({0: [(12, 13, "lunch")]})
        self.assertFalse(calendar._has_worktime())
        start = datetime(2024, 1, 1)
        with self.assertRaises(NoWorkingTime):
            calendar._worktime(self.company, start, start).add(to_epoch(start), 60)

    def test_flexible_calendar_has_no_working_time_of_its_own(self):
        calendar = self._office()
        self.assertTrue(calendar._has_worktime())
        calendar.schedule_type = "flexible"
        self.assertFalse(calendar._has_worktime())
        start = datetime(2024, 1, 1)
        with self.assertRaises(NoWorkingTime):
            calendar._worktime(self.company, start, start).add(to_epoch(start), 60)


@tagged("post_install", "-at_install")
class TestWorktimeCache(WorktimeCase):
    """A change is seen at once, an unchanged calendar is read once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.start, cls.stop = datetime(2024, 1, 1), datetime(2024, 1, 8)
        # Hours hold from their change on: it is made before.
        cls.env = cls.env(context=at_context(datetime(2023, 12, 1)))
        cls.company, cls.other = cls.company.with_env(cls.env), cls.other

    def _worked(self, calendar):
        work = calendar._worktime(self.company, self.start, self.stop)
        return work.between(to_epoch(self.start), to_epoch(self.stop)) // HOUR

    def _commit(self):
        """Do what the end of a transaction does, and begin another one."""
        self.env.cr.flush()

    def test_warm_calendar_costs_no_query(self):
        calendar = self._office()
        self._worked(calendar)
        self._commit()
        self._worked(calendar)
        with self.assertQueryCount(0):
            self._worked(calendar)

    def test_next_transaction_costs_one_query(self):
        calendar = self._office()
        self._worked(calendar)
        self._commit()
        with self.assertQueryCount(1):
            self._worked(calendar)
            self._worked(calendar)

    def test_version_of_then_costs_one_query(self):
        calendar = self._office()
        version = calendar._worktime_version(self.company)
        self._worked(calendar)
        self._commit()
        with self.assertQueryCount(1):
            for _question in range(2):
                calendar._worktime(self.company, self.start, self.stop, version)

    def test_changes_of_the_same_transaction_are_seen(self):
        calendar = self._office()
        self._commit()
        self.assertEqual(self._worked(calendar), 40)
        leave = self._leave(
            calendar, datetime(2024, 1, 2), datetime(2024, 1, 3), self.company
        )
        self.assertEqual(self._worked(calendar), 32)
        leave.date_to = datetime(2024, 1, 4)
        self.assertEqual(self._worked(calendar), 24)
        leave.unlink()
        self.assertEqual(self._worked(calendar), 40)
        calendar.attendance_ids[0].unlink()
        self.assertEqual(self._worked(calendar), 32)
        calendar.attendance_ids[0].hour_to = 18
        self.assertEqual(self._worked(calendar), 33)
        calendar.tz = "Asia/Shanghai"
        days = self._days(calendar, self.start, self.stop)
        self.assertEqual(days[0][0].hour, 1)

    def test_changes_of_other_transactions_are_seen(self):
        """Another process is played by SQL: nothing of ours is told of the change."""
        calendar = self._office()
        self._leave(calendar, datetime(2024, 1, 2), datetime(2024, 1, 3), self.company)
        self._leave(calendar, datetime(2024, 1, 3), datetime(2024, 1, 4), self.company)
        self.assertEqual(self._worked(calendar), 24)
        for statement, hours in (
            (
                "UPDATE resource_calendar_leaves SET date_to = date_from "
                "WHERE calendar_id = %s AND date_from = '2024-01-02'",
                32,
            ),
            ("DELETE FROM resource_calendar_leaves WHERE calendar_id = %s", 40),
            (
                "UPDATE resource_calendar_attendance SET hour_to = 16 "
                "WHERE calendar_id = %s",
                35,
            ),
            (
                "DELETE FROM resource_calendar_attendance "
                "WHERE calendar_id = %s AND dayofweek = '4'",
                28,
            ),
        ):
            self._commit()
            known = self._worked(calendar)
            self.env.cr.execute(statement, [calendar.id])
            self.env.invalidate_all()
            self.assertEqual(self._worked(calendar), known)
            [change] = self.env["resource.calendar"]._look_for_unnoticed()
            self.assertEqual(
                (change.calendar, change.company), (calendar, self.company)
            )
            self.assertEqual(self._worked(calendar), hours)

    def test_undone_change_is_undone(self):
        calendar = self._office()
        self._commit()
        self.assertEqual(self._worked(calendar), 40)
        try:
            with self.env.cr.savepoint():
                calendar.attendance_ids[0].unlink()
                self.assertEqual(self._worked(calendar), 32)
                raise ZeroDivisionError
        except ZeroDivisionError:
            self.assertEqual(self._worked(calendar), 40)

    def test_holiday_of_another_company_leaves_the_cache_alone(self):
        calendar = self._office()

        def fingerprint(company):
            key = calendar.id, company.id
            return calendar._worktime_fingerprints([key])[key]

        before = fingerprint(self.company)
        self._leave(calendar, self.start, self.stop, self.other)
        self.assertEqual(fingerprint(self.company), before)
        self.assertNotEqual(fingerprint(self.other), before)

    def test_cache_is_bounded(self):
        calendar = self._office()
        for day in range(KNOWN_WORKTIMES.count + 5):
            start = datetime(2024, 1, 1) + timedelta(days=day)
            self._leave(calendar, start, start + timedelta(hours=12), self.company)
            self._worked(calendar)
        self.assertEqual(len(KNOWN_WORKTIMES), KNOWN_WORKTIMES.count)
