"""Whose client a contact is: the client type's tree decides."""

from odoo.tools import SQL


def client_of(alias):
    """Return the SQL of the client of a partner ``alias``: itself, or one above it.

    Who is no client's is of its commercial entity, as for the host.
    """
    return SQL(
        "COALESCE(%s, %s)",
        SQL.identifier(alias, "head_client_id"),
        SQL.identifier(alias, "commercial_partner_id"),
    )


def is_of(alias, client):
    """Return the SQL that is true where a partner ``alias`` is of a client.

    Unlike ``client_of(alias) = client`` it uses the indexes of partners.
    """
    return SQL(
        "(%s = %s OR %s = %s)",
        SQL.identifier(alias, "commercial_partner_id"),
        client,
        SQL.identifier(alias, "head_client_id"),
        client,
    )
