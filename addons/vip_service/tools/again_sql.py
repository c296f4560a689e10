"""The statements by which a review is judged anew while nobody has decided.

And those by which proposals of entry are looked at again when figures change.
"""

from odoo.tools import SQL

from .review_sql import propose_sql, reached_sql


def settled_sql(review_id, company_id, day, run_at):
    """Return the query of partner_id of whom a review does not judge anew: people have
    decided about them since, or are asked to by a proposal of somebody else.

    :param day: the day whose tiers counted as held
    :param run_at: when the review was first run (naive UTC)
    """
    return SQL(
        """
        SELECT s.partner_id FROM vip_tier_change s
         WHERE s.company_id = %(company)s AND s.review_id = %(review)s
           AND s.state IN ('approved', 'rejected', 'applied')
         UNION ALL
        SELECT s.partner_id FROM vip_tier_change s
         WHERE s.company_id = %(company)s
           AND (s.decided_at > %(run_at)s OR s.effective_date > %(day)s)
           AND s.state IN ('approved', 'rejected', 'applied')
         UNION ALL
        SELECT s.partner_id FROM vip_tier_change s
         WHERE s.company_id = %(company)s AND s.state = 'proposed'
           AND s.review_id IS NULL
        """,
        company=company_id,
        review=review_id,
        run_at=run_at,
        day=day,
    )


def forget_sql(review_id, settled):
    """Return the statement that forgets the verdicts on whom a review judges anew."""
    return SQL(
        "DELETE FROM vip_tier_verdict WHERE review_id = %s AND partner_id NOT IN (%s)",
        review_id,
        settled,
    )


def counts_sql(review_id):
    """Return the query of (promotions, demotions, in grace) of a review's verdicts."""
    return SQL(
        """
        SELECT count(*) FILTER (WHERE outcome = 'promotion'),
               count(*) FILTER (WHERE outcome = 'demotion'),
               count(*) FILTER (WHERE outcome = 'grace')
          FROM vip_tier_verdict WHERE review_id = %s
        """,
        review_id,
    )


def unjustified_sql(review_id):
    """Return the condition on ``vip_tier_change`` that a review's verdicts do not ask
    for this proposal of its any more."""
    return SQL(
        """
        review_id = %(review)s AND state = 'proposed' AND NOT EXISTS (
            SELECT FROM vip_tier_verdict v
             WHERE v.review_id = %(review)s
               AND v.partner_id = vip_tier_change.partner_id
               AND v.tier_id = from_tier_id AND v.target_id = to_tier_id
               AND v.outcome = direction)
        """,
        review=review_id,
    )


def renewing_sql(review_id, proposals, at, uid):
    """Return the parts of a statement that bring the proposals of a review up to date.

    A proposal whose figures have changed has the new ones and keeps those it was first
    made with, until the same come back. What is new is proposed; what once was withdrawn
    tells the figures of then. What ended because nobody decided stays so as long as its
    figures are the same.
    """
    return SQL(
        """
        now_asked (review_id, company_id, partner_id, from_tier_id, to_tier_id, direction,
                   evidence) AS MATERIALIZED (%(proposals)s),
        renewed AS (
            UPDATE vip_tier_change c
               SET evidence = n.evidence,
                   figures_before = NULLIF(
                       COALESCE(c.figures_before, c.evidence), n.evidence),
                   figures_changed_at = CASE
                       WHEN COALESCE(c.figures_before, c.evidence) <> n.evidence
                       THEN %(at)s::timestamp END
              FROM now_asked n
             WHERE c.review_id = %(review)s AND c.partner_id = n.partner_id
               AND c.state = 'proposed' AND c.evidence <> n.evidence
        ), proposed AS (%(propose)s)
        """,
        review=review_id,
        proposals=proposals,
        at=at,
        propose=propose_sql(
            SQL(
                """
                SELECT n.*, NULLIF(w.evidence, n.evidence),
                       CASE WHEN w.evidence <> n.evidence THEN %(at)s::timestamp END
                  FROM now_asked n
                  LEFT JOIN LATERAL (
                       SELECT COALESCE(c.figures_before, c.evidence) AS evidence
                         FROM vip_tier_change c
                        WHERE c.review_id = n.review_id AND c.partner_id = n.partner_id
                          AND c.state = 'expired' AND c.figures_changed_at IS NOT NULL
                        ORDER BY c.id DESC LIMIT 1) w ON TRUE
                 WHERE NOT EXISTS (
                       SELECT FROM vip_tier_change c
                        WHERE c.partner_id = n.partner_id AND c.company_id = n.company_id
                          AND c.state = 'proposed')
                   AND NOT EXISTS (
                       SELECT FROM vip_tier_change c
                        WHERE c.review_id = n.review_id AND c.partner_id = n.partner_id
                          AND (c.state IN ('approved', 'rejected', 'applied')
                               OR (c.state = 'expired' AND c.figures_changed_at IS NULL
                                   AND c.evidence = n.evidence)))
                """,
                at=at,
            ),
            at,
            uid,
            more=("figures_before", "figures_changed_at"),
        ),
    )


