"""The statements by which the rules judge clients and propose tiers.

Those of a review are built from its frozen rules.

One pass aggregates the facts of the window per client, one column per *measure* (metric,
window, aggregate); every tier is then a boolean of those columns. So the cost is that of
the bare aggregate, whatever the number of clients, and nothing passes through Python.
What is measured, and whose figures count, is said in :mod:`.figures_sql`.
"""

from datetime import date

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import closes

from .figures_sql import (
    by_type,
    figures_sql,
    figures_values_sql,
    measures,
    missing_sql,
    month_value_sql,
    passes_sql,
    rolled_up_sql,
    value_sql,
)


def target_sql(rules):
    """Return the expression of the tier id that a client should have.

    The highest tier whose *qualify* holds, if it is above the current one, or whose
    *retain* holds, if it is not; else the lowest. Where falls go one tier at a time, the
    next one below the current that the rules may give.
    """
    names = measures(rules)
    lowest, *above = sorted(rules["tiers"], key=lambda tier: tier["rank"])

    def below(tier):
        if not rules["one_step_down"]:
            return passes_sql(tier, "retain", names, without=False)
        return by_type(tier, lambda criteria: SQL("TRUE" if criteria else "FALSE"))

    cases = [
        SQL(
            "WHEN CASE WHEN j.rank < %(rank)s THEN %(rises)s"
            " WHEN j.rank = %(rank)s THEN %(stays)s ELSE %(falls)s END THEN %(id)s",
            rank=tier["rank"],
            rises=passes_sql(tier, "qualify", names, without=False),
            stays=passes_sql(tier, "retain", names, without=True),
            falls=below(tier),
            id=tier["id"],
        )
        for tier in reversed(above)
    ]
    if not cases:
        return SQL("%s::int", lowest["id"])
    return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), lowest["id"])


def _criterion_evidence_sql(**values):
    """Return the jsonb of one criterion in the evidence of a proposal.

    :param values: plain or SQL: tier and metric (their codes), tier_id, unit,
        window_months, aggregate, value (numeric), qualify, retain, passed
    """
    return SQL(
        """jsonb_build_object(
        'tier', %(tier)s::text, 'tier_id', %(tier_id)s::int, 'metric', %(metric)s::text,
        'unit', %(unit)s::text, 'window_months', %(window_months)s::int,
        'aggregate', %(aggregate)s::text, 'value', trim_scale(%(value)s),
        'qualify', %(qualify)s::numeric, 'retain', %(retain)s::numeric,
        'passed', %(passed)s)""",
        **values,
    )


def _evidence_sql(month, currency, criteria, more):
    """Return the jsonb of what was measured in a month: the frozen evidence.

    :param criteria: SQL of a jsonb array, each as of :func:`_criterion_evidence_sql`
    :param more: SQL of a jsonb object with what else is told
    """
    return SQL(
        "jsonb_build_object('month', %s::text, 'currency', %s::text, 'criteria', %s)"
        " || %s",
        *(month, currency, criteria, more),
    )


def _judged_criterion_sql(tier, criterion, names):
    value = value_sql(criterion, names)
    return _criterion_evidence_sql(
        tier=tier["code"],
        tier_id=tier["id"],
        metric=criterion["metric"],
        unit=criterion["unit"],
        window_months=criterion["window_months"],
        aggregate=criterion["aggregate"],
        value=value,
        qualify=criterion["qualify"],
        retain=criterion["retain"],
        passed=SQL(
            "%s >= CASE WHEN j.rank < %s THEN %s::numeric ELSE %s::numeric END",
            *(value, tier["rank"], criterion["qualify"], criterion["retain"]),
        ),
    )


