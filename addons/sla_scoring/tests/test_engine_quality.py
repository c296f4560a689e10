from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from tests.proof import proven

from ..engine import quality

WORTH = {"met": 2, "partly": 1, "missed": 0}

items = st.lists(
    st.tuples(
        st.sampled_from([*WORTH, "na"]), st.integers(1, 900).map(lambda n: n / 100)
    ),
    max_size=9,
)


class TestEngineQuality(BaseCase):
    @proven("engine")
    @given(items)
    def test_the_result_is_the_weighted_mean_of_what_applied(self, items):
        halves = weights = 0
        for score, weight in items:
            cents = round(weight * 100)
            if score != "na":
                halves += WORTH[score] * cents
                weights += cents
        result = quality.percent(items)
        if not weights:
            self.assertIsNone(result)
            return
        self.assertAlmostEqual(
            result, float(Fraction(50 * halves, weights)), delta=0.01
        )
        self.assertTrue(0 <= result <= 100)

    @proven("engine")
    @given(
        st.lists(st.integers(1, 5), max_size=30),
        st.lists(st.integers(1, 6), min_size=1, max_size=5, unique=True),
        st.sets(st.integers(0, 29)),
    )
    def test_reviews_are_shared_evenly_and_never_with_oneself(
        self, agents, reviewers, doubles
    ):
        result = quality.assign(agents, reviewers, doubles)
        self.assertEqual(len(result), len(agents))
        load = dict.fromkeys(reviewers, 0)
        for position, (agent, (first, second)) in enumerate(
            zip(agents, result, strict=True)
        ):
            others = [one for one in reviewers if one != agent]
            self.assertEqual(first is None, not others)
            self.assertNotIn(agent, (first, second))
            if second is not None:
                self.assertIn(position, doubles)
                self.assertNotEqual(first, second)
            elif position in doubles:
                self.assertLess(len(others), 2)
            for one in (first, second):
                if one is not None:
                    load[one] += 1
        if not set(agents) & set(reviewers):
            self.assertLessEqual(max(load.values()) - min(load.values()), 1)