# Proposals of entry

OPEN_ENTRY = SQL(
    "c.state = 'proposed' AND c.review_id IS NULL AND c.evidence->>'entry' = 'true'"
)


def _entries_now_sql(company, ladder, which):
    """Return the query of what the figures of now propose where entry was proposed.

    :param which: SQL on those tier changes ``c``
    """
    condition = SQL(
        """
        EXISTS (SELECT FROM vip_tier_change c
                 WHERE c.company_id = f.company_id AND c.partner_id = f.partner_id
                   AND (c.evidence->>'month')::date = f.month AND %s)
        """,
        which,
    )
    return SQL(
        """
        SELECT * FROM (%s) n(review_id, company_id, partner_id, from_tier_id,
                             to_tier_id, direction, evidence)
        """,
        reached_sql(company, ladder, condition),
    )


def entry_unjustified_sql(company, ladder):
    """Return the condition on ``vip_tier_change`` that its entry is not reached any more
    by the figures of its month."""
    return SQL(
        """
        company_id = %(company)s AND id IN (
            SELECT c.id FROM vip_tier_change c
             WHERE c.company_id = %(company)s AND %(is_open)s AND NOT EXISTS (
                   SELECT FROM (%(now)s) n
                    WHERE n.partner_id = c.partner_id AND n.to_tier_id = c.to_tier_id))
        """,
        company=company.id,
        is_open=OPEN_ENTRY,
        now=_entries_now_sql(company, ladder, OPEN_ENTRY),
    )


def entry_renewing_sql(company, ladder, at, uid):
    """Return the statements that bring proposals of entry up to date.

    Those that stay have the figures of now and keep the first ones. In the place of those
    that ended at the instant ``at`` comes what the figures of now propose.
    """
    renew = SQL(
        """
        UPDATE vip_tier_change c
           SET evidence = n.evidence,
               figures_before = NULLIF(
                   COALESCE(c.figures_before, c.evidence), n.evidence),
               figures_changed_at = CASE
                   WHEN COALESCE(c.figures_before, c.evidence) <> n.evidence
                   THEN %(at)s::timestamp END
          FROM (%(now)s) n
         WHERE c.company_id = n.company_id AND c.partner_id = n.partner_id
           AND %(is_open)s AND c.evidence <> n.evidence
        """,
        at=at,
        now=_entries_now_sql(company, ladder, OPEN_ENTRY),
        is_open=OPEN_ENTRY,
    )
    ended = SQL(
        "c.state = 'expired' AND c.review_id IS NULL AND c.figures_changed_at = %s"
        " AND c.evidence->>'entry' = 'true'",
        at,
    )
    again = SQL(
        """
        SELECT DISTINCT ON (n.partner_id) n.*, c.evidence, %(at)s::timestamp, c.asked_by_id
          FROM (%(now)s) n
          JOIN vip_tier_change c
            ON c.company_id = n.company_id AND c.partner_id = n.partner_id AND %(ended)s
         WHERE NOT EXISTS (SELECT FROM vip_tier_change o
                            WHERE o.company_id = n.company_id
                              AND o.partner_id = n.partner_id AND o.state = 'proposed')
         ORDER BY n.partner_id, c.id DESC
        """,
        at=at,
        now=_entries_now_sql(company, ladder, ended),
        ended=ended,
    )
    more = ["figures_before", "figures_changed_at", "asked_by_id"]
    return [renew, propose_sql(again, at, uid, more=more)]
