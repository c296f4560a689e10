from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from tests.proof import proven

from ..engine.schedule import FORTNIGHT, OWN, Hours, Makeup, Schedule
from ..engine.worktime import WorkTime, to_epoch
from .minute_oracle import Minutes, difference, instant

ZONES = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo")
#: A change to or from summer time in these zones, and an ordinary day.
CHANGES = ((3, 26), (10, 29), (10, 15), (2, 19), (6, 14))
DAYS = (
    [],
    [(9, 17, "full_day")],
    [(8, 12, "morning"), (13, 17.5, "afternoon")],
    [(0, 6, "morning"), (22, 24, "afternoon")],
    [(0, 24, "full_day")],
)
#: Days looked at on both sides of the change.
AROUND = 12
MINUTES = AROUND * 1440

weeks = st.lists(
    st.fixed_dictionaries({day: st.sampled_from(DAYS) for day in range(7)}),
    min_size=1,
    max_size=2,
)
hours = st.tuples(st.sampled_from(ZONES), weeks)
moments = st.integers(-MINUTES + 1440, MINUTES - 1440)
leaves = st.lists(
    st.tuples(moments, st.sampled_from([30, 600, 1440, 5 * 1440])), max_size=3
)
makeups = st.dictionaries(st.integers(-9, 9), st.sampled_from([0, 2, 5]), max_size=2)
#: What is said anew at each event: hours, leaves, make-up days; None is as before.
events = st.tuples(
    st.one_of(st.none(), hours),
    st.one_of(st.none(), leaves),
    st.one_of(st.none(), makeups),
)
lives = st.tuples(
    st.sampled_from(CHANGES),
    st.tuples(hours, leaves, makeups),
    st.lists(st.tuples(moments, events), max_size=4),
)