def judged_evidence_sql(rules):
    """Return the evidence of a judgement: what was measured, against which thresholds."""
    names = measures(rules)

    def rows(tier):
        def make(criteria):
            return SQL(
                "jsonb_build_array(%s)",
                SQL(", ").join(_judged_criterion_sql(tier, c, names) for c in criteria),
            )

        return by_type(tier, make)

    tiers = [rows(tier) for tier in rules["tiers"] if tier["criteria"]]
    return _evidence_sql(
        rules["month"],
        rules["currency"],
        SQL(" || ").join(tiers or [SQL("'[]'::jsonb")]),
        SQL(
            "jsonb_build_object('client_type', j.client_type, 'shortfalls', j.streak)"
            " || jsonb_strip_nulls(jsonb_build_object('group', j.rolled_up,"
            " 'missing', %s))",
            missing_sql(rules, SQL("j.partner_id")),
        ),
    )


def held_as_sql(rules):
    """Return ``VALUES`` of (tier id held, tier id that counts, its rank).

    Of a tier that is gone by now its successor counts.
    """
    ranks = {t["id"]: t["rank"] for t in rules["tiers"]}
    counted = {**dict(zip(ranks, ranks, strict=True)), **dict(rules.get("gone", ()))}
    rows = [
        SQL("(%s, %s, %s)", held, tier, ranks[tier])
        for held, tier in counted.items()
        if tier in ranks
    ]
    return SQL("VALUES %s", SQL(", ").join(rows))


def ranks_sql(rules):
    """Return ``VALUES`` of (tier id, rank, reviews of grace) of the ladder."""
    rows = [
        SQL("(%s, %s, %s)", t["id"], t["rank"], t["grace_reviews"])
        for t in rules["tiers"]
    ]
    return SQL("VALUES %s", SQL(", ").join(rows))


def held_tiers_sql(company_id, day):
    """Return the query of (partner_id, tier_id) of the memberships on ``day``."""
    return SQL(
        """
        SELECT m.partner_id, m.tier_id FROM vip_tier_membership m
         WHERE m.company_id = %(company)s AND m.date_from <= %(day)s
           AND (m.date_to IS NULL OR m.date_to > %(day)s)
        """,
        company=company_id,
        day=day,
    )


def present_sql(company_id, day, rules):
    """Return the query of (partner_id, tier_id, rank) of who holds a tier on ``day``.

    Tiers and ranks are those of the rules, whatever the ladder of today.
    """
    return SQL(
        """
        SELECT m.partner_id, t.tier_id, t.rank
          FROM (%s) m JOIN (%s) t(held, tier_id, rank) ON t.held = m.tier_id
        """,
        held_tiers_sql(company_id, day),
        held_as_sql(rules),
    )


def last_review_sql(company_id):
    """Return the subquery of the id of the review that shortfalls are counted on from.

    The company's newest one; none where a month after it was left out.
    """
    return SQL(
        """(
        SELECT CASE WHEN r.state = 'done' THEN r.id END FROM vip_tier_review r
         WHERE r.company_id = %s AND r.state IN ('done', 'left')
         ORDER BY r.month DESC LIMIT 1)""",
        company_id,
    )


def judged_sql(company_id, rules, present, as_of=None, among=None):
    """Return the query of all clients judged, with the tier that each should have.

    Columns: partner_id, tier_id and rank as held, client_type (only where the rules ask
    for it), one per measure, target_id.

    :param present: the query of (partner_id, tier_id, rank) of who is above the lowest
    :param among: only the figures of these clients, as a query of their ids
    """
    lowest = min(rules["tiers"], key=lambda tier: tier["rank"])
    columns = SQL("").join(
        SQL(", a.%s", SQL.identifier(name)) for name in measures(rules).values()
    )
    # The type costs a join over all clients: only where some criterion asks for it.
    kind, clients = SQL("NULL::varchar"), SQL("")
    if any(c["client_type"] for t in rules["tiers"] for c in t["criteria"]):
        kind = SQL("p.client_type")
        clients = SQL(
            "JOIN res_partner p ON p.id = COALESCE(a.partner_id, m.partner_id)"
        )
    return SQL(
        """
        SELECT j.*, %(target)s AS target_id
          FROM (SELECT COALESCE(a.partner_id, m.partner_id) AS partner_id,
                       COALESCE(m.tier_id, %(lowest)s) AS tier_id,
                       COALESCE(m.rank, %(lowest_rank)s) AS rank,
                       %(kind)s AS client_type %(columns)s
                  FROM (%(figures)s) a
                  FULL JOIN (%(present)s) m
                    ON m.partner_id = a.partner_id %(clients)s) j
        """,
        target=target_sql(rules),
        lowest=lowest["id"],
        lowest_rank=lowest["rank"],
        kind=kind,
        columns=columns,
        figures=figures_sql(company_id, rules, among, as_of),
        present=present,
        clients=clients,
    )


