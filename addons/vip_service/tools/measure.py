"""What is measured of a client, as SQL: read for one page, a list, or all of the past."""

from datetime import datetime
from typing import NamedTuple

from odoo.tools import SQL

from ..engine.health import GOOD, RED, WATCH, WATCHED


class When(NamedTuple):
    """As of when something is measured.

    :param at: the instant, naive UTC
    :param past: by what had been recorded by then; else by what is known now
    """

    at: datetime
    past: bool = False

    def known(self, recorded):
        """Return the condition that a row was known: ``recorded`` is its SQL."""
        return SQL("%s <= %s", recorded, self.at) if self.past else SQL("TRUE")


class Measure(NamedTuple):
    """One figure of a client, of a partner ``p`` in SQL.

    :param key: unique among all addons
    :param value: SQL of a number; NULL: not measured, which is never zero
    :param reads: names of the models that the SQL reads
    :param unit: ``count``, ``days``, ``percent`` or ``grade``
    :param day: SQL of as of when it is known; that of the look, if not given
    :param secret: it tells the client's figures: for its adviser, managers, auditors
    :param weight: of this measure among those of health; 0: it says nothing of health
    :param red: from this value on, and beyond it, the client is in danger
    :param good: from this value on all is well
    """

    key: str
    label: str
    value: SQL
    reads: tuple
    unit: str = "count"
    day: SQL | None = None
    secret: bool = False
    weight: float = 0
    red: float = 0
    good: float = 1

    @property
    def low_is_red(self):
        """Whether beyond the red line is below it."""
        return self.red < self.good


def score_sql(value, good, red):
    """Return the SQL of :func:`...engine.health.score`; NULL where it is not measured.

    :param value: SQL of a column: it is named twice, as LEAST and GREATEST pass over NULL
    """
    return SQL(
        "CASE WHEN %s IS NOT NULL THEN"
        " round(100 * LEAST(GREATEST((%s - %s)::float8 / %s, 0), 1)) END",
        value,
        value,
        red,
        good - red,
    )


def overall_sql(scores):
    """Return the SQL (number, state) of :func:`...engine.health.overall`.

    :param scores: pairs of the SQL of a column with a score, and its weight
    """
    if not scores:
        return SQL("NULL::int"), SQL("NULL::text")
    total = SQL(" + ").join(SQL("COALESCE(%s, 0) * %s", *pair) for pair in scores)
    weight = SQL(" + ").join(
        SQL("(%s IS NOT NULL)::int * %s::float8", *pair) for pair in scores
    )
    number = SQL("trunc((%s) / NULLIF(%s, 0))::int", total, weight)
    state = SQL(
        "CASE WHEN COALESCE(%s) IS NULL THEN NULL WHEN %s THEN %s"
        " WHEN %s >= %s THEN %s ELSE %s END",
        SQL(", ").join(score for score, _weight in scores),
        SQL(" OR ").join(
            SQL("COALESCE(%s = 0, FALSE)", one) for one, _weight in scores
        ),
        RED,
        *(number, WATCH, GOOD, WATCHED),
    )
    return number, state
