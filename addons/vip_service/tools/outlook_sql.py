"""The statement of the tier outlook: at risk, and how far from the next tier."""

from odoo.tools import SQL

from .measure_sql import by_type, measures, passes_sql, value_sql
from .review_sql import judged_sql, last_review_sql, present_sql


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
    """Return the expression of :func:`.months.reviews_left` for ``o`` and ``b``."""
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


def outlook_sql(company_id, rules, day, close, next_number):
    """Return the query of ``vip.tier.outlook``, one row per active client
    that has figures in the window or a tier above the lowest.

    :param rules: as of :meth:`vip.tier._rules`, for the newest month
    :param day: the company's date whose tiers count
    :param close: from how many percent of the next tier a client is close to it
    :param next_number: the number of the month that is reviewed next
    """
    names = measures(rules)
    lowest, *above = sorted(rules["tiers"], key=lambda tier: tier["rank"])
    stays = [
        SQL(
            "WHEN j.rank = %s THEN %s",
            tier["rank"],
            passes_sql(tier, "retain", names, without=True),
        )
        for tier in above
    ]
    stays = SQL("CASE %s ELSE TRUE END", SQL(" ").join(stays)) if stays else SQL("TRUE")
    return SQL(
        """
        SELECT o.partner_id AS id, o.partner_id, %(company)s AS company_id,
               p.adviser_id, p.client_type, o.tier_id, %(month)s::date AS month,
               NOT o.stays AS at_risk,
               COALESCE(b.streak, 0) AS shortfalls,
               %(grace_left)s AS grace_left,
               o.next_tier_id, round(o.percent, 1) AS percent,
               COALESCE(o.percent >= %(close)s, FALSE) AS close
          FROM (SELECT j.partner_id, j.tier_id, %(stays)s AS stays,
                       %(next)s::int AS next_tier_id, %(percent)s::numeric AS percent
                  FROM (%(judged)s) j) o
          JOIN res_partner p ON p.id = o.partner_id AND p.active
                            AND p.client_type IS NOT NULL
          LEFT JOIN vip_tier_verdict b
                 ON b.partner_id = o.partner_id AND b.tier_id = o.tier_id
                AND b.review_id = %(last)s
        """,
        company=company_id,
        month=rules["month"],
        grace_left=_grace_left_sql(rules, next_number),
        close=close,
        stays=stays,
        next=_next_sql(above, lambda tier: SQL("%s", tier["id"])),
        percent=_next_sql(above, lambda tier: _reached_sql(tier, names)),
        last=last_review_sql(company_id),
        judged=judged_sql(company_id, rules, present_sql(company_id, day)),
    )
