"""Whose figures count for a client: its own, or with consent those of its group.

A client group is rolled up month by month (REQUIREMENTS T2). Of the members, those are
judged together whose consent covers the whole month under review: for each earlier month
of the window that a member's consent covers wholly, the sum of all members who had
consented by then counts for it; for months before its consent its own figures do. Who
withdrew, or consented only in the course of the month, is judged alone, and nobody else
is judged by its figures.

Without any consent in a company the statement is that of each client's own figures.
"""

from datetime import date

from odoo.tools import SQL

from odoo.addons.vip_base.tools.months import add_months

from .measure_sql import columns_sql, in_window_sql, known_sql


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


def _own_sql(company_id, rules, asked, as_of):
    """Return the query of (partner_id, one column per measure) of own figures."""
    return SQL(
        "SELECT f.partner_id, %s FROM vip_activity f WHERE %s AND %s"
        " GROUP BY f.partner_id",
        columns_sql(rules),
        _facts_sql(company_id, rules, as_of),
        asked("f"),
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
    # The figures of a group's month are summed once, however many members there are.
    return SQL(
        """
        WITH pool AS MATERIALIZED (SELECT * FROM (%(pool)s) g WHERE %(mine)s),
        total AS MATERIALIZED (
            SELECT g.group_id, f.metric_id, f.month, sum(f.value_company) AS value_company
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
                 UNION ALL
                SELECT g.partner_id, f.metric_id, f.month, f.value_company
                  FROM pool g
                  JOIN vip_activity f ON f.partner_id = g.partner_id
                                     AND f.month < g.date_from AND %(facts)s
                 WHERE %(asked)s) f
         GROUP BY f.partner_id
        """,
        pool=pool,
        mine=mine,
        facts=_facts_sql(company_id, rules, as_of),
        own=own,
        columns=columns_sql(rules),
        asked=asked,
    )


def rolled_up_sql(company_id, rules, partner, as_of=None):
    """Return the jsonb expression of the group by whose figures ``partner`` is judged.

    It names the members and from when each has consented; NULL: by its own figures.
    """
    if not rules["groups"]:
        return SQL("NULL::jsonb")
    pool = pool_sql(company_id, date.fromisoformat(rules["month"]), as_of)
    return SQL(
        """(
        SELECT jsonb_build_object(
                   'id', r.id, 'name', r.name, 'members', (
                   SELECT jsonb_agg(jsonb_build_object(
                              'id', c.id, 'name', c.complete_name,
                              'number', c.client_number, 'since', g.date_from)
                              ORDER BY c.id)
                     FROM (%(pool)s) g JOIN res_partner c ON c.id = g.partner_id
                    WHERE g.group_id = r.id))
          FROM (%(pool)s) o JOIN vip_client_group r ON r.id = o.group_id
         WHERE o.partner_id = %(partner)s)""",
        pool=pool,
        partner=partner,
    )
