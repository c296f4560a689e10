import functools
from datetime import datetime, timedelta

import pytz
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from tests import proof

from ..engine.worktime import (
    ALWAYS,
    LAST_DUE,
    CertainWorkTime,
    GrowingWorkTime,
    NoWorkingTime,
    OutsideHorizon,
    WorkTime,
    merged,
    to_epoch,
)

END = 150
QUARTER = 900
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
)

instants = st.integers(0, END)
pairs = st.lists(st.tuples(instants, instants), max_size=8)


@functools.cache
def walls_of(zone, instants):
    """Return what the clocks of a zone show at epoch seconds (a range)."""
    local = pytz.timezone(zone)
    return {at: datetime.fromtimestamp(at, local) for at in instants}


class TestEngineWorktime(BaseCase):
    @proof.proven("engine")
    @given(pairs, instants, st.integers(1, END))
    def test_add_is_a_walk_forwards(self, pairs, start, seconds):
        work, worked = self._both(pairs)
        done, at = 0, start
        while done < seconds and at < END:
            done += at in worked
            at += 1
        if done == seconds:
            self.assertEqual(work.add(start, seconds), at)
        else:
            self._assert_refused(work, True, work.add, start, seconds)

    @proof.proven("engine")
    @given(pairs, instants, st.integers(1, END))
    def test_subtract_is_a_walk_backwards(self, pairs, stop, seconds):
        work, worked = self._both(pairs)
        done, at = 0, stop
        while done < seconds and at > 0:
            at -= 1
            done += at in worked
        if done == seconds:
            self.assertEqual(work.subtract(stop, seconds), at)
        else:
            self._assert_refused(work, False, work.subtract, stop, seconds)

    @proof.proven("engine")
    @given(pairs, instants, instants)
    def test_between_and_spans_are_the_seconds_worked(self, pairs, start, stop):
        work, worked = self._both(pairs)
        if start > stop:
            self.assertEqual(work.between(start, stop), -work.between(stop, start))
            return
        inside = [second for second in range(start, stop) if second in worked]
        self.assertEqual(work.between(start, stop), len(inside))
        spans = work.spans(start, stop)
        self.assertEqual([s for low, high in spans for s in range(low, high)], inside)
        self.assertEqual(spans, merged(spans))

    @proof.proven("engine")
    @given(pairs, instants, st.integers(1, 40), st.integers(1, 40))
    def test_durations_add_up(self, pairs, start, first, second):
        work, _worked = self._both(pairs)
        try:
            due = work.add(start, first + second)
        except OutsideHorizon:
            return
        self.assertEqual(work.add(work.add(start, first), second), due)
        self.assertEqual(work.between(start, due), first + second)
        self.assertLessEqual(start, work.subtract(due, first + second))

    @proof.proven("engine")
    @given(pairs, instants)
    def test_zero_seconds_move_nothing(self, pairs, at):
        work, _worked = self._both(pairs)
        self.assertEqual((work.add(at, 0), work.subtract(at, 0)), (at, at))

    def test_days_are_a_walk_in_quarters_of_an_hour(self):
        """On weeks with a change of the clock, against an independent reading."""
        dice = proof.dice()
        for zone in ZONES:
            for first in (datetime(2017, 3, 8), datetime(2016, 10, 12)):
                for _round in range(proof.examples("weeks")):
                    self._check_days(dice, zone, to_epoch(first), 45)

    def _check_days(self, dice, zone, low, days):
        hours = [(9, 17), (0, 24), (8, 12), (22, 24), (0, 6), (1, 3), (13, 18)]
        pattern = {
            weekday: dice.sample(hours, dice.randint(0, 2)) for weekday in range(7)
        }
        pattern[dice.randrange(7)] = [dice.choice(hours)]
        quarters = range(low, low + days * 86400, QUARTER)
        walls = walls_of(zone, quarters)
        worked = {
            at
            for at, wall in walls.items()
            if any(
                first * 60 <= wall.hour * 60 + wall.minute < last * 60
                for first, last in pattern[wall.weekday()]
            )
        }
        work = WorkTime(
            merged((at, at + QUARTER) for at in worked), (low, quarters.stop), zone
        )
        dates = sorted({walls[at].date() for at in worked})
        start = low + dice.randrange(10 * 96) * QUARTER
        count = dice.randint(1, 4)
        closing = start not in worked and start - QUARTER in worked
        begin = start - QUARTER if closing else start
        while begin not in worked:
            begin += QUARTER
        date = dates[dates.index(walls[begin].date()) + count]
        wall = datetime.combine(date, walls[begin].time())
        same = [at for at in quarters if walls[at].replace(tzinfo=None) == wall]
        if same:
            target = same[-1]
        else:  # skipped by the change to summer time: as if the clock had not changed
            before = max(a for a in quarters if walls[a].replace(tzinfo=None) < wall)
            target = before + int(
                (wall - walls[before].replace(tzinfo=None)).total_seconds()
            )
        target += QUARTER * closing
        while target not in worked and target - QUARTER not in worked:
            target -= QUARTER
        self.assertEqual(
            work.add_days(start, count), target, (zone, start, count, pattern)
        )

    def test_working_days_follow_the_wall_clock_over_summer_time(self):
        zone = pytz.timezone("Europe/Berlin")
        days = [datetime(2017, 3, 24), datetime(2017, 3, 27), datetime(2017, 3, 28)]
        local = [zone.localize(day + timedelta(hours=9)) for day in days]
        pairs = [(int(at.timestamp()), int(at.timestamp()) + 8 * 3600) for at in local]
        horizon = (pairs[0][0] - 86400, pairs[-1][1] + 86400)
        work = WorkTime(pairs, horizon, "Europe/Berlin")
        friday_noon = pairs[0][0] + 3 * 3600
        monday_noon = pairs[1][0] + 3 * 3600
        self.assertEqual(work.add_days(friday_noon, 1), monday_noon)
        self.assertEqual(monday_noon - friday_noon, 3 * 86400 - 3600)
        self.assertEqual(work.between(friday_noon, monday_noon), 8 * 3600)

    def test_working_day_that_ends_early_is_due_at_its_closing_time(self):
        hour, day = 3600, 86400
        work = WorkTime(
            [(9 * hour, 17 * hour), (day + 9 * hour, day + 12 * hour)], (0, 2 * day)
        )
        self.assertEqual(work.add_days(16 * hour, 1), day + 12 * hour)

    def test_closing_at_midnight_belongs_to_the_day_that_ends(self):
        day = 86400
        work = WorkTime(
            [(0, day), (2 * day, 3 * day), (5 * day, 6 * day)], (0, 9 * day)
        )
        self.assertEqual(work.add_days(day, 1), 3 * day)
        self.assertEqual(work.between(day, work.add_days(day, 1)), day)

    def test_without_a_calendar_every_second_counts(self):
        self.assertEqual(ALWAYS.add(1_000_000, 86400), 1_086_400)
        self.assertEqual(ALWAYS.subtract(1_086_400, 86400), 1_000_000)
        self.assertEqual(ALWAYS.between(-5, 1_000_000), 1_000_005)
        self.assertEqual(ALWAYS.add_days(1_000_000, 3), 1_000_000 + 3 * 86400)
        self.assertEqual(ALWAYS.spans(3, 9), [(3, 9)])

    def test_empty_working_time_says_so(self):
        work = WorkTime([], (0, 100))
        for question in (work.add, work.subtract, work.add_days):
            with self.subTest(question=question), self.assertRaises(NoWorkingTime):
                question(50, 1)
        self.assertEqual(work.between(0, 100), 0)
        self.assertEqual(work.spans(0, 100), [])

    def test_what_lies_outside_the_horizon_is_not_answered(self):
        work = WorkTime([(10, 20)], (0, 100))
        for question, args, later in (
            (work.add, (101, 1), True),
            (work.add, (-1, 1), False),
            (work.between, (50, 101), True),
            (work.between, (-1, 50), False),
            (work.spans, (50, 101), True),
            (work.add_days, (15, 1), True),
        ):
            with self.subTest(question=question, args=args):
                self._assert_refused(work, later, question, *args)

    def test_negative_durations_are_refused(self):
        for question in (ALWAYS.add, ALWAYS.subtract, ALWAYS.add_days):
            with self.subTest(question=question), self.assertRaises(ValueError):
                question(0, -1)

    def test_worktime_is_an_immutable_value(self):
        work = WorkTime([(1, 2), (2, 5)], (0, 9), "Asia/Shanghai")
        self.assertEqual(work, WorkTime([(1, 5)], (0, 9), "Asia/Shanghai"))
        self.assertEqual(len({work, WorkTime([(1, 5)], (0, 9), "Asia/Shanghai")}), 1)
        with self.assertRaises(AttributeError):
            work.horizon = (0, 1)
        for wrong in (
            [(5, 4)],
            [(4, 4)],
            [(1, 3), (2, 4)],
            [(3, 4), (1, 2)],
            [(8, 10)],
        ):
            with self.subTest(wrong=wrong), self.assertRaises(ValueError):
                WorkTime(wrong, (0, 9))

    @proof.proven("engine")
    @given(st.integers(-2000, 2000), st.integers(0, 2000), instants)
    def test_growing_answers_what_a_long_horizon_answers(self, start, seconds, other):
        long = self._daily(-20_000, 20_000)
        growing = GrowingWorkTime(self._daily(0, 24), self._grow)
        self.assertEqual(growing.add(start, seconds), long.add(start, seconds))
        growing = GrowingWorkTime(self._daily(0, 24), self._grow)
        self.assertEqual(
            growing.subtract(start, seconds), long.subtract(start, seconds)
        )
        growing = GrowingWorkTime(self._daily(0, 24), self._grow)
        self.assertEqual(growing.between(start, other), long.between(start, other))
        self.assertEqual(
            growing.spans(min(start, other), other),
            long.spans(min(start, other), other),
        )

    @proof.proven("engine")
    @given(
        st.integers(-2000, 2000),
        st.integers(0, 10**12),
        st.integers(0, 2000),
        st.integers(0, 3000),
    )
    def test_certain_always_answers_and_stays_by_its_answers(
        self, start, seconds, later, given_up
    ):
        def grow(known, after):
            if known.horizon[after] > given_up or not after:
                raise NoWorkingTime(after)
            return self._grow(known, after)

        certain = CertainWorkTime(self._daily(-2400, 240), grow)
        before = certain.between(start, start + later)
        done = certain.add(start, seconds)
        self.assertLessEqual(start, done)
        self.assertLessEqual(done, LAST_DUE)
        if done < LAST_DUE:
            self.assertEqual(certain.between(start, done), seconds)
        self.assertEqual(certain.between(start, start + later), before)
        long = self._daily(-2400, 20_000)
        if done < given_up:
            self.assertEqual(done, long.add(start, seconds))

    def test_growing_gives_up_when_its_maker_does(self):
        def grow(known, later):
            raise NoWorkingTime(later)

        growing = GrowingWorkTime(WorkTime([], (0, 10)), grow)
        with self.assertRaises(NoWorkingTime):
            growing.add(0, 1)

    def test_growing_passes_a_stretch_without_any_work(self):
        def grow(known, later):
            low, high = known.horizon
            return WorkTime([(95, 100)] if high >= 50 else [], (low, high + 50))

        self.assertEqual(GrowingWorkTime(WorkTime([], (0, 10)), grow).add(0, 2), 97)

    @staticmethod
    def _daily(low, high):
        first = low - low % 24
        return WorkTime(
            [
                (at, at + 8)
                for at in range(first, high, 24)
                if at >= low and at + 8 <= high
            ],
            (low, high),
        )

    def _grow(self, known, later):
        low, high = known.horizon
        length = high - low
        return (
            self._daily(low, high + length)
            if later
            else self._daily(low - length, high)
        )

    def _assert_refused(self, work, later, question, *args):
        with self.assertRaises(OutsideHorizon) as refused:
            question(*args)
        self.assertEqual(refused.exception.later, later)
        empty = isinstance(refused.exception, NoWorkingTime)
        self.assertEqual(empty, not work.intervals)

    @staticmethod
    def _both(pairs):
        spans = merged(pairs)
        worked = {second for low, high in spans for second in range(low, high)}
        return WorkTime(spans, (0, END)), worked
