"""Random lives of calendars, lived through Odoo and by SQL, beside counted minutes."""

from datetime import datetime, timedelta

from odoo import Command
from odoo.tests import tagged

from odoo.addons.vip_base.tools.times import at_context

from tests import proof

from ..engine.worktime import to_epoch
from .minute_oracle import Minutes, difference
from .test_worktime_calendar import DAYS, ZONES, WorktimeCase

#: Changes to and from summer time, and an ordinary day.
MIDDLES = [(3, 12), (3, 26), (2, 19), (6, 14), (10, 15), (10, 29)]
#: Days lived and counted on both sides of the middle.
AROUND = 15
EVENTS = 7


class Life:
    """What is said of one calendar so far, for the oracle; instants are epoch minutes."""

    def __init__(self, middle, zone, weeks):
        self.middle = middle
        self.said = [(None, zone, weeks)]
        self.leaves, self.makeup = {}, {}

    def so_far(self):
        other = Life(self.middle, *self.said[0][1:])
        other.said = list(self.said)
        other.leaves, other.makeup = dict(self.leaves), dict(self.makeup)
        return other

    def worked(self):
        """Return the worked minutes, each piece by the hours that held then."""
        first = self.middle.date() - timedelta(days=AROUND)
        last = self.middle.date() + timedelta(days=AROUND)
        makeup = {date: weekday for date, weekday in self.makeup.values()}
        result = []
        for number, (since, zone, weeks) in enumerate(self.said):
            later = self.said[number + 1 :]
            until = later[0][0] if later else None
            leaves = list(self.leaves.values())
            result += [
                minute
                for minute in Minutes(zone, weeks, leaves, makeup, first, last).worked
                if (since is None or minute >= since)
                and (until is None or minute < until)
            ]
        # The ends differ by zone: only what all of them count.
        low, high = (
            to_epoch(self.middle + timedelta(days=days)) // 60
            for days in (1 - AROUND, AROUND - 1)
        )
        return [minute for minute in result if low <= minute < high]


@tagged("post_install", "-at_install")
class TestWorktimeLives(WorktimeCase):
    def test_every_version_of_random_lives_is_what_its_minutes_were(self):
        dice = proof.dice()
        for number in range(proof.examples("changes")):
            with self.subTest(number):
                self._live(dice)

    def _live(self, dice):
        middle = datetime(2017, *dice.choice(MIDDLES))
        zone = dice.choice(ZONES)
        weeks = [self._week(dice)]
        self.calendar = self._calendar(weeks[0], zone=zone, company=self.company)
        self.life = Life(middle, zone, weeks)
        known = {self.calendar._worktime_version(self.company): self.life.so_far()}
        self.env.cr.flush()
        moments = sorted(
            dice.randrange((2 - AROUND) * 1440, (AROUND - 2) * 1440)
            for _event in range(EVENTS)
        )
        for minute in moments:
            at = middle + timedelta(minutes=minute)
            calendar = self.calendar.with_context(**at_context(at))
            for _change in range(dice.choice([1, 1, 2])):
                self._event(dice, calendar, at)
            self._compare(self.life)
            calendar.env.cr.flush()
            known[calendar._worktime_version(self.company)] = self.life.so_far()
        for version, then in known.items():
            self._compare(then, version)

    def _compare(self, life, version=None):
        low, high = (
            to_epoch(life.middle + timedelta(days=days))
            for days in (1 - AROUND, AROUND - 1)
        )
        work = self.calendar._worktime(self.company, low, high, version)
        minutes = [
            minute
            for start, stop in work.spans(low, high)
            for minute in range(start // 60, stop // 60)
        ]
        self.assertEqual(difference(minutes, life.worked()), ([], []))

    # What happens

    def _event(self, dice, calendar, at):
        event = dice.choice(
            [self._hours, self._zone, self._leave_in, self._leave_out, self._makeup_in]
            + [self._leave_in, self._leave_moved, self._makeup_out, self._by_sql]
        )
        event(dice, calendar, at)

    @staticmethod
    def _week(dice):
        days = {day: dice.choice(DAYS) for day in range(7)}
        return {**days, dice.randrange(7): DAYS[2]}  # somebody works some day

    def _hours(self, dice, calendar, at):
        weeks = [self._week(dice) for _week in range(dice.choice([1, 2]))]
        calendar.write(
            {
                "two_weeks_calendar": len(weeks) == 2,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Work",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": stop,
                                "day_period": period,
                                "week_type": str(number) if len(weeks) == 2 else False,
                            }
                        )
                        for number, week in enumerate(weeks)
                        for day, hours in week.items()
                        for start, stop, period in hours
                    ),
                ],
            }
        )
        self._say(at, self.life.said[-1][1], weeks)

    def _zone(self, dice, calendar, at):
        calendar.tz = dice.choice(ZONES)
        self._say(at, calendar.tz, self.life.said[-1][2])

    def _say(self, at, zone, weeks):
        said = self.life.said
        minute = to_epoch(at) // 60
        if said[-1][0] == minute:
            said.pop()
        said.append((minute, zone, weeks))

    def _leave_in(self, dice, calendar, at):
        start = self._minute(dice)
        stop = start + timedelta(minutes=dice.choice([90, 1440, 4000]))
        leave = self._leave(calendar, start, stop)
        leave.company_id = self.company
        self._note(leave)

    def _leave_moved(self, dice, calendar, at):
        for leave in calendar.leave_ids[:1]:
            leave.date_to += timedelta(hours=5)
            self._note(leave)

    def _leave_out(self, dice, calendar, at):
        for leave in calendar.leave_ids[:1]:
            del self.life.leaves[leave.id]
            leave.unlink()

    def _note(self, leave):
        self.life.leaves[leave.id] = tuple(
            to_epoch(moment) // 60 for moment in (leave.date_from, leave.date_to)
        )

    def _makeup_in(self, dice, calendar, at):
        date = self._minute(dice).date()
        weekday = dice.randrange(7)
        taken = {day for day, _weekday in self.life.makeup.values()}
        if (
            date in taken
            or calendar._attends(date)
            or not calendar._attendances_like(date, str(weekday))
        ):
            return
        day = self.env["resource.makeup.day"].create(
            {
                "name": "Make up",
                "date": date,
                "weekday": str(weekday),
                "calendar_id": calendar.id,
                "company_id": self.company.id,
            }
        )
        day = day.with_env(calendar.env)
        self.life.makeup[day.id] = (date, weekday)

    def _makeup_out(self, dice, calendar, at):
        for day in calendar.makeup_day_ids[:1]:
            del self.life.makeup[day.id]
            day.unlink()

    def _by_sql(self, dice, calendar, at):
        calendar.env.cr.flush()
        self.env.cr.execute(
            """
            UPDATE resource_calendar_leaves SET date_to = date_to + interval '3 hours'
             WHERE calendar_id = %s
            """,
            [calendar.id],
        )
        self.env.invalidate_all()
        for leave in calendar.leave_ids:
            self._note(leave)
        calendar.env["resource.calendar"]._look_for_unnoticed(at)

    def _minute(self, dice):
        return self.life.middle + timedelta(
            minutes=dice.randrange((2 - AROUND) * 1440, (AROUND - 2) * 1440)
        )
