from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..engine import public_holidays
from ..engine.worktime import to_epoch
from .test_worktime_calendar import HOUR, WorktimeCase

#: General Office of the State Council, notices for 2024 and 2025 (国办发明电〔2023〕7号,
#: 〔2024〕12号): the days off, as month and day, and the weekends worked instead.
CLOSED = {
    2024: {
        1: [1],
        2: [10, 11, 12, 13, 14, 15, 16, 17],
        4: [4, 5, 6],
        5: [1, 2, 3, 4, 5],
        6: [10],
        9: [15, 16, 17],
        10: [1, 2, 3, 4, 5, 6, 7],
    },
    2025: {
        1: [1, 28, 29, 30, 31],
        2: [1, 2, 3, 4],
        4: [4, 5, 6],
        5: [1, 2, 3, 4, 5, 31],
        6: [1, 2],
        10: [1, 2, 3, 4, 5, 6, 7, 8],
    },
}
WORKED = {
    2024: [(2, 4), (2, 18), (4, 7), (4, 28), (5, 11), (9, 14), (9, 29), (10, 12)],
    2025: [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)],
}


@tagged("post_install", "-at_install")
class TestHolidayLoad(WorktimeCase):
    """A year's public holidays and make-up days, loaded by country."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._office(zone="Asia/Shanghai", company=cls.company)
        cls.company.resource_calendar_id = cls.calendar
        cls.china = cls.env.ref("base.cn")
        cls.admin = new_test_user(
            cls.env,
            "holiday.admin",
            groups="vip_base.group_vip_admin",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def _load(self, **values):
        return (
            self.env["resource.holiday.load"]
            .with_user(self.admin)
            .create(
                {
                    "country_id": self.china.id,
                    "year_from": 2024,
                    "year_to": 2025,
                    "company_id": self.company.id,
                    **values,
                }
            )
        )

    def _dates_worked(self, year):
        start, stop = datetime(year - 1, 12, 31, 16), datetime(year, 12, 31, 16)
        work = self.calendar._worktime(self.company, start, stop)
        spans = work.spans(to_epoch(start), to_epoch(stop))
        self.assertEqual({high - low for low, high in spans}, {8 * HOUR})
        return {date.fromtimestamp(low + 8 * HOUR) for low, _high in spans}

    def test_two_years_of_china_as_published(self):
        self._load().action_load()
        for year in (2024, 2025):
            closed = {date(year, m, d) for m in CLOSED[year] for d in CLOSED[year][m]}
            makeup = {date(year, *day) for day in WORKED[year]}
            first = date(year, 1, 1).toordinal()
            for number in range(first, date(year + 1, 1, 1).toordinal()):
                day = date.fromordinal(number)
                works = (day.weekday() < 5 and day not in closed) or day in makeup
                self.assertEqual(day in self._dates_worked(year), works, day)

    def test_twice_changes_nothing(self):
        self._load().action_load()
        leaves = self.env["resource.calendar.leaves"].search_count([])
        days = self.env["resource.makeup.day"].search_count([])
        again = self._load()
        self.assertTrue(all(again.line_ids.mapped("known")))
        with self.assertRaises(UserError):
            again.action_load()
        again.line_ids.wanted = True
        with self.assertRaises(UserError):
            again.action_load()
        self.assertEqual(self.env["resource.calendar.leaves"].search_count([]), leaves)
        self.assertEqual(self.env["resource.makeup.day"].search_count([]), days)

    def test_what_is_left_out_is_not_loaded(self):
        load = self._load(year_to=2024)
        new_year = load.line_ids.filtered(lambda line: line.date == date(2024, 1, 1))
        new_year.wanted = False
        load.action_load()
        self.assertIn(date(2024, 1, 1), self._dates_worked(2024))

    def test_holidays_are_the_companys_and_logged(self):
        self._load(year_to=2024).action_load()
        leaves = self.env["resource.calendar.leaves"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(leaves[0].date_from, datetime(2023, 12, 31, 16))
        self.assertEqual(leaves[0].date_to, datetime(2024, 1, 1, 15, 59, 59))
        self.assertFalse(leaves.calendar_id)
        lines = self.env["vip.audit.log"].search(
            [("model", "=", leaves._name), ("res_id", "in", leaves.ids)]
        )
        self.assertEqual(len(lines), len(leaves))
        self.assertEqual(lines[0].user_id, self.admin.id)

    def test_names_are_in_the_readers_language(self):
        days = [
            public_holidays.days_of("CN", None, [2024], lang)[0].name
            for lang in ("zh_CN", "en_US", "fr_FR")
        ]
        self.assertEqual(days, ["元旦", "New Year's Day", "New Year's Day"])
        self.env["res.lang"]._activate_lang("zh_CN")
        self.admin.lang = "zh_CN"
        load = self._load(year_to=2024).with_context(lang="zh_CN")
        load.year_to = 2025
        self.assertEqual(load.line_ids[0].name, "元旦")

    def test_preview_follows_the_choice(self):
        with Form(self.env["resource.holiday.load"].with_user(self.admin)) as form:
            form.country_id = self.env.ref("base.de")
            form.year_from = form.year_to = 2024
            dates = [form.line_ids.edit(i).date for i in range(len(form.line_ids))]
            self.assertIn(date(2024, 10, 3), [fields_date(d) for d in dates])
            self.assertNotIn(date(2024, 1, 6), [fields_date(d) for d in dates])
            form.state_id = self.env.ref("base.state_de_by")
            dates = [form.line_ids.edit(i).date for i in range(len(form.line_ids))]
            self.assertIn(date(2024, 1, 6), [fields_date(d) for d in dates])

    def test_unknown_places_and_slips_are_told(self):
        nowhere = self.env["res.country"].create({"name": "Nowhere", "code": "XX"})
        load = self._load(country_id=nowhere.id)
        with self.assertRaises(UserError):
            load.action_load()
        load = self._load(year_from=2025, year_to=2024)
        self.assertTrue(load.problem)
        self.assertFalse(load.line_ids)

    def test_without_the_library_it_says_what_to_install(self):
        with patch.object(public_holidays, "holidays", None):
            load = self._load()
            self.assertIn("pip install holidays", load.problem)
            with self.assertRaises(UserError):
                load.action_load()

    def test_days_worked_anyway_need_no_makeup_day(self):
        always = self._calendar(
            {day: [(0, 24, "full_day")] for day in range(7)}, company=self.company
        )
        action = self._load(calendar_id=always.id, year_to=2024).action_load()
        self.assertFalse(self.env["resource.makeup.day"].search([]))
        self.assertIn("Worked on anyway", action["params"]["message"])

    def test_only_administrators_load(self):
        boss = new_test_user(
            self.env, "holiday.boss", groups="vip_base.group_vip_manager"
        )
        with self.assertRaises(AccessError):
            self.env["resource.holiday.load"].with_user(boss).create({})


def fields_date(value):
    return date.fromisoformat(value) if isinstance(value, str) else value
