"""What the rules measure of clients, and whose figures count for a client, as SQL.

Conventions (REQUIREMENTS T1): the window is the last n calendar months up to the month
under review; a missing month counts as zero; a value at the threshold passes; the lowest
tier needs nothing. A client is judged by the criteria of its type and by those of all
types (T2). A tier without criteria for a client's type is neither given to it nor taken
from it by the rules.

A client's own figures count, or with consent those of its group, which is rolled up month
by month (REQUIREMENTS T2). Of the members, those are judged together whose consent covers
the whole month under review: for each earlier month of the window that a member's consent
covers wholly, the sum of all members who had consented by then counts for it; for months
before its consent its own figures do. Who withdrew, or consented only in the course of
the month, is judged alone, and nobody else is judged by its figures. Without any consent
in a company the statement is that of each client's own figures.

Facts are read under the alias ``f``, judged clients under ``j``.
"""

from datetime import date

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months

# What is measured


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
        "f.recorded_at <= %s AND (f.superseded_at IS NULL OR f.superseded_at > %s)"
        # What was booked for a client that was merged later was another client's then.
        " AND (f.alias_id IS NULL OR f.alias_id NOT IN ("
        "SELECT id FROM vip_client_alias WHERE recorded_at > %s))",
        *(as_of, as_of, as_of),
    )


def value_sql(criterion, names):
    """Return the value of a criterion's measure of ``j``; none is zero."""
    return SQL("COALESCE(j.%s, 0)", SQL.identifier(names[_measure_key(criterion)]))


def figures_values_sql(rules):
    """Return the values of all measures of ``j``, comma-separated; none is zero."""
    return SQL(", ").join(
        SQL("COALESCE(j.%s, 0)", SQL.identifier(name))
        for name in measures(rules).values()
    )


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


def month_value_sql(alias):
    """Return what counts of a fact's client, metric and month, under all its numbers."""
    return SQL(
        """
        CASE WHEN %(fact)s.partner_id IN (SELECT partner_id FROM vip_client_alias)
             THEN (SELECT sum(s.value_company) FROM vip_activity s
                    WHERE s.company_id = %(fact)s.company_id
                      AND s.partner_id = %(fact)s.partner_id
                      AND s.metric_id = %(fact)s.metric_id
                      AND s.month = %(fact)s.month AND s.superseded_at IS NULL)
             ELSE %(fact)s.value_company END
        """,
        fact=SQL(alias),
    )


def counted_sql(rules):
    """Return what a fact ``f`` counts, in the currency of the month of the rules.

    Money of months before the company changed its currency counts at the rate of that
    change.
    """
    money = {
        c["metric_id"]
        for tier in rules["tiers"]
        for c in tier["criteria"]
        if c.get("unit") == "money"
    }
    steps = [
        (date.fromisoformat(month), rate)
        for month, rate in rules.get("currencies", ())
        if first_month(rules).isoformat() < month <= rules["month"]
    ]
    if not money or not steps:
        return SQL("f.value_company")
    cases, factor = [], 1
    for month, rate in reversed(steps):
        factor *= rate
        cases.append(SQL("WHEN f.month < %s THEN %s::numeric", month, factor))
    return SQL(
        "f.value_company * CASE WHEN f.metric_id <> ALL(%s) THEN 1 %s ELSE 1 END",
        sorted(money),
        SQL(" ").join(reversed(cases)),
    )


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


# Whose figures count


def any_consent_sql(company_id, month):
    """Return whether some consent of the company began by the month's first day."""
    return SQL(
        "EXISTS (SELECT FROM vip_client_group_member"
        " WHERE company_id = %s AND date_from <= %s)",
        company_id,
        month,
    )


def pool_sql(company_id, month, as_of=None):
    """Return the query of (group_id, partner_id, date_from) of who is judged together.

    :param month: the month under review, its first day
    :param as_of: by the consents that were recorded at that instant (naive UTC)
    """
    stop, known = SQL("g.date_to"), SQL("TRUE")
    if as_of is not None:
        stop = SQL(
            "CASE WHEN g.ended_at > %s THEN g.date_until ELSE %s END", as_of, stop
        )
        known = SQL("g.recorded_at <= %s", as_of)
    return SQL(
        """
        SELECT g.group_id, g.partner_id, g.date_from
          FROM vip_client_group_member g
         WHERE g.company_id = %(company)s AND g.date_from <= %(month)s AND %(known)s
           AND COALESCE(%(stop)s >= %(after)s, TRUE)
        """,
        company=company_id,
        month=month,
        known=known,
        stop=stop,
        after=add_months(month, 1),
    )


def _facts_sql(company_id, rules, as_of):
    """Return the condition on facts ``f`` that count at all."""
    return SQL(
        "f.company_id = %s AND %s AND %s",
        company_id,
        known_sql(as_of),
        in_window_sql(rules),
    )


