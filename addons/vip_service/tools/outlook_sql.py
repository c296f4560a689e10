"""The statement of the tier outlook: at risk, and how far from the next tier."""

import functools
import itertools
from datetime import date

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months

from .figures_sql import (
    by_type,
    counted_sql,
    criteria_of,
    known_sql,
    measures,
    passes_sql,
    pool_sql,
    value_sql,
)
from .review_sql import judged_sql, last_review_sql, present_sql

NO_CANDIDATES = SQL("SELECT NULL::int AS partner_id, NULL::int AS rank WHERE FALSE")


def _reached_sql(tier, names):
    """Return how much of what a tier asks is reached, in percent from 0 to 100.

    NULL for a client of a type that the rules do not judge for this tier.
    """
    best = SQL("LEAST" if tier["match"] == "all" else "GREATEST")

    def reached(criteria):
        if not criteria:
            return SQL("NULL::numeric")
        parts = [
            SQL(
                "LEAST(100, GREATEST(0, 100 * %s / %s::numeric))",
                value_sql(c, names),
                c["qualify"],
            )
            if c["qualify"] > 0
            else SQL("100::numeric")
            for c in criteria
        ]
        return SQL("%s(%s)", best, SQL(", ").join(parts))

    return by_type(tier, reached)


def _next_sql(above, result):
    """Return the ``result(tier)`` of the lowest tier above the client's own that the
    rules can give it."""
    judged = [
        SQL(
            "WHEN j.rank < %s AND %s THEN %s",
            tier["rank"],
            by_type(tier, lambda criteria: SQL("TRUE" if criteria else "FALSE")),
            result(tier),
        )
        for tier in above
    ]
    return SQL("CASE %s END", SQL(" ").join(judged)) if judged else SQL("NULL")


def _grace_left_sql(rules, next_number):
    """Return the expression of :func:`.times.reviews_left` for ``o`` and ``b``."""
    grace = [
        SQL("WHEN %s THEN %s", t["id"], t["grace_reviews"]) for t in rules["tiers"]
    ]
    left = SQL(
        "GREATEST(0, CASE o.tier_id %s ELSE 0 END - COALESCE(b.streak, 0))",
        SQL(" ").join(grace),
    )
    every = rules["falls_every"]
    if every == 1:
        return left
    return SQL(
        "%(left)s + mod(%(every)s - mod(%(next)s + %(left)s, %(every)s), %(every)s)",
        left=left,
        every=every,
        next=next_number,
    )


def _stays_sql(above, names):
    """Return whether a client reaches what its tier asks to stay."""
    stays = [
        SQL(
            "WHEN j.rank = %s THEN %s",
            tier["rank"],
            passes_sql(tier, "retain", names, without=True),
        )
        for tier in above
    ]
    return SQL("CASE %s ELSE TRUE END", SQL(" ").join(stays)) if stays else SQL("TRUE")


def _reaching_sql(company_id, rules, criterion, close):
    """Return the query of partner_id of who may reach ``close`` percent of a criterion.

    Whatever the aggregate, it takes a fact of the window that is its share of that: the
    whole, or of a sum the mean month. The index of the facts by value finds those.
    """
    month = date.fromisoformat(rules["month"])
    aggregate, window = criterion["aggregate"], criterion["window_months"]
    share = window if aggregate == "sum" else 1
    return SQL(
        """
        SELECT f.partner_id FROM vip_activity f
         WHERE f.company_id = %s AND %s AND f.metric_id = %s
           AND f.month BETWEEN %s AND %s AND %s >= %s
        """,
        company_id,
        known_sql(None),
        criterion["metric_id"],
        month if aggregate == "last" else add_months(month, 1 - window),
        month,
        counted_sql(rules),
        # A little less: the percentage is rounded by its division.
        close / 100 * criterion["qualify"] / share * (1 - 1e-9),
    )


def candidates_sql(company_id, rules, close):
    """Return the query of (partner_id, rank) of who may be close to which tier; None:
    everybody to some.

    Nobody is missing, but some turn out not to be close. Who is judged with a group may
    be brought anywhere by the figures of others.
    """
    _lowest, *above = sorted(rules["tiers"], key=lambda tier: tier["rank"])
    kinds = {c["client_type"] or None for tier in above for c in tier["criteria"]}
    parts = [NO_CANDIDATES]
    for tier, kind in itertools.product(above, sorted(kinds | {None}, key=str)):
        criteria = criteria_of(tier, kind)
        asked = [c for c in criteria if c["qualify"] > 0]
        if not criteria:
            continue
        if not asked or (tier["match"] == "any" and asked != criteria):
            return None
        joint = SQL(" INTERSECT " if tier["match"] == "all" else " UNION ")
        reaching = (_reaching_sql(company_id, rules, c, close) for c in asked)
        parts.append(
            SQL("SELECT r.*, %s FROM (%s) r", tier["rank"], joint.join(reaching))
        )
    if above:
        # What was booked under several numbers may reach together what each does not.
        top = above[-1]["rank"]
        parts.append(SQL("SELECT partner_id, %s FROM vip_client_alias", top))
    if rules["groups"]:
        pool = pool_sql(company_id, date.fromisoformat(rules["month"]))
        parts.append(SQL("SELECT partner_id, %s FROM (%s) g", above[-1]["rank"], pool))
    return SQL(" UNION ALL ").join(parts)


