from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from tests.proof import proven

from ..engine.scorecard import Component, appraise, on_line

NUMBERS = st.integers(-1000, 1000)
COMPONENTS = st.lists(
    st.builds(
        Component,
        key=st.just("x"),
        weight=st.integers(0, 100),
        floor=NUMBERS,
        target=NUMBERS,
        value=st.none() | NUMBERS,
    ).filter(lambda c: c.floor != c.target),
    max_size=6,
)


def exact(components):
    """An independent oracle in exact fractions: the weighted mean of clamped lines."""
    total, weights = Fraction(0), 0
    for c in components:
        if c.value is None:
            continue
        low, high = sorted((c.floor, c.target))
        place = Fraction(min(max(c.value, low), high) - low, high - low)
        total += c.weight * 100 * (place if c.target > c.floor else 1 - place)
        weights += c.weight
    return total / weights if weights else None


class TestEngineScorecard(BaseCase):
    @proven("cards")
    @given(COMPONENTS)
    def test_the_score_is_the_weighted_mean_of_the_lines(self, components):
        score, parts = appraise(components)
        expected = exact(components)
        self.assertEqual(len(parts), len(components))
        if expected is None:
            self.assertIsNone(score)
        else:
            self.assertLessEqual(abs(Fraction(score) - expected), Fraction(6, 1000))
            self.assertTrue(0 <= score <= 100)

    @proven("cards")
    @given(COMPONENTS)
    def test_a_missing_component_changes_nothing_but_the_weights(self, components):
        known = [c for c in components if c.value is not None]
        self.assertEqual(appraise(components)[0], appraise(known)[0])

    @proven("cards")
    @given(COMPONENTS)
    def test_shares_and_what_each_adds_sum_to_the_whole(self, components):
        score, parts = appraise(components)
        if score is not None:
            self.assertAlmostEqual(sum(p.share for p in parts), 100, delta=0.04)
            self.assertAlmostEqual(sum(p.adds or 0 for p in parts), score, delta=0.05)
            self.assertAlmostEqual(
                sum(p.gain or 0 for p in parts), 100 - score, delta=0.05
            )

    @proven("cards")
    @given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
    def test_a_better_value_never_gives_less(self, one, two, floor, target):
        if floor != target:
            worse, better = sorted((one, two), reverse=target < floor)
            self.assertLessEqual(
                on_line(worse, floor, target), on_line(better, floor, target)
            )

    def test_a_line_needs_two_ends(self):
        with self.assertRaises(ValueError):
            on_line(1, 2, 2)
