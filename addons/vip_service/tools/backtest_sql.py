"""The statements of a back-test: the review's own judgement, chained month by month.

Two policies are replayed side by side: today's thresholds and those of the draft. The
tiers of each live in a temporary table, one row per client that has or had one above the
lowest; nothing else is kept but the movers. The judgement of a month is that of
:mod:`.review_sql`, with this table in the place of the memberships.
"""

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months

from .opened_at import opened_at_sql
from .review_sql import (
    held_as_sql,
    held_tiers_sql,
    judged_sql,
    outcome_sql,
    present_sql,
    ranks_sql,
)

#: The tiers under the draft, and by today's thresholds.
STATE = SQL.identifier("vip_tier_backtest_state")
TODAY = SQL.identifier("vip_tier_backtest_state_today")


def begin_sql(company_id, day, review_id, rules, state=STATE):
    """Return the statements that let the simulation begin with the tiers of ``day``.

    A tier that is gone by now begins as the one that came for it.
    Shortfalls count on from the real review ``review_id`` (None: there was none).
    """
    return [
        end_sql(state),
        SQL(
            """
            CREATE TEMP TABLE %s (
                partner_id int PRIMARY KEY, tier_id int, rank int, streak int
            ) ON COMMIT DROP
            """,
            state,
        ),
        SQL(
            """
            INSERT INTO %s
            SELECT m.partner_id, m.tier_id, m.rank, COALESCE(v.streak, 0)
              FROM (%s) m
              LEFT JOIN vip_tier_verdict v
                     ON v.review_id = %s AND v.partner_id = m.partner_id
                    AND v.tier_id = m.tier_id
            """,
            state,
            present_sql(company_id, day, rules),
            review_id,
        ),
    ]


def settled_sql(state=STATE):
    """Return the statement that lets the planner know how many have moved by now."""
    return SQL("ANALYZE %s", state)


def end_sql(state=STATE):
    """Return the statement that forgets the tiers of the simulation."""
    return SQL("DROP TABLE IF EXISTS %s", state)


def _overridden_sql(company_id, day):
    """Return the query of (partner_id, tier_id) of overrides that run on ``day``."""
    return SQL(
        """
        SELECT h.partner_id, h.to_tier_id AS tier_id FROM vip_tier_change h
         WHERE h.company_id = %(company)s AND h.state = 'applied'
           AND h.override_end > %(day)s AND h.effective_date <= %(day)s
        """,
        company=company_id,
        day=day,
    )


def override_sql(company_id, day, rules, state=STATE):
    """Return the statement that gives clients the tier of an override of ``day``.

    People had decided about them: no threshold would have changed that.
    """
    return SQL(
        """
        INSERT INTO %(state)s (partner_id, tier_id, rank, streak)
        SELECT DISTINCT ON (o.partner_id) o.partner_id, t.tier_id, t.rank, 0
          FROM (%(overridden)s) o
          JOIN (%(held_as)s) t(held, tier_id, rank) ON t.held = o.tier_id
        ON CONFLICT (partner_id) DO UPDATE
           SET tier_id = EXCLUDED.tier_id, rank = EXCLUDED.rank, streak = 0
        """,
        state=state,
        overridden=_overridden_sql(company_id, day),
        held_as=held_as_sql(rules),
    )


