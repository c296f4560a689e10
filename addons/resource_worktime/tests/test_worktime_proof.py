"""The working time is Odoo's: on thousands of generated calendars, in both directions.

Where the two differ, they differ by a convention declared in DESIGN and nothing else:

* Odoo ends a day at 24:00 a microsecond early, so its hours lack that much, and a
  result that should be a closing time may be the next opening (backwards: an opening
  time, the closing before). No work lies between the two.
* A leave until 23:59:59 leaves Odoo a second of work before midnight; ours has none.
* Planning no hours moves Odoo's answer to the next work; ours stays.
* Odoo gives up after 1,400 days (see test_worktime_calendar); ours goes on.
* Odoo takes the leaves of every company unless it is told which; ours those of one.
"""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import SQL

from tests.proof import proven

from ..engine.worktime import to_datetime, to_epoch
from .minute_oracle import Minutes
from .test_worktime_calendar import DAYS, HOUR, WorktimeCase

#: Examples of eight calendars each.
TOGETHER = 8
#: With and without summer time, north and south, whole, half and quarter hours.
ZONES = (
    "UTC",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Pacific/Auckland",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
)
#: Changes to and from summer time of 2017 in these zones, and an ordinary day.
CHANGES = (
    (3, 12),
    (3, 26),
    (4, 2),
    (2, 19),
    (6, 14),
    (9, 24),
    (10, 1),
    (10, 15),
    (10, 29),
    (11, 5),
)
#: Days known on both sides of the change.
BEFORE, AFTER = 75, 75
NIGHT = [(0, 6, "morning"), (22, 24, "afternoon")]
WEEKDAY = DAYS[2]

#: Weekdays draw from these; somebody works on Wednesdays.
weeks = st.fixed_dictionaries(
    {
        **{day: st.sampled_from([*DAYS, NIGHT]) for day in range(7)},
        2: st.sampled_from([WEEKDAY, NIGHT, DAYS[1], DAYS[4]]),
    }
)
minutes = st.integers(-6 * 1440, 6 * 1440)
calendars = st.fixed_dictionaries(
    {
        "zone": st.sampled_from(ZONES),
        "change": st.sampled_from(CHANGES),
        "weeks": st.lists(weeks, min_size=1, max_size=2),
        "leaves": st.lists(
            st.tuples(
                minutes,
                st.sampled_from([30, 90, 1440, 3 * 1440, 9 * 1440]),
                st.sampled_from(["ours", "theirs", "everyone"]),
            ),
            max_size=3,
        ),
        "makeup": st.lists(
            st.tuples(st.integers(-6, 6), st.sampled_from([0, 2, 4])),
            max_size=2,
            unique_by=lambda pair: pair[0],
        ),
        "start": minutes,
        "direction": st.sampled_from([1, -1]),
        "length": st.integers(1, 14 * 1440),
        "count": st.one_of(
            st.sampled_from([1, 30, 240, 480, 960]), st.integers(1, 2400)
        ),
    }
)