def held_sql(company_id, day):
    """Return the query of partner_id of whom no review or rule proposes on ``day``:
    people have decided for them.

    An override that waits for its approval or runs on that day; a change that is
    approved for a later day. Few rows whatever the number of clients, and each part has
    its index.
    """
    return SQL(
        """
        SELECT h.partner_id FROM vip_tier_change h
         WHERE h.company_id = %(company)s AND h.state = 'proposed'
           AND h.override_until IS NOT NULL
         UNION ALL
        SELECT h.partner_id FROM vip_tier_change h
         WHERE h.company_id = %(company)s AND h.state = 'approved'
         UNION ALL
        SELECT h.partner_id FROM vip_tier_change h
         WHERE h.company_id = %(company)s AND h.state = 'applied'
           AND h.override_end > %(day)s AND h.effective_date <= %(day)s
        """,
        company=company_id,
        day=day,
    )


def outcome_sql(rules):
    """Return the expression of what becomes of a client that does not simply stay.

    It reads the present tier ``j`` with its grace ``h``, the tier asked for ``t`` and the
    shortfalls in a row ``s``. A fall waits for a review that may propose one.
    """
    fall = (
        "demotion"
        if closes(date.fromisoformat(rules["month"]), rules["falls_every"])
        else "grace"
    )
    return SQL(
        """
        CASE WHEN t.rank > j.rank THEN 'promotion'
             WHEN s.streak <= COALESCE(h.grace, 0) THEN 'grace'
             ELSE %s END
        """,
        fall,
    )


def verdict_sql(review_id, company_id, rules, day, as_of=None, settled=None):
    """Return the statement that judges all clients and keeps who does not simply stay.

    Its one row is (clients judged, promotions, demotions, in grace). A shortfall is
    counted on from the review before (``rules["previous_review_id"]``) while the client
    holds the same tier; up to the tier's grace it proposes nothing, nor in a month whose
    review proposes no falls. Whom people have decided about is left alone.

    :param settled: whose verdict is kept as it is, as a query of partner_id
    """
    kept = SQL("AND p.id NOT IN (%s)", settled) if settled else SQL("")
    return SQL(
        """
        WITH judged AS MATERIALIZED (%(judged)s), found AS (
            INSERT INTO vip_tier_verdict (
                   review_id, company_id, partner_id, client_type, tier_id, target_id,
                   streak, outcome, figures, rolled_up)
            SELECT %(review)s, %(company)s, j.partner_id, p.client_type, j.tier_id,
                   j.target_id, s.streak,
                   %(outcome)s, jsonb_build_array(%(figures)s), %(rolled_up)s
              FROM judged j
              JOIN (%(ranks)s) t(id, rank, grace) ON t.id = j.target_id
              LEFT JOIN (%(ranks)s) h(id, rank, grace) ON h.id = j.tier_id
              JOIN res_partner p ON p.id = j.partner_id
              LEFT JOIN vip_tier_verdict b
                     ON b.review_id = %(previous)s AND b.partner_id = j.partner_id
                    AND b.tier_id = j.tier_id
              CROSS JOIN LATERAL (
                   SELECT CASE WHEN t.rank > j.rank THEN 0
                               ELSE 1 + COALESCE(b.streak, 0) END) s(streak)
             WHERE t.rank <> j.rank AND p.active AND p.client_type IS NOT NULL
               AND p.id NOT IN (%(held)s) %(kept)s
            RETURNING outcome
        )
        SELECT (SELECT count(*) FROM judged),
               count(*) FILTER (WHERE outcome = 'promotion'),
               count(*) FILTER (WHERE outcome = 'demotion'),
               count(*) FILTER (WHERE outcome = 'grace')
          FROM found
        """,
        judged=judged_sql(
            company_id, rules, present_sql(company_id, day, rules), as_of
        ),
        review=review_id,
        company=company_id,
        figures=figures_values_sql(rules),
        ranks=ranks_sql(rules),
        previous=rules["previous_review_id"],
        held=held_sql(company_id, day),
        kept=kept,
        outcome=outcome_sql(rules),
        rolled_up=rolled_up_sql(company_id, rules, SQL("j.partner_id"), as_of),
    )


