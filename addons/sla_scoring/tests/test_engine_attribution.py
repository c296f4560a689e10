from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.resource_worktime.engine.worktime import merged

from tests.proof import proven

from ..engine.charge import borne, capped, main_holder, share, stretches

points = st.integers(-30000, 30000).map(lambda cents: Decimal(cents) / 100)
held = st.dictionaries(st.integers(1, 9), st.integers(0, 10**6), min_size=1).filter(
    lambda seconds: sum(seconds.values())
)

#: A timeline of a minute or two: who held it (None: nobody), and for how long.
timelines = st.lists(
    st.tuples(st.sampled_from([None, 7, 8]), st.integers(1, 20)), min_size=1, max_size=6
)
moments = st.lists(
    st.tuples(st.integers(-5, 90), st.integers(1, 30)).map(
        lambda pair: (pair[0], pair[0] + pair[1])
    ),
    max_size=4,
)


def second_by_second(spans, leaves, worked):
    """The independent answer: ask every second who bears it."""
    borne = {}
    for user, team, start, stop in spans:
        for second in range(start, stop):
            if not worked(second, second + 1):
                continue
            away = any(low <= second < high for low, high in leaves.get(user, ()))
            key = (user, None) if user and not away else (None, team)
            borne[key] = borne.get(key, 0) + 1
    return borne


def bearers(spans, due, grace, worked):
    """The independent answer: who bears each counted second after the limit."""
    result, bearer, holder, left = [], None, None, 0
    for user, team, start, stop in spans:
        side = user or f"team {team}"
        if holder is not None and side != holder:
            left = grace
        holder = side
        for second in range(start, stop):
            if bearer is None or bearer == holder or left <= 0:
                bearer = holder
            if worked(second, second + 1):
                left -= 1 if bearer != holder else 0
                if second >= due:
                    result.append((second, bearer))
    return result


class TestEngineAttribution(BaseCase):
    @proven("engine")
    @given(timelines, st.integers(0, 60), st.integers(1, 12), moments)
    def test_the_time_after_a_hand_over_is_who_gave_its(
        self, holds, due, grace, nights
    ):
        nights = merged(nights)
        spans, at = [], 0
        for user, seconds in holds:
            spans.append((user, 1, at, at + seconds))
            at += seconds
        due = min(due, at - 1)

        def worked(start, stop):
            lost = sum(max(0, min(stop, b) - max(start, a)) for a, b in nights)
            return stop - start - lost

        def after(start, seconds):
            while seconds:
                seconds -= worked(start, start + 1)
                start += 1
            return start

        found = borne("grace", spans, due, grace, worked, after)
        by_second = [
            (second, user or f"team {team}")
            for user, team, start, stop in found
            for second in range(start, stop)
            if worked(second, second + 1)
        ]
        self.assertEqual(by_second, bearers(spans, due, grace, worked))
        # Whoever bears it, nothing is lost or counted twice.
        plain = borne("overrun", spans, due, grace, worked, after)
        whole = borne("whole", spans, due, grace, worked, after)
        for rule, start in ((found, due), (plain, due), (whole, 0)):
            total = sum(worked(low, high) for *_who, low, high in rule)
            self.assertEqual(total, worked(start, at))
        held = stretches(found, {}, worked)
        if seconds := {who: sum(p[2] for p in parts) for who, parts in held.items()}:
            shares = share(Decimal("-1.50"), seconds)
            self.assertEqual(sum(shares.values()), Decimal("-1.50"))

    @proven("engine")
    @given(timelines, moments, moments, moments)
    def test_leave_and_outage_move_seconds_and_lose_none(
        self, holds, leave_7, leave_8, outages
    ):
        outages = merged(outages)
        leaves = {7: merged(leave_7), 8: merged(leave_8)}
        spans, at = [], 0
        for user, seconds in holds:
            spans.append((user, 1, at, at + seconds))
            at += seconds

        def worked(start, stop):
            lost = sum(max(0, min(stop, b) - max(start, a)) for a, b in outages)
            return stop - start - lost

        held = stretches(spans, leaves, worked)
        seconds = {key: sum(part[2] for part in parts) for key, parts in held.items()}
        self.assertEqual(seconds, second_by_second(spans, leaves, worked))
        self.assertEqual(sum(seconds.values()), worked(0, at))
        if seconds:
            shares = share(Decimal("-1.50"), seconds)
            self.assertEqual(sum(shares.values()), Decimal("-1.50"))

    @proven("engine")
    @given(
        st.lists(st.integers(1, 900), max_size=9),
        st.integers(0, 2000),
        st.integers(0, 2000),
    )
    def test_caps_are_reached_and_never_passed(self, charges, cap, other_cap):
        caps = [Decimal(cap) / 100, Decimal(other_cap) / 100]
        total = Decimal(0)
        for cents in charges:
            points = Decimal(cents) / 100
            charged, spared = capped(points, [total, total], *caps)
            self.assertEqual(charged + spared, points)
            self.assertTrue(charged >= 0 <= spared)
            total += charged
        limits = [c for c in caps if c] + [Decimal(sum(charges)) / 100]
        self.assertEqual(total, min(limits))

    @proven("engine")
    @given(points, held)
    def test_shares_sum_exactly_and_stay_within_a_cent(self, points, held):
        shares = share(points, held)
        self.assertEqual(list(shares), list(held))
        self.assertEqual(sum(shares.values()), points)
        total = sum(held.values())
        for key, part in shares.items():
            exact = Fraction(points) * held[key] / total
            self.assertLess(abs(Fraction(part) - exact), Fraction(1, 100))
            self.assertFalse(part.is_signed() and not part, "a negative zero")

    @proven("engine")
    @given(points.filter(lambda value: value > 0), held)
    def test_a_deduction_is_shared_like_an_award(self, points, held):
        award = share(points, held)
        deduction = share(-points, held)
        self.assertEqual(deduction, {key: -part for key, part in award.items()})

    @proven("engine")
    @given(points.filter(bool), held)
    def test_who_held_it_longer_never_bears_less(self, points, held):
        shares = share(points, held)
        by_time = sorted(held, key=held.get)
        for less, more in zip(by_time, by_time[1:], strict=False):
            if held[less] < held[more]:
                self.assertLessEqual(abs(shares[less]), abs(shares[more]))

    def test_equal_remainders_go_to_who_comes_first(self):
        shares = share(Decimal("0.10"), {"b": 5, "a": 5, "c": 5})
        self.assertEqual(shares["b"], Decimal("0.04"))
        self.assertEqual(shares["a"], shares["c"])

    def test_nothing_can_be_shared_among_nobody(self):
        for held in ({}, {"ann": 0}, {"ann": 10, "bob": -1}):
            with self.subTest(held=held), self.assertRaises(ValueError):
                share(Decimal("1.00"), held)

    def test_points_finer_than_a_cent_are_refused(self):
        with self.assertRaises(ValueError):
            share(Decimal("0.005"), {"ann": 1})

    def test_main_holder_held_it_longest(self):
        self.assertEqual(main_holder({"ann": 5, "bob": 9, "eve": 9}), "bob")
        self.assertIsNone(main_holder({"ann": 0}))
