"""What a figure is: a formula over occurrences, and how sure one may be of what it says.

Plain Python without Odoo. An occurrence is a row with its ``kind``, a ``value`` and columns
that say whose and what it is. A formula is said once and gives the SQL of what is counted;
nothing else computes the figure. What comes out of one group of occurrences are
:class:`Numbers`.
"""

from dataclasses import dataclass
from math import sqrt

#: How many standard errors lie on each side of what 95 in 100 such intervals hold.
SURE = 1.959964


@dataclass(frozen=True)
class Numbers:
    """What a figure is in one group: of a person, a team, a month …

    :ivar value: the figure, None where nothing was measured
    :ivar of: of how many it is: what a share is of, what a mean is over
    :ivar part: of a share, how many
    :ivar spread: of a mean, the standard deviation of what it is over
    :ivar about: of how many different things it tells, such as tickets
    """

    value: float | None = None
    of: int = 0
    part: int | None = None
    spread: float | None = None
    about: int = 0


@dataclass(frozen=True)
class Count:
    """How many occurrences of a kind there are.

    :ivar only: a condition over the columns of an occurrence
    :ivar each: the column whose different values are counted; None: each occurrence
    """

    kind: str
    only: str = ""
    each: str | None = None

    @property
    def sql(self):
        """The aggregate.

        >>> Count("solved", only="value = 1", each="ticket_id").sql
        "COUNT(DISTINCT ticket_id) FILTER (WHERE kind = 'solved' AND value = 1)"
        """
        counted = f"DISTINCT {self.each}" if self.each else "*"
        also = f" AND {self.only}" if self.only else ""
        return f"COUNT({counted}) FILTER (WHERE kind = '{self.kind}'{also})"


@dataclass(frozen=True)
class Number:
    """A figure that is a count."""

    count: Count
    #: What it is where nothing happened.
    nothing = 0

    @property
    def kinds(self):
        return (self.count.kind,)

    @property
    def sql(self):
        """SQL by the name of each of the numbers."""
        return {"value": f"NULLIF({self.count.sql}, 0)", "of": self.count.sql}

    def interval(self, numbers):
        """Return None: what is counted is certain."""
        return None


@dataclass(frozen=True)
class Share:
    """How many percent the first count is of all of them, itself among these.

    :ivar of: what it is a share of; their sum
    """

    part: Count
    of: tuple
    nothing = None

    @property
    def kinds(self):
        return tuple(dict.fromkeys(count.kind for count in (self.part, *self.of)))

    @property
    def sql(self):
        """SQL by the name of each of the numbers.

        >>> Share(Count("met"), of=(Count("met"), Count("missed"))).sql["of"]
        "COUNT(*) FILTER (WHERE kind = 'met') + COUNT(*) FILTER (WHERE kind = 'missed')"
        """
        part, of = self.part.sql, " + ".join(count.sql for count in self.of)
        return {
            "value": f"100.0 * {part} / NULLIF({of}, 0)",
            "part": part,
            "of": of,
        }

    def interval(self, numbers):
        """Return the lowest and the highest percentage to be reckoned with, or None."""
        if not numbers.of or numbers.part is None:
            return None
        return tuple(100 * end for end in wilson(numbers.part, numbers.of))


@dataclass(frozen=True)
class Mean:
    """The average value of the occurrences of a kind.

    :ivar per: what one of the figure's unit is of the value: 60 for minutes of seconds
    :ivar lowest: what it cannot be below: a time, a percentage, a grade is never below zero
    """

    kind: str
    per: int = 1
    lowest: float = 0.0
    nothing = None

    @property
    def kinds(self):
        return (self.kind,)

    @property
    def sql(self):
        """SQL by the name of each of the numbers."""
        only = f"FILTER (WHERE kind = '{self.kind}')"
        per = f" / {self.per}.0" if self.per != 1 else ""
        return {
            "value": f"AVG(value) {only}{per}",
            "of": f"COUNT(*) {only}",
            "spread": f"STDDEV_SAMP(value) {only}{per}",
        }

    def interval(self, numbers):
        """Return the lowest and the highest mean to be reckoned with, or None.

        >>> few = Numbers(value=-20.0, of=25, spread=50.0)
        >>> [round(end, 1) for end in Mean("a", lowest=-100.0).interval(few)]
        [-39.6, -0.4]
        """
        if numbers.value is None or numbers.spread is None:
            return None
        error = SURE * numbers.spread / sqrt(numbers.of)
        return max(self.lowest, numbers.value - error), numbers.value + error


def wilson(part, of):
    """Return between which shares the true one lies, by Wilson's score, as 0 to 1.

    It is never outside of 0 and 1, and holds for few and for none as well:

    >>> [round(end, 3) for end in wilson(38, 44)]
    [0.733, 0.936]
    >>> [round(end, 3) for end in wilson(0, 10)], [round(end, 3) for end in wilson(3, 3)]
    ([0.0, 0.278], [0.439, 1.0])

    :param of: above zero
    """
    share, square = part / of, SURE * SURE
    middle = share + square / (2 * of)
    reach = SURE * sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)
