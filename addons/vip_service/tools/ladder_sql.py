"""Whom a version of the ladder concerns, as SQL."""

from odoo.tools import SQL

#: What a company has that a tier has said something about: (table, condition).
TRACES = (
    ("vip_tier_membership", "TRUE"),
    ("vip_tier_change", "TRUE"),
    ("vip_tier_review", "state IN ('running', 'done')"),
    ("vip_entitlement_use", "TRUE"),
    ("helpdesk_ticket", "vip_tier_id IS NOT NULL"),
)


def used_sql(company_ids):
    """Return whether tiers have said something about anybody in these companies."""
    parts = (
        SQL(
            "EXISTS (SELECT FROM %s WHERE company_id = ANY(%s) AND %s)",
            *(SQL.identifier(table), company_ids, SQL(condition)),
        )
        for table, condition in TRACES
    )
    return SQL(" OR ").join(parts)


def clients_sql(company):
    """Return the condition on partners ``p`` that are clients in a company."""
    return SQL(
        "p.client_type IS NOT NULL AND (p.company_id IS NULL OR p.company_id = %s)",
        company,
    )


def holders_sql(company_id, day, lowest_id):
    """Return the query of (partner_id, tier_id, held) of the active clients on a day.

    ``held``: by a membership of its own; the others have the lowest tier.
    """
    return SQL(
        """
        SELECT p.id AS partner_id, COALESCE(m.tier_id, %(lowest)s) AS tier_id,
               m.id IS NOT NULL AS held
          FROM res_partner p
          LEFT JOIN vip_tier_membership m
                 ON m.partner_id = p.id AND m.company_id = %(company)s
                AND m.date_from <= %(day)s
                AND (m.date_to IS NULL OR m.date_to > %(day)s)
         WHERE m.id IS NOT NULL OR (p.active AND %(clients)s)
        """,
        lowest=lowest_id,
        company=company_id,
        day=day,
        clients=clients_sql(company_id),
    )


def _planned_sql(company_id, day, lowest_id, plans):
    """Return the FROM clause of the holders ``h`` whom the lines ``l`` of a plan move.

    :param plans: (tier that is left, tier that comes, only who has no membership)
    """
    rows = SQL(", ").join(SQL("(%s::int, %s::int, %s)", *plan) for plan in plans)
    return SQL(
        "(%s) h JOIN (VALUES %s) l(from_id, to_id, without) ON l.from_id = h.tier_id"
        " AND NOT (l.without AND h.held)",
        holders_sql(company_id, day, lowest_id),
        rows,
    )


def moving_sql(company_id, day, lowest_id, plans, most):
    """Return the query of (tier left, tier that comes, clients, ids of the first ones)."""
    return SQL(
        """
        SELECT l.from_id, l.to_id, count(*),
               (array_agg(h.partner_id ORDER BY h.held DESC, h.partner_id))[:%s]
          FROM %s GROUP BY 1, 2 ORDER BY 1, 2
        """,
        most,
        _planned_sql(company_id, day, lowest_id, plans),
    )


def moves_sql(version, company_id, day, lowest_id, at, uid, plans):
    """Return the statement by which the holders of rungs that go get others.

    The changes are approved with the version and wait for nothing but being applied. An
    override that runs goes on in the tier that comes. Its one row is how many there are.

    :param lowest_id: of the ladder before
    :param plans: (tier that is left, tier that comes, only who has no membership)
    """
    return SQL(
        """
        WITH moved AS (
        INSERT INTO vip_tier_change (
               company_id, partner_id, from_tier_id, to_tier_id, direction, state,
               evidence, proposed_at, proposed_by_id, decided_at, decided_by_id, reason,
               effective_date, override_until, ladder_version_id,
               create_uid, create_date, write_uid, write_date)
        SELECT %(company)s, h.partner_id, h.tier_id, l.to_id, 'moved', 'approved',
               jsonb_build_object('month', to_char(%(day)s::date, 'YYYY-MM-01'),
                                  'criteria', jsonb_build_array(),
                                  'ladder_version', %(version)s::int),
               COALESCE(v.proposed_at, %(at)s), v.proposed_by_id, v.decided_at,
               v.decided_by_id, v.reason, %(day)s, o.override_end, %(version)s,
               %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
          FROM %(planned)s
          JOIN vip_ladder_version v ON v.id = %(version)s
          LEFT JOIN LATERAL (
               SELECT o.override_end FROM vip_tier_change o
                WHERE o.company_id = %(company)s AND o.partner_id = h.partner_id
                  AND o.state = 'applied' AND o.override_end > %(day)s
                  AND o.effective_date <= %(day)s
                ORDER BY o.effective_date DESC, o.id DESC LIMIT 1) o ON TRUE
        RETURNING id)
        SELECT count(*) FROM moved
        """,
        company=company_id,
        day=day,
        version=version,
        at=at,
        uid=uid,
        planned=_planned_sql(company_id, day, lowest_id, plans),
    )
