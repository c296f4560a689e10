"""The mark of known faults lets nothing else pass."""

import pytest

from odoo.tests import TransactionCase

from .known import MENDED, Outcome, known_fault


class Story(Outcome):
    """What a test does, without a test case around it."""

    @known_fault("Z9 an example")
    def ends_with(self, actual):
        self.outcome(actual, right="right", wrong="wrong")

    @known_fault("Z9 an example")
    def fails_otherwise(self):
        raise KeyError("typo")

    def bears_no_mark(self, actual):
        self.outcome(actual, right="right", wrong="wrong")


def test_the_wrong_outcome_is_the_failure_that_is_expected():
    with pytest.raises(pytest.xfail.Exception) as caught:
        Story().ends_with("wrong")
    assert "Z9 an example: 'wrong' instead of 'right'" in str(caught.value)


def test_the_right_outcome_asks_to_take_the_mark_off():
    with pytest.raises(AssertionError, match=MENDED):
        Story().ends_with("right")


def test_any_other_outcome_fails():
    with pytest.raises(AssertionError, match="neither right"):
        Story().ends_with("other")


def test_any_other_error_is_that_error():
    with pytest.raises(KeyError, match="typo"):
        Story().fails_otherwise()


def test_right_and_wrong_differ():
    with pytest.raises(ValueError, match="both 1"):
        Story().outcome(2, right=1, wrong=True)


def test_without_the_mark_the_wrong_outcome_is_an_error():
    Story().bears_no_mark("right")
    with pytest.raises(Exception, match="'wrong' instead of 'right'") as caught:
        Story().bears_no_mark("wrong")
    assert not isinstance(caught.value, pytest.xfail.Exception)


class TestMarkOnTransactions(Outcome, TransactionCase):
    """It marks the tests of Odoo's own test cases as well."""

    @known_fault("Z9 an example")
    def ends_wrong(self):
        self.outcome(self.env.uid, right=False, wrong=self.env.uid)

    def test_the_wrong_outcome_is_the_failure_that_is_expected(self):
        with self.assertRaises(pytest.xfail.Exception):
            self.ends_wrong()
