"""The statement that finds whose tier a review would give otherwise by the figures of now.

Only clients are judged whose figures of the window came or changed since the review
judged, or those of who is judged with them; by its frozen rules, from the tiers that were
held then.
"""

from datetime import date

from odoo.tools import SQL

from .figures_sql import figures_values_sql, first_month, pool_sql
from .review_sql import judged_sql, outcome_sql, present_sql, ranks_sql


def _touched_sql(company_id, rules, judged_at):
    """Return the query of partner_id of whose figures changed since ``judged_at``."""
    touched = SQL(
        """
        SELECT f.partner_id FROM vip_activity f
         WHERE f.company_id = %s AND f.month BETWEEN %s AND %s
           AND (f.recorded_at >= %s OR f.superseded_at >= %s)
        """,
        company_id,
        first_month(rules),
        rules["month"],
        judged_at,
        judged_at,
    )
    if not rules["groups"]:
        return touched
    pool = pool_sql(company_id, date.fromisoformat(rules["month"]))
    return SQL(
        """
        SELECT partner_id FROM (%(touched)s) t
         UNION
        SELECT g.partner_id FROM (%(pool)s) g
         WHERE g.group_id IN (SELECT o.group_id FROM (%(pool)s) o
                               WHERE o.partner_id IN (%(touched)s))
        """,
        touched=touched,
        pool=pool,
    )


def _held_sql(review_id, company_id, day, rules):
    """Return the query of (partner_id, tier_id, rank) of the tiers that the review saw.

    Of whom it found something, what it wrote down: what was decided on its day was
    decided after it.
    """
    return SQL(
        """
        SELECT m.partner_id, m.tier_id, m.rank FROM (%(present)s) m
         WHERE m.partner_id IN (SELECT partner_id FROM touched)
           AND NOT EXISTS (SELECT FROM vip_tier_verdict v
                            WHERE v.review_id = %(review)s
                              AND v.partner_id = m.partner_id)
         UNION ALL
        SELECT v.partner_id, v.tier_id, t.rank
          FROM vip_tier_verdict v
          JOIN (%(ranks)s) t(id, rank, grace) ON t.id = v.tier_id
         WHERE v.review_id = %(review)s
           AND v.partner_id IN (SELECT partner_id FROM touched)
        """,
        present=present_sql(company_id, day, rules),
        ranks=ranks_sql(rules),
        review=review_id,
    )


def _overridden_sql(company_id, day):
    """Return the query of partner_id of whom people had decided out of the rules."""
    return SQL(
        """
        SELECT h.partner_id FROM vip_tier_change h
         WHERE h.company_id = %(company)s AND h.state = 'applied'
           AND h.override_end > %(day)s AND h.effective_date <= %(day)s
        """,
        company=company_id,
        day=day,
    )


def correction_sql(review_id, company_id, rules, day, judged_at):
    """Return the statement that keeps these clients.

    :param day: the day whose tiers the review took as held
    :param judged_at: when it judged (naive UTC)
    """
    judged = judged_sql(
        company_id,
        rules,
        _held_sql(review_id, company_id, day, rules),
        among=SQL("SELECT partner_id FROM touched"),
    )
    return SQL(
        """
        WITH touched AS MATERIALIZED (%(touched)s), found AS (
            SELECT j.partner_id, j.tier_id, v.figures AS figures_then,
                   CASE WHEN v.outcome IN ('promotion', 'demotion')
                        THEN v.target_id ELSE j.tier_id END AS found_id,
                   CASE WHEN t.rank = j.rank OR %(outcome)s = 'grace'
                        THEN j.tier_id ELSE j.target_id END AS now_id,
                   jsonb_build_array(%(figures)s) AS figures_now
              FROM (%(judged)s) j
              JOIN (%(ranks)s) t(id, rank, grace) ON t.id = j.target_id
              LEFT JOIN (%(ranks)s) h(id, rank, grace) ON h.id = j.tier_id
              JOIN res_partner p ON p.id = j.partner_id
              LEFT JOIN vip_tier_verdict v
                     ON v.review_id = %(review)s AND v.partner_id = j.partner_id
              LEFT JOIN vip_tier_verdict b
                     ON b.review_id = %(previous)s AND b.partner_id = j.partner_id
                    AND b.tier_id = j.tier_id
              CROSS JOIN LATERAL (
                   SELECT CASE WHEN t.rank > j.rank THEN 0
                               ELSE 1 + COALESCE(b.streak, 0) END) s(streak)
             WHERE p.active AND p.client_type IS NOT NULL
               AND p.id NOT IN (%(overridden)s)
        )
        INSERT INTO vip_tier_correction (
               review_id, partner_id, tier_id, found_id, now_id, change_id,
               figures_then, figures_now)
        SELECT %(review)s, f.partner_id, f.tier_id, f.found_id, f.now_id, c.id,
               f.figures_then, f.figures_now
          FROM found f
          LEFT JOIN LATERAL (
               SELECT c.id, c.state FROM vip_tier_change c
                WHERE c.review_id = %(review)s AND c.partner_id = f.partner_id
                ORDER BY c.id DESC LIMIT 1) c ON TRUE
         WHERE f.found_id <> f.now_id AND c.state IS DISTINCT FROM 'proposed'
        """,
        touched=_touched_sql(company_id, rules, judged_at),
        judged=judged,
        figures=figures_values_sql(rules),
        outcome=outcome_sql(rules),
        ranks=ranks_sql(rules),
        review=review_id,
        previous=rules["previous_review_id"],
        overridden=_overridden_sql(company_id, day),
    )