def hours_of(said):
    """Return the Hours of a zone and one or two weeks."""
    zone, weeks = said
    return Hours(
        zone,
        tuple(
            tuple(
                (round(start * 3600), round(stop * 3600))
                for start, stop, _period in weeks[number // 7 % len(weeks)][number % 7]
            )
            for number in range(FORTNIGHT)
        ),
    )


class TestEngineSchedule(BaseCase):
    @proven("versions")
    @given(lives)
    def test_every_version_of_a_life_is_what_its_minutes_were(self, life):
        """Hours of then for the time before a change, dates for all time."""
        change, (first_hours, leaves, makeup), later = life
        self.middle = datetime(2017, *change)
        later = sorted(later, key=lambda event: event[0])
        said = [(-MINUTES, first_hours)]
        versions = [Schedule.of(hours_of(first_hours), *self._dates(leaves, makeup))]
        known = [(list(said), leaves, makeup)]
        for minute, (hours, new_leaves, new_makeup) in later:
            leaves = leaves if new_leaves is None else new_leaves
            makeup = makeup if new_makeup is None else new_makeup
            if hours:
                said.append((minute, hours))
            versions.append(
                versions[-1].changed(
                    self._second(minute),
                    hours_of(said[-1][1]),
                    *self._dates(leaves, makeup),
                )
            )
            known.append((list(said), leaves, makeup))
        for version, then in zip(versions, known, strict=True):
            wrong = difference(self._worked(version), self._oracle(*then))
            self.assertEqual(wrong, ([], []))
            self.assertEqual(Schedule.from_json(version.to_json()), version)

    @proven("versions")
    @given(hours, leaves, leaves, makeups, makeups)
    def test_dates_that_change_are_found(self, hours, before, after, lost, gained):
        self.middle = datetime(2017, 6, 14)
        old = Schedule.of(hours_of(hours), *self._dates(before, lost))
        new = Schedule.of(hours_of(hours), *self._dates(after, gained))
        self.assertEqual(
            new.dated_changes(old),
            new.gained_lost(old, self._second(-3 * MINUTES), self._second(3 * MINUTES)),
        )

    def test_hours_said_otherwise_are_the_same(self):
        day = ((9 * 3600, 12 * 3600), (12 * 3600, 17 * 3600))
        one = Hours("Asia/Shanghai", (day,) * FORTNIGHT)
        whole = ((9 * 3600, 17 * 3600),)
        self.assertTrue(one.means(Hours("PRC", (whole,) * FORTNIGHT)))
        self.assertFalse(one.means(Hours("Asia/Tokyo", (day,) * FORTNIGHT)))
        self.assertFalse(one.means(Hours("PRC", None)))
        schedule = Schedule.of(one)
        self.assertEqual(
            schedule.changed(99, Hours("PRC", (whole,) * FORTNIGHT), (), ()), schedule
        )

    def test_hours_undone_in_the_same_second_leave_no_trace(self):
        one, other = (Hours("UTC", (((0, end),),) * FORTNIGHT) for end in (60, 90))
        schedule = Schedule.of(one)
        changed = schedule.changed(1000, other, (), ())
        self.assertEqual(len(changed.pieces), 2)
        self.assertEqual(changed.changed(1000, one, (), ()), schedule)

    def test_a_change_at_an_earlier_instant_holds_from_there_on(self):
        one, other, third = (
            Hours("UTC", (((0, end),),) * FORTNIGHT) for end in (60, 90, 120)
        )
        late = Schedule.of(one).changed(2000, other, (), ())
        early = late.changed(1000, third, (), ())
        self.assertEqual([at for at, _hours in early.pieces[1:]], [1000])
        self.assertEqual(early.hours, third)

    def test_flexible_hours_have_no_make_up_days(self):
        ordinal = date(2024, 9, 29).toordinal()
        schedule = Schedule.of(Hours("UTC", None), (), [Makeup(ordinal, OWN, 0, 60)])
        low = to_epoch(datetime(2024, 9, 1))
        self.assertEqual(schedule.worktime(low, low + 90 * 86400).intervals, ())
        self.assertTrue(schedule.ends(True, 2 * 10**9))

    def test_an_endless_leave_is_compared_in_bounded_time(self):
        always = Hours("UTC", (((0, 86400),),) * FORTNIGHT)
        end = to_epoch(datetime(9999, 12, 31))
        closed = Schedule.of(always, [(0, end)])
        self.assertFalse(closed.means(Schedule.of(always)))
        self.assertFalse(Schedule.of(always).means(closed))

    # What the tests speak of

    def _second(self, minute):
        return to_epoch(self.middle) + minute * 60

    def _range(self):
        return self._second(-MINUTES), self._second(MINUTES)

    def _dates(self, leaves, makeup):
        closed = [
            (self._second(start), self._second(start + length))
            for start, length in leaves
        ]
        days = [
            Makeup(self.middle.toordinal() + day, weekday)
            for day, weekday in makeup.items()
        ]
        return closed, days

    def _worked(self, schedule):
        work = schedule.worktime(*self._range())
        self.assertIsInstance(work, WorkTime)
        return [
            minute
            for start, stop in work.intervals
            for minute in range(start // 60, stop // 60)
        ]

    def _oracle(self, said, leaves, makeup):
        """Count minute by minute, each piece by the hours that held then."""
        closed = [
            (self._second(start) // 60, self._second(start + length) // 60)
            for start, length in leaves
        ]
        first = self.middle.date() - timedelta(days=AROUND + 1)
        last = self.middle.date() + timedelta(days=AROUND + 1)
        days = {
            date.fromordinal(self.middle.toordinal() + day): weekday
            for day, weekday in makeup.items()
        }
        result = []
        for number, (since, (zone, weeks)) in enumerate(said):
            until = said[number + 1][0] if number + 1 < len(said) else MINUTES
            low, high = self._second(since) // 60, self._second(until) // 60
            counted = Minutes(zone, weeks, closed, days, first, last).worked
            result += [minute for minute in counted if low <= minute < high]
        return result


class TestMinuteOracle(BaseCase):
    def test_it_reads_the_clock_as_it_is_meant(self):
        noon = instant("Asia/Shanghai", date(2024, 1, 1), 12)
        self.assertEqual(noon * 60, to_epoch(datetime(2024, 1, 1, 4)))