def month_sql(backtest_id, company_id, rules, month, keep, state=STATE):
    """Return the statement that judges a month, keeps its movers and moves them.

    The one row is the number of clients judged.

    :param keep: the statement that keeps the movers ``f``: :func:`keep_draft_sql` or
        :func:`keep_today_sql`
    """
    return SQL(
        """
        WITH judged AS MATERIALIZED (%(judged)s), found AS MATERIALIZED (
            SELECT j.partner_id, j.tier_id, j.target_id, t.rank, s.streak, p.adviser_id,
                   %(outcome)s AS outcome
              FROM judged j
              JOIN (%(ranks)s) t(id, rank, grace) ON t.id = j.target_id
              LEFT JOIN (%(ranks)s) h(id, rank, grace) ON h.id = j.tier_id
              JOIN res_partner p ON p.id = j.partner_id
              LEFT JOIN %(state)s b ON b.partner_id = j.partner_id
              CROSS JOIN LATERAL (
                   SELECT CASE WHEN t.rank > j.rank THEN 0
                               ELSE 1 + COALESCE(b.streak, 0) END) s(streak)
             WHERE t.rank <> j.rank AND p.active AND p.client_type IS NOT NULL
               AND NOT EXISTS (SELECT FROM (%(overridden)s) o
                                WHERE o.partner_id = j.partner_id)
        ), kept AS (%(keep)s), stayed AS (
            UPDATE %(state)s b SET streak = 0
             WHERE b.streak > 0
               AND NOT EXISTS (SELECT FROM found f WHERE f.partner_id = b.partner_id)
        ), settled AS (
            INSERT INTO %(state)s (partner_id, tier_id, rank, streak)
            SELECT f.partner_id, f.target_id, f.rank, 0
              FROM found f WHERE f.outcome <> 'grace'
             UNION ALL
            SELECT b.partner_id, b.tier_id, b.rank, f.streak
              FROM found f JOIN %(state)s b ON b.partner_id = f.partner_id
             WHERE f.outcome = 'grace'
            ON CONFLICT (partner_id) DO UPDATE
               SET tier_id = EXCLUDED.tier_id, rank = EXCLUDED.rank,
                   streak = EXCLUDED.streak
        )
        SELECT count(*) FROM judged
        """,
        judged=judged_sql(
            company_id, rules, SQL("SELECT partner_id, tier_id, rank FROM %s", state)
        ),
        outcome=outcome_sql(rules),
        ranks=ranks_sql(rules),
        state=state,
        keep=keep,
        overridden=_overridden_sql(company_id, add_months(month, 1)),
    )


def keep_today_sql(backtest_id, month):
    """Return the statement that keeps who moves by today's thresholds."""
    return SQL(
        """
        INSERT INTO vip_tier_backtest_today (
               backtest_id, month, partner_id, from_tier_id, to_tier_id, direction)
        SELECT %s, %s, f.partner_id, f.tier_id, f.target_id, f.outcome
          FROM found f WHERE f.outcome <> 'grace'
        """,
        backtest_id,
        month,
    )


def keep_draft_sql(
    backtest_id, company_id, month, actual_day, lowest_id, actual_lowest
):
    """Return the statement that keeps who moves under the draft.

    Beside the tiers by today's thresholds, which are judged before, and the real ones
    of ``actual_day``, of which ``actual_lowest`` was the lowest.
    """
    return SQL(
        """
        INSERT INTO vip_tier_backtest_line (
               backtest_id, month, partner_id, adviser_id,
               from_tier_id, to_tier_id, today_tier_id, actual_tier_id, direction)
        SELECT %(backtest)s, %(month)s, f.partner_id, f.adviser_id,
               f.tier_id, f.target_id, COALESCE(o.tier_id, %(lowest)s),
               COALESCE(m.tier_id, %(actual_lowest)s), f.outcome
          FROM found f
          LEFT JOIN %(today)s o ON o.partner_id = f.partner_id
          LEFT JOIN (%(actual)s) m ON m.partner_id = f.partner_id
         WHERE f.outcome <> 'grace'
        """,
        backtest=backtest_id,
        month=month,
        lowest=lowest_id,
        actual_lowest=actual_lowest,
        today=TODAY,
        actual=held_tiers_sql(company_id, actual_day),
    )


def _opened_sql(month, zone):
    """Return the condition that a ticket ``t`` was opened in ``month`` of that zone."""
    first, after = (
        SQL("%s::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", day, zone)
        for day in (month, add_months(month, 1))
    )
    opened = opened_at_sql()
    return SQL("%s >= %s AND %s < %s", opened, first, opened, after)


