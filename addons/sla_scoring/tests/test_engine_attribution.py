from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.attribution import main_holder, share

BOUNDED = settings(max_examples=300, deadline=None, derandomize=True, database=None)

points = st.integers(-30000, 30000).map(lambda cents: Decimal(cents) / 100)
held = st.dictionaries(st.integers(1, 9), st.integers(0, 10**6), min_size=1).filter(
    lambda seconds: sum(seconds.values())
)


class TestEngineAttribution(BaseCase):
    @BOUNDED
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

    @BOUNDED
    @given(points.filter(lambda value: value > 0), held)
    def test_a_deduction_is_shared_like_an_award(self, points, held):
        award = share(points, held)
        deduction = share(-points, held)
        self.assertEqual(deduction, {key: -part for key, part in award.items()})

    @BOUNDED
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