def _months_sql(rules, source, condition):
    """Return the query of (partner_id, metric_id, month, value_company) of own figures.

    One row per month where that matters, which is where the smallest or largest one is
    asked for: what was booked under several numbers of a client adds.

    :param source: SQL of what the facts ``f`` are read from
    :param condition: which of them count
    """
    facts = SQL(
        "SELECT f.partner_id, f.metric_id, f.month, %s AS value_company"
        " FROM %s WHERE %s",
        *(counted_sql(rules), source, condition),
    )
    if not {"min", "max"} & {
        aggregate for _metric, _window, aggregate in measures(rules)
    }:
        return facts
    return SQL(
        """
        %(facts)s AND f.partner_id NOT IN (SELECT partner_id FROM vip_client_alias)
         UNION ALL
        SELECT f.partner_id, f.metric_id, f.month, sum(%(counted)s)
          FROM %(source)s WHERE %(condition)s
           AND f.partner_id IN (SELECT partner_id FROM vip_client_alias)
         GROUP BY f.partner_id, f.metric_id, f.month
        """,
        facts=facts,
        counted=counted_sql(rules),
        source=source,
        condition=condition,
    )


def _own_sql(company_id, rules, asked, as_of):
    """Return the query of (partner_id, one column per measure) of own figures."""
    counts = SQL("%s AND %s", _facts_sql(company_id, rules, as_of), asked("f"))
    return SQL(
        "SELECT f.partner_id, %s FROM (%s) f GROUP BY f.partner_id",
        columns_sql(rules),
        _months_sql(rules, SQL("vip_activity f"), counts),
    )


def _asked(among):
    """Return a function from an alias to the condition that its client is asked for."""
    if among is None:
        return lambda alias: SQL("TRUE")
    if isinstance(among, SQL):
        return lambda alias: SQL("%s.partner_id IN (%s)", SQL(alias), among)
    return lambda alias: SQL("%s.partner_id = ANY(%s)", SQL(alias), list(among))


def figures_sql(company_id, rules, among=None, as_of=None):
    """Return the query of (partner_id, one column per measure) by which to judge.

    :param among: only these clients, by their ids or as a query of them
    :param as_of: judge by what was known at that instant (naive UTC), not by what is
    """
    asked_of = _asked(among)
    own = _own_sql(company_id, rules, asked_of, as_of)
    if not rules["groups"]:
        return own
    pool = pool_sql(company_id, date.fromisoformat(rules["month"]), as_of)
    mine, asked = SQL("TRUE"), asked_of("g")
    if among is not None:
        mine = SQL("g.group_id IN (SELECT group_id FROM (%s) g WHERE %s)", pool, asked)
    facts = _facts_sql(company_id, rules, as_of)
    # The figures of a group's month are summed once, however many members there are.
    return SQL(
        """
        WITH pool AS MATERIALIZED (SELECT * FROM (%(pool)s) g WHERE %(mine)s),
        total AS MATERIALIZED (
            SELECT g.group_id, f.metric_id, f.month, sum(%(counted)s) AS value_company
              FROM pool g
              JOIN vip_activity f ON f.partner_id = g.partner_id
                                 AND f.month >= g.date_from AND %(facts)s
             GROUP BY g.group_id, f.metric_id, f.month
        )
        SELECT own.* FROM (%(own)s) own
         WHERE own.partner_id NOT IN (SELECT partner_id FROM pool)
         UNION ALL
        SELECT f.partner_id, %(columns)s
          FROM (SELECT g.partner_id, t.metric_id, t.month, t.value_company
                  FROM pool g
                  JOIN total t ON t.group_id = g.group_id AND t.month >= g.date_from
                 WHERE %(asked)s
                 UNION ALL (%(before)s)) f
         GROUP BY f.partner_id
        """,
        pool=pool,
        mine=mine,
        facts=facts,
        counted=counted_sql(rules),
        own=own,
        columns=columns_sql(rules),
        asked=asked,
        before=_months_sql(
            rules,
            SQL("vip_activity f JOIN pool g ON f.partner_id = g.partner_id"),
            SQL("f.month < g.date_from AND %s AND %s", facts, asked),
        ),
    )


def rolled_up_sql(company_id, rules, partner, as_of=None):
    """Return the jsonb expression of the group by whose figures ``partner`` is judged.

    It has the ids of the group and its members, and from when each has consented; their
    names are read by whoever shows it. NULL: by its own figures.
    """
    if not rules["groups"]:
        return SQL("NULL::jsonb")
    pool = pool_sql(company_id, date.fromisoformat(rules["month"]), as_of)
    return SQL(
        """(
        SELECT jsonb_build_object(
                   'id', o.group_id, 'members', (
                   SELECT jsonb_agg(jsonb_build_object(
                              'id', g.partner_id, 'since', g.date_from)
                              ORDER BY g.partner_id)
                     FROM (%(pool)s) g WHERE g.group_id = o.group_id))
          FROM (%(pool)s) o WHERE o.partner_id = %(partner)s)""",
        pool=pool,
        partner=partner,
    )


def missing_sql(rules, partner):
    """Return the SQL (jsonb) of what is missing of ``partner`` in the rules' windows.

    NULL where nothing waits for an exchange rate.
    """
    return SQL(
        """(
        SELECT jsonb_agg(DISTINCT jsonb_build_object(
                   'month', to_char(w.month, 'YYYY-MM'), 'metric', k.code,
                   'currency', c.name))
          FROM vip_activity_waiting w
          JOIN vip_metric k ON k.id = w.metric_id
          JOIN res_currency c ON c.id = w.currency_id
         WHERE w.company_id = %s AND w.partner_id = %s
           AND w.month BETWEEN %s AND %s)""",
        rules["company_id"],
        partner,
        first_month(rules),
        rules["month"],
    )
