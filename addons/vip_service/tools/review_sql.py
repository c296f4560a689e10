"""The statement of a tier review, built from the frozen rules.

One pass aggregates the facts of the window per client, one column per *measure* (metric,
window, aggregate); every tier is then a boolean of those columns. So the cost is that of
the bare aggregate, whatever the number of clients, and nothing passes through Python.

Conventions (REQUIREMENTS T1): the window is the last n calendar months up to the month
under review; a missing month counts as zero; a value at the threshold passes; the lowest
tier needs nothing; a tier without criteria is given by people only.
"""

from datetime import date

from odoo.tools import SQL

from .months import add_months


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


def aggregate_sql(company_id, rules, partner_ids=None):
    """Return the query of (partner_id, one column per measure) over the window."""
    month = date.fromisoformat(rules["month"])
    columns = [
        SQL("%s AS %s", measure_sql(*key, month), SQL.identifier(name))
        for key, name in measures(rules).items()
    ]
    partners = SQL("")
    if partner_ids is not None:
        partners = SQL("AND f.partner_id = ANY(%s)", list(partner_ids))
    return SQL(
        """
        SELECT f.partner_id, %s
          FROM vip_activity f
         WHERE f.company_id = %s AND f.superseded_at IS NULL
           AND f.month BETWEEN %s AND %s %s
         GROUP BY f.partner_id
        """,
        SQL(", ").join(columns or [SQL("1 AS nothing")]),
        company_id,
        first_month(rules),
        month,
        partners,
    )


def _value(criterion, names):
    return SQL("COALESCE(j.%s, 0)", SQL.identifier(names[_measure_key(criterion)]))


def _passes(tier, threshold, names):
    """Return whether the tier's criteria hold at ``threshold`` (qualify or retain)."""
    if not tier["criteria"]:
        return SQL("FALSE")
    joint = SQL(" AND ") if tier["match"] == "all" else SQL(" OR ")
    return joint.join(
        SQL("%s >= %s::numeric", _value(c, names), c[threshold])
        for c in tier["criteria"]
    )


def target_sql(rules):
    """Return the expression of the tier id that a client should have.

    The highest tier whose *qualify* holds, if it is above the current one, or whose
    *retain* holds, if it is not; else the lowest.
    """
    names = measures(rules)
    lowest, *above = sorted(rules["tiers"], key=lambda tier: tier["rank"])
    cases = [
        SQL(
            "WHEN CASE WHEN j.rank < %s THEN %s ELSE %s END THEN %s",
            tier["rank"],
            _passes(tier, "qualify", names),
            _passes(tier, "retain", names),
            tier["id"],
        )
        for tier in reversed(above)
    ]
    if not cases:
        return SQL("%s::int", lowest["id"])
    return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), lowest["id"])


def evidence_sql(rules):
    """Return the jsonb expression of what was measured, against which thresholds."""
    names = measures(rules)
    criteria = [
        SQL(
            """jsonb_build_object(
            'tier', %(tier)s::text, 'tier_id', %(tier_id)s::int, 'metric', %(metric)s::text,
            'unit', %(unit)s::text, 'window_months', %(window)s::int,
            'aggregate', %(aggregate)s::text, 'value', trim_scale(%(value)s),
            'qualify', %(qualify)s::numeric, 'retain', %(retain)s::numeric,
            'passed', %(value)s >= CASE WHEN j.rank < %(rank)s
                                        THEN %(qualify)s::numeric
                                        ELSE %(retain)s::numeric END)""",
            tier=tier["code"],
            tier_id=tier["id"],
            metric=criterion["metric"],
            unit=criterion["unit"],
            window=criterion["window_months"],
            aggregate=criterion["aggregate"],
            value=_value(criterion, names),
            qualify=criterion["qualify"],
            retain=criterion["retain"],
            rank=tier["rank"],
        )
        for tier in rules["tiers"]
        for criterion in tier["criteria"]
    ]
    return SQL(
        "jsonb_build_object('month', %s::text, 'currency', %s::text,"
        " 'criteria', jsonb_build_array(%s))",
        rules["month"],
        rules["currency"],
        SQL(", ").join(criteria),
    )


def review_sql(review_id, company_id, rules, day, at, uid):
    """Return the statement that judges all clients and inserts the proposals.

    Its one row is (clients judged, promotions, demotions). ``day`` is the company's date
    as of which present tiers count, ``at`` the instant of the review (naive UTC).
    """
    ranks = SQL(", ").join(SQL("(%s, %s)", t["id"], t["rank"]) for t in rules["tiers"])
    lowest = min(rules["tiers"], key=lambda tier: tier["rank"])
    columns = SQL("").join(
        SQL(", a.%s", SQL.identifier(name)) for name in measures(rules).values()
    )
    return SQL(
        """
        WITH judged AS MATERIALIZED (
            SELECT j.*, %(target)s AS target_id
              FROM (SELECT COALESCE(a.partner_id, m.partner_id) AS partner_id,
                           COALESCE(m.tier_id, %(lowest)s) AS tier_id,
                           COALESCE(m.rank, %(lowest_rank)s) AS rank %(columns)s
                      FROM (%(aggregate)s) a
                      FULL JOIN (
                           SELECT m.partner_id, m.tier_id, t.rank
                             FROM vip_tier_membership m
                             JOIN vip_tier t ON t.id = m.tier_id
                            WHERE m.company_id = %(company)s AND m.date_from <= %(day)s
                              AND (m.date_to IS NULL OR m.date_to > %(day)s)
                      ) m ON m.partner_id = a.partner_id) j
        ), proposed AS (
            INSERT INTO vip_tier_change (
                   review_id, company_id, partner_id, from_tier_id, to_tier_id, direction,
                   state, evidence, proposed_at,
                   create_uid, create_date, write_uid, write_date)
            SELECT %(review)s, %(company)s, j.partner_id, j.tier_id, j.target_id,
                   CASE WHEN t.rank > j.rank THEN 'promotion' ELSE 'demotion' END,
                   'proposed', %(evidence)s, %(at)s,
                   %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
              FROM judged j
              JOIN (VALUES %(ranks)s) t(id, rank) ON t.id = j.target_id
              JOIN res_partner p ON p.id = j.partner_id
             WHERE t.rank <> j.rank AND p.active AND p.client_type IS NOT NULL
            RETURNING direction
        )
        SELECT (SELECT count(*) FROM judged),
               count(*) FILTER (WHERE direction = 'promotion'),
               count(*) FILTER (WHERE direction = 'demotion')
          FROM proposed
        """,
        target=target_sql(rules),
        lowest=lowest["id"],
        lowest_rank=lowest["rank"],
        columns=columns,
        aggregate=aggregate_sql(company_id, rules),
        company=company_id,
        day=day,
        review=review_id,
        evidence=evidence_sql(rules),
        at=at,
        uid=uid,
        ranks=ranks,
    )