def propose_sql(query, at, uid, more=()):
    """Return the statement by which the rules propose; its rows are the ids.

    :param query: SQL of (review_id, company_id, partner_id, from_tier_id, to_tier_id,
        direction, evidence) and of what ``more`` names
    :param at: the event time (naive UTC)
    :param more: names of further columns
    """
    return SQL(
        """
        INSERT INTO vip_tier_change (
               review_id, company_id, partner_id, from_tier_id, to_tier_id, direction,
               evidence, %(more)s state, proposed_at,
               create_uid, create_date, write_uid, write_date)
        SELECT r.*, 'proposed', %(at)s,
               %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
          FROM (%(query)s) r
        RETURNING id
        """,
        query=query,
        more=SQL("").join(SQL("%s, ", SQL.identifier(name)) for name in more),
        at=at,
        uid=uid,
    )


def proposing_sql(_review_id, proposals, at, uid):
    """Return the part of a statement that makes these proposals."""
    return SQL("proposed AS (%s)", propose_sql(proposals, at, uid))


def proposal_sql(
    review_id, company_id, rules, after, limit, at, uid, write=proposing_sql
):
    """Return the statement that proposes the next verdicts, in order of the client.

    Its one row is (the last client proposed, None when there was none left). ``at`` is
    the instant of the review (naive UTC). Whom people have decided about since is left
    alone.

    :param write: what becomes of the proposals; of a review that judges anew
        :func:`.again_sql.renewing_sql`
    """
    figures = SQL("").join(
        SQL(", (v.figures->>%s)::numeric AS %s", place, SQL.identifier(name))
        for place, name in enumerate(measures(rules).values())
    )
    proposals = SQL(
        """
        SELECT %s::int, %s::int, j.partner_id, j.tier_id, j.target_id, j.outcome, %s
          FROM j WHERE j.partner_id NOT IN (%s)
        """,
        review_id,
        company_id,
        judged_evidence_sql(rules),
        held_sql(company_id, date.fromisoformat(rules["tiers_on"])),
    )
    return SQL(
        """
        WITH j AS MATERIALIZED (
            SELECT v.partner_id, v.tier_id, v.target_id, v.outcome, v.client_type,
                   v.streak, v.rolled_up, t.rank %(figures)s
              FROM vip_tier_verdict v
              JOIN (%(ranks)s) t(id, rank, grace) ON t.id = v.tier_id
             WHERE v.review_id = %(review)s AND v.outcome <> 'grace'
               AND v.partner_id > %(after)s
             ORDER BY v.partner_id LIMIT %(limit)s
        ), %(written)s
        SELECT max(partner_id) FROM j
        """,
        figures=figures,
        ranks=ranks_sql(rules),
        review=review_id,
        after=after,
        limit=limit,
        written=write(review_id, proposals, at, uid),
    )


