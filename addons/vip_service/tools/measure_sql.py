"""What the rules measure of clients, as SQL: criteria, windows, aggregates.

Conventions (REQUIREMENTS T1): the window is the last n calendar months up to the month
under review; a missing month counts as zero; a value at the threshold passes; the lowest
tier needs nothing. A client is judged by the criteria of its type and by those of all
types (T2). A tier without criteria for a client's type is neither given to it nor taken
from it by the rules.

Facts are read under the alias ``f``, judged clients under ``j``.
"""

from datetime import date

from odoo.tools import SQL

from odoo.addons.vip_base.tools.months import add_months


def criteria_of(tier, client_type):
    """Return the criteria of a tier (as a rule) by which a type of client is judged.

    >>> both, agents = {"client_type": False}, {"client_type": "agent"}
    >>> tier = {"criteria": [both, agents]}
    >>> criteria_of(tier, "agent") == [both, agents], criteria_of(tier, "end") == [both]
    (True, True)
    """
    return [c for c in tier["criteria"] if c["client_type"] in (False, client_type)]


def _types(tier):
    """Return the client types that have criteria of their own in a tier."""
    return list(dict.fromkeys(c["client_type"] for c in tier["criteria"])) or [False]


def by_type(tier, make):
    """Return the SQL of ``make(criteria)`` for the client's type."""
    cases = [
        SQL("WHEN %s THEN %s", kind, make(criteria_of(tier, kind)))
        for kind in _types(tier)
        if kind
    ]
    other = make(criteria_of(tier, None))
    if not cases:
        return other
    return SQL("CASE j.client_type %s ELSE %s END", SQL(" ").join(cases), other)


def _measure_key(criterion):
    return criterion["metric_id"], criterion["window_months"], criterion["aggregate"]


def measures(rules):
    """Return ``{(metric id, window, aggregate): column name}`` used by the rules."""
    keys = dict.fromkeys(_measure_key(c) for t in rules["tiers"] for c in t["criteria"])
    return {key: f"m{place}" for place, key in enumerate(keys)}


def first_month(rules):
    """Return the first month that any window of the rules reaches back to."""
    month = date.fromisoformat(rules["month"])
    windows = [c["window_months"] for t in rules["tiers"] for c in t["criteria"]]
    return add_months(month, 1 - max(windows, default=1))


def measure_sql(metric_id, window, aggregate, month):
    """Return the aggregate expression of one measure over the facts ``f``."""
    since = month if aggregate == "last" else add_months(month, 1 - window)
    within = SQL("FILTER (WHERE f.metric_id = %s AND f.month >= %s)", metric_id, since)
    total = SQL("COALESCE(sum(f.value_company) %s, 0)", within)
    if aggregate in ("sum", "last"):
        return total
    if aggregate == "avg":
        return SQL("%s / %s", total, window)
    extreme, with_zero = {"min": ("min", "LEAST"), "max": ("max", "GREATEST")}[
        aggregate
    ]
    value = SQL("%s(f.value_company) %s", SQL(extreme), within)
    complete = SQL("count(*) %s = %s", within, window)
    return SQL(
        "CASE WHEN %s THEN %s ELSE %s(0, %s) END",
        complete,
        value,
        SQL(with_zero),
        value,
    )


def known_sql(as_of):
    """Return the condition on facts ``f`` that were known at ``as_of`` (None: now)."""
    if as_of is None:
        return SQL("f.superseded_at IS NULL")
    return SQL(
        "f.recorded_at <= %s AND (f.superseded_at IS NULL OR f.superseded_at > %s)",
        as_of,
        as_of,
    )


def value_sql(criterion, names):
    """Return the value of a criterion's measure of ``j``; none is zero."""
    return SQL("COALESCE(j.%s, 0)", SQL.identifier(names[_measure_key(criterion)]))


def passes_sql(tier, threshold, names, without):
    """Return whether the tier's criteria hold at ``threshold`` (qualify or retain).

    :param without: the answer for a client of a type that has no criteria
    """
    joint = SQL(" AND ") if tier["match"] == "all" else SQL(" OR ")

    def passes(criteria):
        if not criteria:
            return SQL("TRUE") if without else SQL("FALSE")
        return SQL(
            "(%s)",
            joint.join(
                SQL("%s >= %s::numeric", value_sql(c, names), c[threshold])
                for c in criteria
            ),
        )

    return by_type(tier, passes)


def columns_sql(rules):
    """Return the aggregate expressions of all measures of the rules, comma-separated."""
    month = date.fromisoformat(rules["month"])
    columns = [
        SQL("%s AS %s", measure_sql(*key, month), SQL.identifier(name))
        for key, name in measures(rules).items()
    ]
    return SQL(", ").join(columns or [SQL("1 AS nothing")])


def in_window_sql(rules):
    """Return the condition that a fact ``f`` is measured and lies in some window."""
    return SQL(
        "f.metric_id = ANY(%s) AND f.month BETWEEN %s AND %s",
        sorted({metric_id for metric_id, _window, _aggregate in measures(rules)}),
        first_month(rules),
        date.fromisoformat(rules["month"]),
    )


def edge_month_sql(company_id, edge):
    """Return the subquery of the newest or first month that a company has figures of.

    Metric by metric, so that one look into the index answers each.

    :param edge: "max" or "min"
    """
    return SQL(
        """(
        SELECT %(edge)s(f.month) FROM vip_metric m
         CROSS JOIN LATERAL (
               SELECT f.month FROM vip_activity f
                WHERE f.company_id = %(company)s AND f.metric_id = m.id
                  AND f.superseded_at IS NULL
                ORDER BY f.month %(order)s LIMIT 1) f)""",
        edge=SQL(edge),
        company=company_id,
        order=SQL({"max": "DESC", "min": "ASC"}[edge]),
    )