def _part_sql(company_id, rules, close, next_number, judged, at_risk, is_close):
    """Return the rows of the outlook of the clients of the query ``judged``.

    :param at_risk, is_close: what holds for all of them; None: it is computed
    """
    # Few remain of those that are computed: each is looked up, instead of all partners
    # read, as the planner would have it, which cannot know how few.
    few = SQL("OFFSET 0" if at_risk is None or is_close is None else "")
    names = measures(rules)
    _lowest, *above = sorted(rules["tiers"], key=lambda tier: tier["rank"])
    reached = SQL("COALESCE(o.percent >= %s, FALSE)", close)
    return SQL(
        """
        SELECT o.partner_id AS id, o.partner_id, %(company)s AS company_id,
               p.adviser_id, p.client_type, o.tier_id, %(month)s::date AS month,
               %(at_risk)s AS at_risk,
               COALESCE(b.streak, 0) AS shortfalls,
               %(grace_left)s AS grace_left,
               o.next_tier_id, round(o.percent, 1) AS percent,
               %(close)s AS close
          FROM (SELECT j.partner_id, j.tier_id, %(stays)s AS stays,
                       %(next)s::int AS next_tier_id, %(percent)s::numeric AS percent
                  FROM (%(judged)s) j) o
         CROSS JOIN LATERAL (
               SELECT p.adviser_id, p.client_type FROM res_partner p
                WHERE p.id = o.partner_id AND p.active AND p.client_type IS NOT NULL
                %(few)s) p
          LEFT JOIN vip_tier_verdict b
                 ON b.partner_id = o.partner_id AND b.tier_id = o.tier_id
                AND b.review_id = %(last)s
        """,
        company=company_id,
        month=rules["month"],
        at_risk=SQL("NOT o.stays") if at_risk is None else SQL("%s", at_risk),
        grace_left=_grace_left_sql(rules, next_number),
        close=reached if is_close is None else SQL("%s", is_close),
        stays=_stays_sql(above, names),
        next=_next_sql(above, lambda tier: SQL("%s", tier["id"])),
        percent=_next_sql(above, lambda tier: _reached_sql(tier, names)),
        last=last_review_sql(company_id),
        judged=judged,
        few=few,
    )


def _known_sql(company_id, rules, day, candidates):
    """Return the query of (partner_id, tier_id, rank, may): who holds a tier above the
    lowest, and who may be close to one above that."""
    return SQL(
        """
        SELECT partner_id, h.tier_id, h.rank,
               COALESCE(c.rank > COALESCE(h.rank, %(lowest)s), FALSE) AS may
          FROM (%(present)s) h
          FULL JOIN (SELECT partner_id, max(rank) AS rank FROM (%(candidates)s) c
                      GROUP BY partner_id) c USING (partner_id)
        """,
        lowest=min(tier["rank"] for tier in rules["tiers"]),
        present=present_sql(company_id, day, rules),
        candidates=candidates,
    )


def _parts(company_id, rules, everybody_may):
    """Yield (clients judged, whether at risk, whether close) of the parts; None: some."""

    def of(condition):
        clients = SQL("FROM known WHERE %s", SQL(condition))
        return judged_sql(
            company_id,
            rules,
            SQL("SELECT partner_id, tier_id, rank %s", clients),
            among=SQL("SELECT partner_id %s", clients),
        )

    nobody = SQL("SELECT partner_id, tier_id, rank FROM known WHERE FALSE")
    others = SQL(
        "SELECT j.* FROM (%s) j WHERE NOT EXISTS"
        " (SELECT FROM known k WHERE k.partner_id = j.partner_id)",
        judged_sql(company_id, rules, nobody),
    )
    if everybody_may:
        return [(of("TRUE"), None, None), (others, False, None)]
    return [
        (of("tier_id IS NOT NULL AND NOT may"), None, False),
        (of("tier_id IS NOT NULL AND may"), None, None),
        (of("tier_id IS NULL"), False, None),
        (others, False, False),
    ]


def outlook_sql(company_id, rules, day, close, next_number, only=None):
    """Return the query of ``vip.tier.outlook``, one row per active client
    that has figures in the window or a tier above the lowest.

    It has parts, by who holds a tier above the lowest and whose figures may come close
    to the next one. Only the former can be at risk, only the latter close, which the
    columns of the other parts say as constants: of a list of those, PostgreSQL leaves
    out the parts that have none before it reads a figure.

    :param rules: as of :meth:`vip.tier._rules`, for the newest month
    :param day: the company's date whose tiers count
    :param close: from how many percent of the next tier a client is close to it
    :param next_number: the number of the month that is reviewed next
    :param only: the ids of the only clients asked for; None: all
    """
    part = functools.partial(_part_sql, company_id, rules, close, next_number)
    present = present_sql(company_id, day, rules)
    if only is not None:
        held = SQL(
            "SELECT * FROM (%s) h WHERE partner_id = ANY(%s)", present, list(only)
        )
        return part(judged_sql(company_id, rules, held, among=only), None, None)
    candidates = candidates_sql(company_id, rules, close)
    known = _known_sql(company_id, rules, day, candidates or NO_CANDIDATES)
    parts = _parts(company_id, rules, everybody_may=candidates is None)
    return SQL(
        "WITH known AS MATERIALIZED (%s) %s",
        known,
        SQL(" UNION ALL ").join(part(*one) for one in parts),
    )
