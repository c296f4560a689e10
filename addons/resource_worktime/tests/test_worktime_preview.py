from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .test_worktime_versions import DAY, MONDAY, VersionsCase


@tagged("post_install", "-at_install")
class TestWorktimePreview(VersionsCase):
    """What saving a form would move is told before, and nothing of it stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin, cls.agent = (
            new_test_user(
                cls.env,
                f"preview.{role}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for role, groups in (
                ("admin", "base.group_system,vip_base.group_vip_admin"),
                ("agent", "vip_base.group_vip_agent"),
            )
        )
        cls.commit()

    def preview(self, model, values, record=None, user=None):
        previews = self.env["resource.worktime.preview"].with_user(user or self.admin)
        previews = previews.with_context(allowed_company_ids=self.company.ids)
        return previews.preview(model, record.id if record else False, values)

    def holiday(self, number=1):
        start = MONDAY + number * DAY
        return {
            "name": "Tomb Sweeping",
            "calendar_id": self.calendar.id,
            "date_from": start,
            "date_to": start + DAY - timedelta(seconds=1),
        }

    def rows(self):
        tables = (
            "resource_calendar_leaves",
            "resource_makeup_day",
            "resource_worktime_version",
            "vip_audit_log",
            "bus_bus",
        )
        self.env.flush_all()
        return [
            self.env.execute_query(
                SQL("SELECT count(*) FROM %s", SQL.identifier(table))
            )
            for table in tables
        ]

    def assert_nothing_stays(self, before):
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.day(1), 8)
        self.assertEqual(self.commit(), [])
        self.assertEqual(self.rows(), before)

    def test_a_holiday_tells_the_hours_it_takes(self):
        before = self.rows()
        answer = self.preview("resource.calendar.leaves", self.holiday())
        self.assertFalse(answer["problem"])
        [line] = answer["lines"]
        self.assertIn("Generated", line)
        self.assertIn("8 hours fewer, Mar 3, 2026", line)
        self.assert_nothing_stays(before)

    def test_a_holiday_that_is_taken_back_tells_the_hours_it_gives(self):
        leave = self.env["resource.calendar.leaves"].create(self.holiday())
        self.commit()
        before = self.rows()
        answer = self.preview("resource.calendar.leaves", False, leave)
        self.assertFalse(answer["problem"])
        [line] = answer["lines"]
        self.assertIn("8 hours more, Mar 3, 2026", line)
        self.assertTrue(leave.exists())
        self.assertEqual(self.rows(), before)
        with self.assertRaises(AccessError):
            self.preview("resource.calendar.leaves", False)

    def test_a_holiday_on_a_day_off_moves_nothing(self):
        answer = self.preview("resource.calendar.leaves", self.holiday(6))
        self.assertEqual(answer, {"lines": [], "effects": [], "problem": False})

    def test_hours_tell_the_week_before_and_after(self):
        before = self.rows()
        lines = self.calendar.attendance_ids
        values = {
            "attendance_ids": [[1, line.id, {"hour_to": 18}] for line in lines[:2]],
        }
        answer = self.preview("resource.calendar", values, self.calendar)
        [line] = answer["lines"]
        self.assertIn("42 instead of 40 hours a week", line)
        self.assertEqual(lines.mapped("hour_to"), [17] * 5)
        self.assert_nothing_stays(before)

    def test_a_make_up_day(self):
        before = self.rows()
        answer = self.preview(
            "resource.makeup.day",
            {
                "name": "Make up",
                "date": (MONDAY + 6 * DAY).date(),
                "company_id": self.company.id,
                "hours": "weekday",
                "weekday": "0",
            },
        )
        self.assertIn("8 hours more", answer["lines"][0])
        self.assert_nothing_stays(before)

    def test_a_load_of_holidays(self):
        load = self.env["resource.holiday.load"].with_user(self.admin)
        load = load.with_company(self.company).create(
            {
                "country_id": self.env.ref("base.cn").id,
                "year_from": 2026,
                "year_to": 2026,
                "calendar_id": self.calendar.id,
            }
        )
        if load.problem:
            self.skipTest(load.problem)
        before = self.rows()
        answer = self.preview("resource.holiday.load", {}, load)
        self.assertRegex(answer["lines"][0], "hours more and .* fewer, .* days from")
        self.assert_nothing_stays(before)

    def test_a_calendar_that_nobody_has_asked_yet_is_told_of(self):
        calendar = self._office(zone="UTC", company=self.company)
        self.commit()
        values = {**self.holiday(), "calendar_id": calendar.id}
        answer = self.preview("resource.calendar.leaves", values)
        self.assertEqual(len(answer["lines"]), 1)
        self.assertFalse(self.versions(calendar))

    def test_what_cannot_be_saved_is_told(self):
        before = self.rows()
        upside_down = {**self.holiday(), "date_to": MONDAY - DAY}
        for user, values in (
            (self.admin, upside_down),
            (self.agent, self.holiday()),
        ):
            answer = self.preview("resource.calendar.leaves", values, user=user)
            self.assertTrue(answer["problem"])
            self.assertEqual(answer["lines"], [])
        self.assert_nothing_stays(before)

    def test_hours_that_others_rely_on_cannot_be_taken(self):
        values = {"attendance_ids": [[5, 0, 0]]}
        used = patch.object(type(self.calendars), "_is_in_use", return_value=True)
        with used:
            answer = self.preview("resource.calendar", values, self.calendar)
        self.assertIn("in use", answer["problem"])

    def test_others_add_what_it_does_while_it_is_in_force(self):
        seen = []

        def effects(calendars, changes, record):
            seen.append((self.day(1), [change.kind for change in changes]))
            return [{"text": "3 limits move"}]

        hook = patch.object(type(self.calendars), "_preview_worktime_change", effects)
        with hook:
            answer = self.preview("resource.calendar.leaves", self.holiday())
        self.assertEqual(answer["effects"], [{"text": "3 limits move"}])
        self.assertEqual(seen, [(0, ["dated"])])

    def test_nothing_else_is_previewed(self):
        for model in ("res.users", "no.such.model"):
            with self.assertRaises(AccessError):
                self.preview(model, {"name": "Mine"})


@tagged("post_install", "-at_install")
class TestWorktimeNotice(VersionsCase):
    """Who has saved is told once what has moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM bus_bus")

    def notices(self):
        self.env.cr.precommit.run()
        self.env.cr.execute(
            "SELECT message FROM bus_bus WHERE message LIKE %s",
            ["%resource_worktime_changed%"],
        )
        return [row[0] for row in self.env.cr.fetchall()]

    def test_one_notice_with_hours_effects_and_a_link(self):
        admin = new_test_user(
            self.env,
            "notice.admin",
            groups="base.group_system,vip_base.group_vip_admin",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.env.cr.flush()
        effects = [{"text": "3 limits moved"}]
        start = MONDAY + DAY
        hook = patch.object(
            type(self.calendars), "_worktime_changed", return_value=effects
        )
        with hook:
            self.env["resource.calendar.leaves"].with_user(admin).create(
                [
                    {
                        "name": "Tomb Sweeping",
                        "calendar_id": self.calendar.id,
                        "date_from": start + number * DAY,
                        "date_to": start + number * DAY + timedelta(hours=12),
                    }
                    for number in range(2)
                ]
            )
            [notice] = self.notices()
        self.assertIn("6 hours fewer, 2 days from Mar 3, 2026 to Mar 4, 2026", notice)
        self.assertIn("3 limits moved", notice)
        self.assertIn("Versions of working time", notice)

    def test_jobs_are_told_nothing(self):
        self.close(1)
        self.assertEqual(self.notices(), [])
