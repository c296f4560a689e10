"""Clients whom the rules leave alone, because people have decided for them."""

from odoo.tools import SQL


def held_sql(company_id, day):
    """Return the query of partner_id of whom no review or rule proposes on ``day``.

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
