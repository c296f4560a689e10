"""Which ladder was in force on which day, and whom a version of it concerns, as SQL."""

from odoo.tools import SQL

#: What a company has that a tier has said something about: (table, condition).
TRACES = (
    ("vip_tier_membership", "TRUE"),
    ("vip_tier_change", "TRUE"),
    ("vip_tier_review", "state IN ('running', 'done')"),
    ("vip_entitlement_use", "TRUE"),
    ("helpdesk_ticket", "vip_tier_id IS NOT NULL"),
)


def version_sql(company, day, columns):
    """Return the query of ``columns`` of the version ``v`` in force, one row or none.

    A company's own ladder, from its first day on, else the one that companies share.

    :param company, day: SQL or values
    """
    return SQL(
        """
        SELECT %(columns)s FROM vip_ladder_version v
         WHERE v.state = 'in_force'
           AND (v.company_id = %(company)s OR v.company_id IS NULL)
           AND (v.date_from IS NULL OR v.date_from <= %(day)s)
         ORDER BY v.company_id IS NULL, v.date_from DESC NULLS LAST LIMIT 1
        """,
        columns=columns,
        company=company,
        day=day,
    )


def lowest_sql(company_id, day):
    """Return the query of the lowest tier of a day, and of those of other days that are
    no rung on that day."""
    return SQL(
        """
        WITH present AS (%(version)s)
        SELECT lowest_id FROM present
         UNION
        SELECT o.lowest_id FROM vip_ladder_version o CROSS JOIN present p
         WHERE o.state = 'in_force' AND o.lowest_id IS NOT NULL
           AND (o.company_id = %(company)s OR o.company_id IS NULL)
           AND NOT EXISTS (SELECT FROM vip_ladder_rung r
                            WHERE r.version_id = p.id AND r.tier_id = o.lowest_id)
        """,
        version=version_sql(company_id, day, SQL("v.id, v.lowest_id")),
        company=company_id,
    )


def rungs_sql(version_id):
    """Return the query of the rungs of a version as plain data, lowest first."""
    return SQL(
        """
        SELECT r.tier_id, t.code, r.rank, r.match, r.grace_reviews, COALESCE((
               SELECT jsonb_agg(jsonb_build_object(
                          'id', c.id, 'client_type', c.client_type,
                          'metric_id', c.metric_id, 'metric', k.code, 'unit', k.unit,
                          'window_months', c.window_months, 'aggregate', c.aggregate,
                          'qualify', c.qualify, 'retain', c.retain)
                          ORDER BY c.sequence, c.id)
                 FROM vip_ladder_criterion c JOIN vip_metric k ON k.id = c.metric_id
                WHERE c.rung_id = r.id), '[]')
          FROM vip_ladder_rung r JOIN vip_tier t ON t.id = r.tier_id
         WHERE r.version_id = %s ORDER BY r.rank, r.id
        """,
        version_id,
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


def moves_sql(version, company_id, day, lowest_id, at, uid, plans):
    """Return the statement by which the holders of rungs that go get others.

    The changes are approved with the version and wait for nothing but being applied. An
    override that runs goes on in the tier that comes. Its one row is how many there are.

    :param lowest_id: of the ladder before
    :param plans: (tier that is left, tier that comes, only who has no membership)
    """
    rows = SQL(", ").join(SQL("(%s::int, %s::int, %s)", *plan) for plan in plans)
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
          FROM (%(holders)s) h
          JOIN (VALUES %(plans)s) l(from_id, to_id, without) ON l.from_id = h.tier_id
           AND NOT (l.without AND h.held)
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
        holders=holders_sql(company_id, day, lowest_id),
        plans=rows,
    )