def tickets_sql(backtest_id, company_id, month, zone, lowest_id):
    """Return the statement that keeps the tickets of a month with another tier.

    Another under the draft than by today's thresholds; beside them the one it had.
    ``month`` is that of the opening, in which the tiers of the simulation are in force.
    The one row is the number of clients' tickets of the month.
    """
    return SQL(
        """
        WITH opened AS MATERIALIZED (
            SELECT t.id, %(opened_at)s AS opened_at, c.id AS partner_id, t.vip_tier_id,
                   COALESCE(o.tier_id, %(lowest)s) AS today_id,
                   COALESCE(s.tier_id, %(lowest)s) AS tier_id
              FROM helpdesk_ticket t
              JOIN res_partner c ON c.id = t.commercial_partner_id
              LEFT JOIN %(today)s o ON o.partner_id = c.id
              LEFT JOIN %(state)s s ON s.partner_id = c.id
             WHERE t.company_id = %(company)s AND t.vip_tier_id IS NOT NULL
               AND %(opened)s
        ), kept AS (
            INSERT INTO vip_tier_backtest_ticket (
                   backtest_id, ticket_id, partner_id, opened_at, had_tier_id,
                   from_tier_id, to_tier_id)
            SELECT %(backtest)s, o.id, o.partner_id, o.opened_at, o.vip_tier_id,
                   o.today_id, o.tier_id
              FROM opened o
             WHERE o.today_id <> o.tier_id
        )
        SELECT count(*) FROM opened
        """,
        lowest=lowest_id,
        today=TODAY,
        state=STATE,
        company=company_id,
        opened_at=opened_at_sql(),
        opened=_opened_sql(month, zone),
        backtest=backtest_id,
    )


def loads_sql(company_id, day, lowest_id, actual_lowest):
    """Return the query of (adviser id, tier ids: real, draft, today's, clients)."""
    return SQL(
        """
        SELECT p.adviser_id, COALESCE(m.tier_id, %(actual)s),
               COALESCE(s.tier_id, %(lowest)s), COALESCE(o.tier_id, %(lowest)s), count(*)
          FROM res_partner p
          LEFT JOIN (%(present)s) m ON m.partner_id = p.id
          LEFT JOIN %(state)s s ON s.partner_id = p.id
          LEFT JOIN %(today)s o ON o.partner_id = p.id
         WHERE p.active AND p.client_type IS NOT NULL
           AND (p.company_id IS NULL OR p.company_id = %(company)s)
         GROUP BY 1, 2, 3, 4
         ORDER BY 1, 2, 3, 4
        """,
        lowest=lowest_id,
        actual=actual_lowest,
        company=company_id,
        present=held_tiers_sql(company_id, day),
        state=STATE,
        today=TODAY,
    )


def months_sql(backtest_id):
    """Return the query of (month, direction, from tier, to tier, clients)."""
    return SQL(
        """
        SELECT month, direction, from_tier_id, to_tier_id, count(*)
          FROM vip_tier_backtest_line WHERE backtest_id = %s
         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """,
        backtest_id,
    )


def today_sql(backtest_id):
    """Return the query of (month, direction, clients) that today's thresholds move."""
    return SQL(
        """
        SELECT month, direction, count(*)
          FROM vip_tier_backtest_today WHERE backtest_id = %s
         GROUP BY 1, 2 ORDER BY 1, 2
        """,
        backtest_id,
    )


def actual_sql(company_id, first, last):
    """Return the query of (month, direction, clients) that reviews really moved."""
    return SQL(
        """
        SELECT r.month, c.direction, count(*)
          FROM vip_tier_change c JOIN vip_tier_review r ON r.id = c.review_id
         WHERE r.company_id = %s AND r.month BETWEEN %s AND %s AND c.state = 'applied'
         GROUP BY 1, 2 ORDER BY 1, 2
        """,
        company_id,
        first,
        last,
    )