@tagged("post_install", "-at_install")
class TestWorktimeProof(WorktimeCase):
    @proven("calendars")
    @given(st.lists(calendars, min_size=TOGETHER, max_size=TOGETHER))
    def test_thousands_of_calendars_agree_with_odoo_and_minutes(self, specs):
        for spec, calendar in zip(specs, self._insert(specs), strict=True):
            self._check(spec, calendar.with_company(self.company))

    # Making calendars

    @staticmethod
    def _at(spec, minute):
        return datetime(2017, *spec["change"]) + timedelta(minutes=minute)

    @staticmethod
    def _date(spec, day):
        return date(2017, *spec["change"]) + timedelta(days=day)

    def _insert(self, specs):
        """Insert calendars with their lines in three statements."""
        rows = [(spec["zone"], len(spec["weeks"]) == 2) for spec in specs]
        ids = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """
                    INSERT INTO resource_calendar (
                           name, tz, two_weeks_calendar, active, schedule_type)
                    SELECT 'Generated', *, TRUE, 'fully_fixed'
                      FROM unnest(%s::varchar[], %s::bool[])
                    RETURNING id
                    """,
                    *map(list, zip(*rows, strict=True)),
                )
            )
        ]
        whose = {
            "ours": self.company.id,
            "theirs": self.other.id,
            "everyone": None,
        }
        lines, leaves, makeup = [], [], []
        for calendar_id, spec in zip(ids, specs, strict=True):
            for number, week in enumerate(spec["weeks"]):
                week_type = str(number) if len(spec["weeks"]) == 2 else None
                lines += [
                    (calendar_id, str(day), *hours, week_type)
                    for day, work in week.items()
                    for hours in work
                ]
            leaves += [
                (
                    calendar_id,
                    whose[company],
                    self._at(spec, start),
                    self._at(spec, start + length),
                )
                for start, length, company in spec["leaves"]
            ]
            makeup += [
                (calendar_id, self.company.id, self._date(spec, day), str(like))
                for day, like in spec["makeup"]
            ]
        self._fill(
            "resource_calendar_attendance",
            "calendar_id int, dayofweek varchar, hour_from float, hour_to float, "
            "day_period varchar, week_type varchar",
            lines,
            {"name": "Work"},
        )
        self._fill(
            "resource_calendar_leaves",
            "calendar_id int, company_id int, date_from timestamp, date_to timestamp",
            leaves,
            {"time_type": "leave"},
        )
        self._fill(
            "resource_makeup_day",
            "calendar_id int, company_id int, date date, weekday varchar",
            makeup,
            {"hours": "weekday", "name": "Make up"},
        )
        return self.env["resource.calendar"].browse(ids)

    def _fill(self, table, columns, rows, fixed):
        if not rows:
            return
        names, types = zip(*(c.split() for c in columns.split(", ")), strict=True)
        arrays = SQL(", ").join(
            SQL("%s::%s[]", list(column), SQL(kind))
            for kind, column in zip(types, zip(*rows, strict=True), strict=True)
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT *, %s FROM unnest(%s)",
                SQL.identifier(table),
                SQL(", ".join(names)),
                SQL(", ").join(map(SQL.identifier, fixed)),
                SQL(", ").join(SQL("%s", value) for value in fixed.values()),
                arrays,
            )
        )

    # Comparing

    def _check(self, spec, calendar):
        first, last = self._date(spec, -BEFORE), self._date(spec, AFTER)
        low = to_epoch(self._at(spec, -1440 * BEFORE))
        high = to_epoch(self._at(spec, 1440 * AFTER))
        work = calendar._schedule_now(self.company).worktime(low, high)
        oracle = Minutes(
            spec["zone"],
            spec["weeks"],
            [
                (
                    to_epoch(self._at(spec, start)) // 60,
                    to_epoch(self._at(spec, start + length)) // 60,
                )
                for start, length, company in spec["leaves"]
                if company != "theirs"
            ],
            {self._date(spec, day): like for day, like in spec["makeup"]},
            first,
            last,
        )
        self._check_between(spec, calendar, work, oracle)
        self._check_planned(spec, calendar, work, oracle)

    def _domain(self):
        return [
            ("time_type", "=", "leave"),
            ("company_id", "in", [False, self.company.id]),
        ]

    def _check_between(self, spec, calendar, work, oracle):
        start = self._at(spec, spec["start"])
        stop = start + timedelta(minutes=spec["length"])
        ours = work.between(to_epoch(start), to_epoch(stop))
        counted = oracle.between(to_epoch(start) // 60, to_epoch(stop) // 60)
        self.assertEqual(ours, counted * 60, spec)
        hours = calendar.get_work_hours_count(start, stop, domain=self._domain())
        self.assertAlmostEqual(ours, hours * HOUR, delta=0.001, msg=spec)

    def _check_planned(self, spec, calendar, work, oracle):
        start, count = self._at(spec, spec["start"]), spec["count"]
        at = to_epoch(start)
        due, begin = work.add(at, count * 60), work.subtract(at, count * 60)
        self.assertEqual(due, oracle.add(at // 60, count) * 60, spec)
        self.assertEqual(begin, oracle.subtract(at // 60, count) * 60, spec)
        theirs = calendar.plan_hours(
            spec["direction"] * count / 60,
            start,
            compute_leaves=True,
            domain=self._domain(),
        )
        theirs = (theirs - datetime(1970, 1, 1)).total_seconds()
        if spec["direction"] > 0:
            choices = due, work.add(due, 1) - 1
        else:
            choices = begin, work.subtract(begin, 1) + 1
        near = min(choices, key=lambda at: abs(at - theirs))
        self.assertAlmostEqual(near, theirs, delta=0.001, msg=spec)
        self.assertEqual(work.between(*sorted((choices[0], near))), 0, spec)


@tagged("post_install", "-at_install")
class TestWorktimeDivergences(WorktimeCase):
    """Each difference from Odoo, and that it is only that."""

    def _always(self):
        return self._calendar({day: [(0, 24, "full_day")] for day in range(7)}, "UTC")

    def _work(self, calendar, start, stop):
        return calendar._worktime(self.company, start, stop)

    def test_odoo_lacks_a_microsecond_of_each_midnight(self):
        start, stop = datetime(2024, 1, 1), datetime(2024, 1, 31)
        calendar = self._always()
        hours = calendar.get_work_hours_count(start, stop)
        self.assertAlmostEqual(hours * HOUR, 30 * 86400 - 30e-6, delta=1e-7)
        ours = self._work(calendar, start, stop)
        self.assertEqual(ours.between(to_epoch(start), to_epoch(stop)), 30 * 86400)

    def test_closing_time_stays_where_odoo_may_pass_to_the_next_opening(self):
        calendar = self._calendar(
            {day: [(0, 24, "full_day")] for day in (0, 2)}, zone="UTC"
        )
        monday = datetime(2024, 1, 1)
        theirs = calendar.plan_hours(24, monday, compute_leaves=True)
        ours = self._work(calendar, monday, monday).add(to_epoch(monday), 86400)
        self.assertEqual(to_datetime(ours), datetime(2024, 1, 2))
        self.assertEqual(theirs.date(), date(2024, 1, 3))
        work = self._work(calendar, monday, monday)
        self.assertEqual(work.between(ours, to_epoch(datetime(2024, 1, 3))), 0)

    def test_odoo_works_a_second_before_the_midnight_after_a_leave(self):
        calendar = self._always()
        for day in (3, 4, 9):
            self._leave(
                calendar,
                datetime(2024, 1, day),
                datetime(2024, 1, day, 23, 59, 59),
                self.company,
            )
        start, stop = datetime(2024, 1, 1), datetime(2024, 1, 11)
        domain = [("company_id", "=", self.company.id)]
        hours = calendar.get_work_hours_count(start, stop, domain=domain)
        ours = self._work(calendar, start, stop)
        ours = ours.between(to_epoch(start), to_epoch(stop))
        self.assertEqual(ours, 7 * 86400)
        self.assertAlmostEqual(hours * HOUR - ours, 3, delta=0.001)

    def test_planning_nothing_moves_odoo_but_not_ours(self):
        calendar = self._office(zone="UTC")
        night = datetime(2024, 1, 1, 3)
        self.assertEqual(
            calendar.plan_hours(0, night, compute_leaves=True), datetime(2024, 1, 1, 9)
        )
        work = self._work(calendar, night, night)
        self.assertEqual(work.add(to_epoch(night), 0), to_epoch(night))
        self.assertEqual(work.subtract(to_epoch(night), 0), to_epoch(night))

    def test_odoo_takes_every_companys_leaves_unless_told(self):
        calendar = self._office(zone="UTC")
        start, stop = datetime(2024, 1, 2), datetime(2024, 1, 3)
        self._leave(calendar, start, stop, self.other)
        self.assertEqual(calendar.get_work_hours_count(start, stop), 0)
        work = self._work(calendar, start, stop)
        self.assertEqual(work.between(to_epoch(start), to_epoch(stop)), 8 * HOUR)
