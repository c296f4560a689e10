"""Whether an improvement worked: cases per 1,000 tickets before and after. Plain Python."""

from typing import NamedTuple

from odoo.addons.vip_base.engine.figure import wilson

PASSED, FAILED, EARLY = "passed", "failed", "early"
PER = 1000
#: Of fewer tickets on either side nothing is judged.
LEAST = 100


class Rate(NamedTuple):
    """Cases per 1,000 tickets, and between which values the true rate lies."""

    cases: int
    tickets: int

    @property
    def value(self):
        """The rate, None where there were no tickets.

        >>> Rate(3, 600).value, Rate(0, 0).value
        (5.0, None)
        """
        return PER * self.cases / self.tickets if self.tickets else None

    @property
    def interval(self):
        """The lowest and highest rate to be reckoned with, by Wilson's score.

        >>> [round(end, 1) for end in Rate(3, 600).interval]
        [1.7, 14.6]
        """
        if not self.tickets:
            return (0.0, float(PER))
        ends = wilson(min(self.cases, self.tickets), self.tickets)
        return tuple(PER * end for end in ends)


def verdict(before, after, aim=None):
    """Return what a re-check says.

    Passed: the aim is reached, and it is sure that there are fewer cases than before.
    Failed: there are not fewer, or the aim is missed. Early: too few tickets, or fewer cases
    without being sure.

    :param aim: at most so many cases per 1,000 tickets; None: fewer than before

    >>> verdict(Rate(40, 2000), Rate(4, 2000))
    'passed'
    >>> verdict(Rate(40, 2000), Rate(4, 2000), aim=1)
    'failed'
    >>> verdict(Rate(40, 2000), Rate(45, 2000))
    'failed'
    >>> verdict(Rate(3, 2000), Rate(2, 2000))
    'early'
    >>> verdict(Rate(40, 2000), Rate(0, 20))
    'early'
    """
    if min(before.tickets, after.tickets) < LEAST:
        return EARLY
    if after.value >= before.value or (aim is not None and after.value > aim):
        return FAILED
    return PASSED if after.interval[1] < before.value else EARLY
