"""Rounds of obligations, by lives without a database and a plain oracle."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests.common import BaseCase, tagged

from ..engine.obligations import MET, OWED, RELEASED, Deed
from .lives import Life, promise, rule

KEY = "t.owed"
deeds = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from((OWED, MET, RELEASED))), max_size=12
)


def oracle(told, limit, until):
    """Return [(state, started, stopped)]: the plain reading of a list of deeds."""
    rounds = []
    for at, kind in told:
        open_ = bool(rounds) and rounds[-1][2] is None
        if kind == OWED and not open_:
            rounds.append([None, at, None])
        elif open_ and kind != OWED:
            rounds[-1][2] = at
            if kind == RELEASED and at <= rounds[-1][1] + limit:
                rounds[-1][0] = "cancelled"
    for one in rounds:
        end = until if one[2] is None else one[2]
        if one[0] is None:
            kept = "met" if one[2] is not None else "running"
            one[0] = "missed" if end > one[1] + limit else kept
    return [tuple(one) for one in rounds]


@tagged("post_install", "-at_install")
class TestObligationRounds(BaseCase):
    @given(deeds)
    def test_rounds_are_those_of_a_plain_reading(self, told):
        told = sorted(dict(told).items())
        life = Life(rule(promise(KEY, 30)))
        for at, kind in told:
            life.deed(at, Deed(60 * at, KEY, kind))
        lived = life.live(until=300)
        self.assertEqual(lived.rounds(KEY), oracle(told, 30, 300))

    def test_solving_stops_no_obligation(self):
        life = Life(rule(promise(KEY, 30))).deed(5, Deed(300, KEY, OWED))
        lived = life.change(10, stage="closed").live(until=20)
        self.assertEqual(lived.rounds(KEY), [("running", 5, None)])

    def test_cancelling_the_ticket_does(self):
        life = Life(rule(promise(KEY, 30))).deed(5, Deed(300, KEY, OWED))
        lived = life.change(10, stage="cancelled").live(until=20)
        self.assertEqual(lived.rounds(KEY), [("cancelled", 5, 10)])
