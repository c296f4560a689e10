from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase

from tests.proof import proven

from ..engine.ledger import worth

CENTS = st.integers(1, 400)
MONTHS = range(1, 7)
#: What a month has: charges below zero, offsets above, in hundredths.
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(MONTHS), st.sampled_from([-1, 1]), CENTS, st.integers(1, 100)
    ),
    max_size=12,
)
#: Which entry is taken back, how many percent of it, and when.
REVERSALS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(1, 100), st.sampled_from(MONTHS)),
    max_size=8,
)


def paid(points):
    """What a month pays, in hundredths: deductions, less the offsets that they need."""
    lost = sum(point for point in points if point < 0)
    return lost + min(sum(point for point in points if point > 0), -lost)


class Books:
    """A person's ledger over months that are closed one after the other."""

    def __init__(self, entries):
        self.entries = [[month, sign * cents] for month, sign, cents, _ in entries]
        self.standing = [points for _month, points in self.entries]
        self.corrections = dict.fromkeys(MONTHS, 0)
        self.closed = {}

    def of(self, month):
        return [
            points
            for (of, _), points in zip(self.entries, self.standing, strict=True)
            if of == month
        ]

    def close(self, month):
        self.closed[month] = paid(self.of(month)) + self.corrections[month]

    def take_back(self, place, percent, now):
        month, points = self.entries[place]
        back = -points * percent // 100 if points < 0 else -(points * percent // 100)
        if month not in self.closed:
            self.standing[place] += back
            return
        lost = sum(point for point in self.of(month) if point < 0)
        given = sum(point for point in self.of(month) if point > 0)
        exact = worth(Decimal(lost), Decimal(given), Decimal(back), points > 0)
        self.corrections[now] += int(exact)
        self.standing[place] += back


class TestEngineLedger(BaseCase):
    """Over all months a person has what stands, whenever it was taken back."""

    @proven("sums")
    @given(ENTRIES, REVERSALS)
    def test_months_add_up_to_the_history_without_what_was_taken_back(
        self, entries, reversals
    ):
        books, done = Books(entries), set()
        for now in MONTHS:
            for place, percent, when in reversals:
                known = place < len(entries) and entries[place][0] <= now
                if when == now and known and place not in done:
                    done.add(place)
                    books.take_back(place, percent, now)
            books.close(now)
        history = sum(paid(books.of(month)) for month in MONTHS)
        self.assertEqual(sum(books.closed.values()), history)

    def test_the_order_of_reversals_does_not_matter(self):
        lost, given = Decimal("-1.5"), Decimal(1)
        first = worth(lost, given, -lost, False) + worth(0 * lost, given, -given, True)
        other = worth(lost, given, -given, True) + worth(lost, 0 * given, -lost, False)
        self.assertEqual((first, other), (Decimal("0.5"), Decimal("0.5")))
