"""Faults that are known: tests that say what is right and what comes out instead.

A test marked with :func:`known_fault` is expected to fail, and strictly so: only by the
very outcome that it names as wrong. Any other error is a failure like any other, and so
is the right outcome: then the fault is mended, and the mark is to be taken off. What is
left is a plain test of the right outcome.
"""

import functools

import pytest

MENDED = "mended: take the mark off"


class _KnownFault(Exception):
    """A test saw the outcome that it names as wrong; only Outcome raises it."""


class Outcome:
    """For test cases that tell a right outcome from the wrong one of a known fault."""

    def outcome(self, actual, *, right, wrong):
        """Compare what happened with what is right.

        :param right: what is to happen
        :param wrong: what a known fault makes of it
        :raise AssertionError: neither of them happened
        :raise ValueError: the two are equal, so nothing could be told from them
        """
        if right == wrong:
            raise ValueError(f"right and wrong are both {right!r}")
        if actual == wrong:
            raise _KnownFault(f"{actual!r} instead of {right!r}")
        if actual != right:
            raise AssertionError(
                f"{actual!r} is neither right ({right!r}) nor the known fault "
                f"({wrong!r})"
            )


def known_fault(reason):
    """Mark a test method as one that meets a known fault, see above.

    :param reason: which one, in a few words; shown in the summary of the tests
    """

    def mark(test):
        @functools.wraps(test)
        def marked(*args, **kwargs):
            try:
                test(*args, **kwargs)
            except _KnownFault as fault:
                pytest.xfail(f"{reason}: {fault}")
            raise AssertionError(MENDED)

        return marked

    return mark