def entry_sql(
    company, ladder, at, uid, import_ids=None, partner_ids=None, asked_by=None
):
    """Return the statement that proposes tiers to new clients; its rows are the ids.

    New is who has figures of one month only, which no review has judged yet, and of
    whom no tier was ever proposed (REQUIREMENTS T1: entry by the first deposit).

    :param ladder: the version of the ladder of ``company``
    :param at: the event time (naive UTC)
    :param import_ids: only clients with figures of these imports
    :param partner_ids: only these clients
    :param asked_by: the id of who asks for it by hand
    """
    scope = SQL("")
    if import_ids is not None:
        scope = SQL("%s AND f.import_id = ANY(%s)", scope, list(import_ids))
    if partner_ids is not None:
        scope = SQL("%s AND f.partner_id = ANY(%s)", scope, list(partner_ids))
    is_new = SQL(
        """
        TRUE %s
           AND NOT EXISTS (
               SELECT FROM vip_activity o
                WHERE o.company_id = f.company_id
                  AND o.partner_id = f.partner_id AND o.month <> f.month)
           AND NOT EXISTS (
               SELECT FROM vip_tier_change c
                WHERE c.company_id = f.company_id AND c.partner_id = f.partner_id)
           AND NOT EXISTS (
               SELECT FROM vip_tier_membership m
                WHERE m.company_id = f.company_id AND m.partner_id = f.partner_id)
           AND NOT EXISTS (
               SELECT FROM vip_tier_review r
                WHERE r.company_id = f.company_id AND r.state = 'done'
                  AND r.month >= f.month)
        """,
        scope,
    )
    entries = reached_sql(company, ladder, is_new)
    proposals = SQL("SELECT e.*, %s::int FROM (%s) e", asked_by, entries)
    return propose_sql(proposals, at, uid, more=["asked_by_id"])


def reached_sql(company, ladder, condition):
    """Return the query of what a month's figures propose by the entry thresholds.

    Its columns are those of a proposal, up to the evidence.

    :param ladder: the version of the ladder of ``company``
    :param condition: SQL on facts ``f``
    """
    booked = month_value_sql("f")
    criterion = _criterion_evidence_sql(
        tier=SQL("t.code"),
        tier_id=SQL("t.id"),
        metric=SQL("k.code"),
        unit=SQL("k.unit"),
        window_months=1,
        aggregate="sum",
        value=booked,
        qualify=SQL("trim_scale(r.entry_value)"),
        retain=SQL("trim_scale(r.entry_value)"),
        passed=True,
    )
    return SQL(
        """
        SELECT DISTINCT ON (f.partner_id)
               NULL::int, f.company_id, f.partner_id, %(lowest)s::int, t.id, 'promotion',
               %(evidence)s
          FROM vip_activity f
          JOIN vip_ladder_rung r ON r.version_id = %(ladder)s
           AND r.tier_id <> %(lowest)s AND r.entry_metric_id = f.metric_id
           AND %(booked)s >= r.entry_value
          JOIN vip_tier t ON t.id = r.tier_id
          JOIN vip_metric k ON k.id = f.metric_id
          JOIN res_partner p ON p.id = f.partner_id
         WHERE f.company_id = %(company)s AND f.superseded_at IS NULL
           AND p.active AND p.client_type IS NOT NULL
           AND %(condition)s
         ORDER BY f.partner_id, r.rank DESC
        """,
        booked=booked,
        lowest=ladder.lowest_id.id,
        ladder=ladder.id,
        evidence=_evidence_sql(
            SQL("f.month"),
            company._vip_currency_sql(SQL("f.month"), "name"),
            SQL("jsonb_build_array(%s)", criterion),
            SQL("jsonb_build_object('entry', TRUE)"),
        ),
        company=company.id,
        condition=condition,
    )
