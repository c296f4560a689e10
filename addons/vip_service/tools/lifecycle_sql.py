"""The statement that finds the life-cycle state of all clients (REQUIREMENTS T5)."""

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months

POTENTIAL, ACTIVE, LOYAL, DORMANT = "potential", "active", "loyal", "dormant"
#: Loyal is judged over so many months.
YEAR = 12


def month_place(days):
    """Return which month of a year begins ``days`` after its first one does.

    The year may start with any month: the arithmetic of :func:`_seen_sql`.

    >>> [month_place(days) for days in (0, 28, 31, 59, 62, 334, 337)]
    [0, 1, 1, 2, 2, 11, 11]
    """
    return (days * YEAR + 200) // 366


def _seen_sql(year_from):
    """Return the aggregate of facts ``f``: one bit for each active month of the year.

    Unlike a count of distinct months, it needs no order, thus no sort of all facts.
    """
    return SQL(
        "bit_or(1 << ((f.month - %(first)s) * %(year)s + 200) / 366)"
        " FILTER (WHERE f.month >= %(first)s)",
        first=year_from,
        year=YEAR,
    )


def states_sql(company_id, month, active_months, loyal_months, scope):
    """Return the query of (partner_id, before_id, before, ended, state) of all clients.

    ``before`` is the state in force until the month after ``month`` begins, of the row
    ``before_id``, which was ``ended`` then by an earlier judgement of the same month.

    :param month: the month judged, its first day
    :param active_months: within so many months any activity makes active
    :param loyal_months: so many active months of the last twelve make loyal
    :param scope: a condition on ``partner_id`` that begins with AND, or nothing
    """
    return SQL(
        """
        SELECT partner_id, h.id AS before_id, COALESCE(h.state, %(potential)s) AS before,
               h.date_to AS ended,
               CASE WHEN a.last IS NULL THEN %(potential)s
                    WHEN a.last < %(active_from)s THEN %(dormant)s
                    WHEN length(replace(a.seen::bit(%(year)s)::text, '0', ''))
                         >= %(loyal_months)s THEN %(loyal)s
                    ELSE %(active)s END AS state
          FROM (SELECT f.partner_id, max(f.month) AS last, %(seen)s AS seen
                  FROM vip_activity f
                 WHERE f.company_id = %(company)s AND f.superseded_at IS NULL
                   AND f.value > 0 AND f.month <= %(month)s
                   AND f.partner_id IN (SELECT id FROM res_partner
                                         WHERE client_type IS NOT NULL) %(scope)s
                 GROUP BY f.partner_id) a
          FULL JOIN (SELECT partner_id, id, state, date_to FROM vip_lifecycle
                      WHERE company_id = %(company)s AND date_from < %(start)s
                        AND (date_to IS NULL OR date_to >= %(start)s) %(scope)s) h
         USING (partner_id)
        """,
        potential=POTENTIAL,
        dormant=DORMANT,
        loyal=LOYAL,
        active=ACTIVE,
        active_from=add_months(month, 1 - active_months),
        loyal_months=loyal_months,
        seen=_seen_sql(add_months(month, 1 - YEAR)),
        year=YEAR,
        company=company_id,
        month=month,
        start=add_months(month, 1),
        scope=scope,
    )
