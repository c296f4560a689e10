from datetime import datetime, timedelta
from unittest.mock import patch

import psycopg2

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.vip_base.tools.times import at_context

from ..engine.worktime import to_epoch
from .test_worktime_calendar import HOUR, WorktimeCase

#: A Monday.
MONDAY = datetime(2026, 3, 2)
#: When what happens in these tests happens, if nothing else is said: its noon.
NOON = MONDAY + timedelta(hours=12)
DAY = timedelta(days=1)


class VersionsCase(WorktimeCase):
    """An office from nine to five, known to our company since Monday noon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **at_context(NOON)})
        cls.company = cls.company.with_env(cls.env)
        cls.calendars = cls.env["resource.calendar"]
        cls.calendar = cls._office(zone="UTC", company=cls.company)
        cls.first = cls.calendar._worktime_version(cls.company)
        cls.commit()

    @classmethod
    def commit(cls):
        """Do what the end of a transaction does; return what it tells others."""
        told = []
        with patch.object(
            type(cls.calendars),
            "_worktime_changed",
            lambda _self, changes: told.extend(changes) or [],
        ):
            cls.env.cr.flush()
        return told

    def at(self, record, moment):
        return record.with_context(**at_context(moment))

    def hours(self, start, stop, version=None, calendar=None, company=None):
        """Return the hours worked from start to stop."""
        calendar = self.calendar if calendar is None else calendar
        company = company or self.company
        work = calendar._worktime(company, start, stop, version)
        return work.between(to_epoch(start), to_epoch(stop)) / HOUR

    def day(self, number, version=None, **who):
        """Return the hours worked on a day of that week (0 is Monday)."""
        start = MONDAY + number * DAY
        return self.hours(start, start + DAY, version, **who)

    def close(self, number, **values):
        """Enter a holiday on a day of that week."""
        start = MONDAY + number * DAY
        return self._leave(
            self.calendar, start, start + DAY - timedelta(seconds=1), **values
        )

    def versions(self, calendar=None):
        return self.env["resource.worktime.version"].search(
            [("calendar_id", "=", (calendar or self.calendar).id)], order="id"
        )

    def set_hours(self, opening, closing, moment=NOON, calendar=None):
        lines = self.at((calendar or self.calendar).attendance_ids, moment)
        lines.write({"hour_from": opening, "hour_to": closing})


@tagged("post_install", "-at_install")
class TestWorktimeVersions(VersionsCase):
    def test_a_holiday_holds_for_its_date_and_the_version_of_then_does_not_know_it(
        self,
    ):
        self.assertEqual(self.day(1), 8)
        self.close(1)
        [change] = self.commit()
        self.assertEqual(self.day(1), 0)
        self.assertEqual(self.day(1, change.old), 8)
        self.assertEqual(self.day(1, change.new), 0)
        self.assertEqual((change.old, change.kind), (self.first, "dated"))

    def test_a_holiday_of_the_past_holds_for_its_date_too(self):
        self.close(-3)
        self.commit()
        self.assertEqual(self.day(-3), 0)
        self.assertEqual(self.day(-3, self.first), 8)

    def test_hours_hold_from_their_change_on(self):
        self.set_hours(10, 18)
        [change] = self.commit()
        spans = self.calendar._worktime(self.company, MONDAY, MONDAY + 2 * DAY).spans(
            to_epoch(MONDAY), to_epoch(MONDAY + 2 * DAY)
        )
        start = to_epoch(MONDAY)
        hours = [((low - start) / HOUR, (high - start) / HOUR) for low, high in spans]
        self.assertEqual(hours, [(9, 18), (34, 42)])
        self.assertEqual(self.day(0, self.first), 8)
        self.assertEqual((change.kind, change.at), ("undated", NOON))
        self.assertEqual((change.start, change.stop), (to_epoch(NOON), None))

    def test_a_holiday_before_an_old_change_of_hours_counts_by_the_hours_of_then(self):
        self.set_hours(10, 20, MONDAY + 2 * DAY)
        self.commit()
        self.assertEqual([self.day(1), self.day(2)], [8, 10])
        start = MONDAY + DAY + timedelta(hours=16)
        self._leave(self.calendar, start, start + DAY)
        [change] = self.commit()
        # Until five o'clock on Tuesday, from ten on Wednesday.
        self.assertEqual([self.day(1), self.day(2)], [7, 4])
        self.assertEqual([self.day(1, change.old), self.day(2, change.old)], [8, 10])

    def test_a_make_up_day_has_the_hours_that_its_weekday_has_then(self):
        self.set_hours(10, 20, MONDAY + 3 * DAY)
        self.commit()
        for number in (-1, 6):
            self.env["resource.makeup.day"].create(
                {"name": "Make up", "date": (MONDAY + number * DAY).date()}
                | {"company_id": self.company.id}
            )
        self.commit()
        self.assertEqual([self.day(-1), self.day(6)], [8, 10])

    def test_other_words_for_the_same_make_no_version(self):
        sunday = self.close(6)
        self.commit()
        lines = self.calendar.attendance_ids
        sunday.name = "Sunday"
        lines[0].hour_to = 12
        self.calendar.attendance_ids = [
            Command.create(
                {
                    "name": "Afternoon",
                    "dayofweek": lines[0].dayofweek,
                    "hour_from": 12,
                    "hour_to": 17,
                }
            )
        ]
        self.calendar.name = "Our office"
        self.calendar.tz = "Etc/UTC"
        self.close(1).copy().unlink()
        self.close(1).unlink()
        self.calendar.leave_ids.filtered(lambda leave: leave != sunday).unlink()
        self.assertEqual(self.commit(), [])
        self.assertEqual(self.versions().ids, [self.first])

    def test_a_change_undone_in_the_same_transaction_leaves_none(self):
        self.set_hours(10, 18)
        self.assertEqual(self.day(1), 8)
        self.close(2)
        self.assertEqual(self.day(2), 0)
        self.set_hours(9, 17)
        self.calendar.leave_ids.unlink()
        self.assertEqual(self.commit(), [])
        self.assertEqual(self.versions().ids, [self.first])

    def test_a_change_undone_in_the_same_second_leaves_no_trace(self):
        self.set_hours(10, 20)
        self.commit()
        self.set_hours(9, 17)
        self.commit()
        self.assertEqual([self.day(0), self.day(1)], [8, 8])
        first, _changed, undone = self.versions()
        self.assertTrue(undone._schedule().means(first._schedule()))

    def test_each_event_time_of_a_transaction_has_its_version(self):
        self.set_hours(9, 18, MONDAY + DAY)
        self.set_hours(9, 19, MONDAY + 2 * DAY)
        self.commit()
        self.assertEqual([self.day(0), self.day(1), self.day(2)], [8, 9, 10])
        self.assertEqual(
            self.versions().mapped("at")[1:], [MONDAY + DAY, MONDAY + 2 * DAY]
        )

    def test_what_a_transaction_changes_has_its_version_at_its_end(self):
        self.close(1)
        work = self.calendar._worktime(self.company, MONDAY, MONDAY)
        self.assertEqual(work.version, self.first)
        self.assertEqual(self.calendar._worktime_version(self.company), self.first)
        [change] = self.commit()
        self.assertEqual(self.calendar._worktime_version(self.company), change.new)

    def test_a_calendar_that_is_gone_is_still_known(self):
        self.close(1)
        [change] = self.commit()
        nobody = self.calendars
        self.calendar.unlink()
        self.assertEqual(self.commit(), [])
        self.assertEqual(self.day(1, change.old, calendar=nobody), 8)
        self.assertEqual(self.day(1, change.new, calendar=nobody), 0)

    def test_nothing_is_known_that_nobody_asked_for(self):
        calendar = self._office(zone="UTC")
        self.set_hours(9, 12, calendar=calendar)
        self.assertEqual(self.commit(), [])
        self.assertFalse(self.versions(calendar))

    def test_another_company_takes_over_the_hours_of_before(self):
        self.set_hours(10, 20, MONDAY + DAY)
        self.commit()
        theirs = [self.day(number, company=self.other) for number in (0, 1)]
        self.assertEqual(theirs, [8, 10])
        self.commit()
        self.close(1, company=self.other)
        [change] = self.commit()
        self.assertEqual(change.company, self.other)
        self.assertEqual([self.day(1), self.day(1, company=self.other)], [10, 0])

    def test_what_one_knew_on_a_day(self):
        self.close(1)
        [change] = self.commit()
        moment = MONDAY + 5 * DAY
        leave = self.at(self.calendar.leave_ids, moment)
        leave.date_to += DAY
        [later] = self.commit()
        versions = self.env["resource.worktime.version"]
        known = [
            versions._known_at(self.calendar.id, self.company, at)
            for at in (MONDAY - DAY, NOON, moment - DAY, moment)
        ]
        self.assertEqual(known, [self.first, change.new, change.new, later.new])

    def test_a_version_that_is_not_there_is_an_error(self):
        with self.assertRaises(ValueError):
            self.day(0, 2**31 - 1)

    def test_versions_are_frozen(self):
        for statement in ("UPDATE %s SET number = 9", "DELETE FROM %s"):
            with self.assertRaises(psycopg2.errors.RestrictViolation):
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    self.env.cr.execute(statement % "resource_worktime_version")

    def test_a_change_is_in_the_audit_log(self):
        manager = new_test_user(
            self.env,
            "versions.boss",
            groups="base.group_system,vip_base.group_vip_admin",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.calendar.with_user(manager).leave_ids = [
            Command.create(
                {"name": "Tomb Sweeping", "date_from": MONDAY, "date_to": NOON}
            )
        ]
        [change] = self.commit()
        version = self.env["resource.worktime.version"].browse(change.new)
        self.assertEqual(version.reason, "Tomb Sweeping")
        self.assertEqual((version.user_id, version.lost_hours), (manager, 3))
        line = self.env["vip.audit.log"].search(
            [("model", "=", version._name), ("res_id", "=", version.id)]
        )
        self.assertEqual((line.user_id, line.company_id), (manager.id, self.company))
        self.assertEqual(line.new_values["lost_hours"], 3)
        self.assertEqual(line.reason, "Tomb Sweeping")
        leave = self.env["vip.audit.log"].search(
            [("model", "=", "resource.calendar.leaves"), ("action", "=", "created")],
            order="id desc",
            limit=1,
        )
        kept, zone = leave.new_values["date_from"], "Asia/Shanghai"
        there = fields.Datetime.context_timestamp(
            leave.with_context(tz=zone), fields.Datetime.to_datetime(kept)
        )
        # Months are written in letters, and days as people of the reader's language do.
        self.assertIn(f"{there:%b} {there.day}", leave.with_context(tz=zone).new_text)
        self.assertIn(f"{there.hour % 12 or 12}:", leave.with_context(tz=zone).new_text)


@tagged("post_install", "-at_install")
class TestWorktimeDoors(VersionsCase):
    """Each way by which working time changes is noticed, and what changes nothing is not."""

    def _resource(self):
        return self.env["resource.resource"].create(
            {
                "name": "Ann",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
            }
        )

    def _moved(self, lost=8, gained=0, kind="dated"):
        """Return the only change, which is of that many hours."""
        [change] = self.commit()
        spans = {"lost": change.lost, "gained": change.gained}
        hours = {
            name: sum(stop - start for start, stop in found) / HOUR
            for name, found in spans.items()
        }
        self.assertEqual(hours, {"lost": lost, "gained": gained})
        self.assertEqual((change.kind, change.company), (kind, self.company))
        return change

    def test_leave_entered_moved_and_deleted(self):
        leave = self.close(1)
        change = self._moved()
        start = to_epoch(MONDAY + DAY)
        self.assertEqual(
            (change.start, change.stop), (start + 9 * HOUR, start + 17 * HOUR)
        )
        leave.write(
            {"date_from": MONDAY + 2 * DAY, "date_to": MONDAY + 3 * DAY - 1.0e-9 * DAY}
        )
        change = self._moved(8, 8)
        self.assertEqual(
            (change.start, change.stop),
            (start + 9 * HOUR, start + (24 + 17) * HOUR),
        )
        leave.unlink()
        self._moved(0, 8)

    def test_leave_that_becomes_training(self):
        leave = self.close(1)
        self._moved()
        leave.time_type = "other"
        self._moved(0, 8)

    def test_leave_of_a_person_makes_none_until_it_is_everybodys(self):
        leave = self.close(1, resource_id=self._resource().id)
        self.assertEqual(self.commit(), [])
        leave.date_to += DAY
        self.assertEqual(self.commit(), [])
        leave.resource_id = False
        self._moved(16)
        leave.resource_id = self._resource()
        self._moved(0, 16)

    def test_leave_of_another_company_or_calendar(self):
        leave = self.close(1, company=self.other)
        self.assertEqual(self.commit(), [])
        leave.company_id = self.company
        self._moved()
        leave.with_company(self.company).calendar_id = self._office()
        leave.company_id = self.company
        self._moved(0, 8)

    def test_holiday_of_the_company_is_one_of_all_its_calendars(self):
        second = self._office(zone="UTC")
        second._worktime_version(self.company)
        second._worktime_version(self.other)
        self.commit()
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "National Day",
                "date_from": MONDAY + DAY,
                "date_to": MONDAY + 2 * DAY,
            }
        )
        leave.company_id = self.company
        changes = self.commit()
        self.assertEqual(
            {(change.calendar, change.company) for change in changes},
            {(self.calendar, self.company), (second, self.company)},
        )

    def test_make_up_day_entered_moved_and_deleted(self):
        day = self.env["resource.makeup.day"].create(
            {
                "name": "Make up",
                "date": (MONDAY + 6 * DAY).date(),
                "company_id": self.company.id,
            }
        )
        self._moved(0, 8)
        day.write({"hours": "own", "hour_from": 9, "hour_to": 12})
        self._moved(5)
        day.date += DAY * -7
        self._moved(3, 3)
        day.unlink()
        self._moved(3)

    def test_hours_added_changed_and_deleted(self):
        line = self.env["resource.calendar.attendance"].create(
            {
                "name": "Saturday",
                "calendar_id": self.calendar.id,
                "dayofweek": "5",
                "hour_from": 9,
                "hour_to": 12,
            }
        )
        self._moved(0, 0, "undated")
        self.assertEqual(self.day(5), 3)
        line.hour_to = 13
        self._moved(0, 0, "undated")
        line.unlink()
        self._moved(0, 0, "undated")
        self.assertEqual([self.day(5), self.day(-2)], [0, 0])

    def test_hours_through_the_calendar(self):
        self.calendar.attendance_ids = [
            Command.update(line.id, {"hour_to": 18})
            for line in self.calendar.attendance_ids
        ]
        self._moved(0, 0, "undated")
        self.assertEqual([self.day(0), self.day(-3)], [9, 8])

    def test_zone(self):
        self.calendar.tz = "Asia/Shanghai"
        self._moved(0, 0, "undated")
        # Until noon by the hours of before; the new ones of that day are over.
        self.assertEqual([self.day(0), self.day(1), self.day(-3)], [3, 8, 8])

    def test_two_weeks_and_back(self):
        self.calendar.switch_calendar_type()
        self.assertEqual(self.commit(), [])  # both weeks as the one before
        self.calendar.attendance_ids.filtered(
            lambda line: line.week_type == "0" and not line.display_type
        ).write({"hour_to": 16})
        self._moved(0, 0, "undated")
        weeks = {self.day(1), self.day(8)}
        self.assertEqual(weeks, {7, 8})
        self.calendar.switch_calendar_type()
        self._moved(0, 0, "undated")
        self.assertEqual(self.day(1), self.day(8))

    def test_flexible_and_back(self):
        self.calendar.schedule_type = "flexible"
        self._moved(0, 0, "undated")
        self.assertEqual([self.day(0), self.day(1)], [3, 0])
        self.calendar.schedule_type = "fully_fixed"
        self._moved(0, 0, "undated")

    def test_hours_and_dates_at_once(self):
        self.set_hours(9, 18)
        self.close(1)
        change = self._moved(8, 0, "both")
        self.assertEqual((change.start, change.stop), (to_epoch(NOON), None))
        self.assertEqual([self.day(1), self.day(2)], [0, 9])

    def test_what_sql_changed_holds_from_when_it_is_seen(self):
        self.env.cr.execute(
            "UPDATE resource_calendar_attendance SET hour_to = 18 WHERE calendar_id = %s",
            [self.calendar.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.day(1), 8)
        self.calendars._look_for_unnoticed(MONDAY + 2 * DAY)
        self.assertEqual([self.day(1), self.day(2)], [8, 9])
        self.assertEqual(self.calendars._look_for_unnoticed(MONDAY + 3 * DAY), [])

    def test_what_is_deleted_along_is_seen_by_the_net(self):
        person = self._resource()
        leave = self.close(1, resource_id=person.id)
        self.commit()
        self.env.cr.execute(
            "UPDATE resource_calendar_leaves SET resource_id = NULL WHERE id = %s",
            [leave.id],
        )
        self.env.invalidate_all()
        with patch.object(
            type(self.calendars), "_worktime_changed", return_value=[]
        ) as hook:
            self.calendars._cron_look_for_unnoticed()
        [[changes]] = [call.args for call in hook.call_args_list]
        self.assertEqual([change.calendar for change in changes], [self.calendar])

    def test_looking_costs_two_queries_where_nothing_changed(self):
        for _number in range(5):
            self._office()._worktime_version(self.company)
        self.commit()
        with self.assertQueryCount(2):
            self.calendars._look_for_unnoticed(NOON)

    def test_saving_something_else_costs_the_working_time_nothing(self):
        leave = self.close(1, resource_id=self._resource().id)
        self.commit()
        with patch.object(
            type(self.calendars), "_worktime_fingerprints", side_effect=AssertionError
        ):
            leave.name = "Doctor"
            self.env.cr.flush()


@tagged("post_install", "-at_install")
class TestHoursInUse(VersionsCase):
    """Who relies on a calendar keeps it from losing its working time, by any door."""

    def setUp(self):
        super().setUp()
        used = patch.object(
            type(self.calendars),
            "_is_in_use",
            lambda calendar: calendar == self.calendar,
        )
        used.start()
        self.addCleanup(used.stop)

    def test_hours_deleted_one_by_one_are_kept_in_the_end(self):
        with self.assertRaises(ValidationError):
            for line in self.calendar.attendance_ids:
                line.unlink()
            self.env.cr.flush()

    def test_flexible_hours_are_refused(self):
        with self.assertRaises(ValidationError):
            self.calendar.schedule_type = "flexible"
            self.env.cr.flush()

    def test_hours_may_be_replaced(self):
        self.calendar.attendance_ids.unlink()
        self.calendar.attendance_ids = [
            Command.create({"name": "Monday", "hour_from": 9, "hour_to": 12})
        ]
        self.env.cr.flush()
        self.assertEqual(self.day(7), 3)

    def test_others_may_lose_theirs(self):
        calendar = self._office()
        calendar.attendance_ids.unlink()
        self.env.cr.flush()
        self.assertFalse(calendar._has_worktime())
