"""By which numbers files and programs name clients, as SQL."""

from odoo.tools import SQL

from odoo.addons.vip_base.engine.cell_text import BLANKS


def client_number_joins(number, company_id, clients_only=True):
    """Return the joins that find the client of a number, for ``CLIENT`` and ``ALIAS``.

    A number of the company's own goes before a shared one, a client's own number before
    one of a client that was merged into it.

    :param number: SQL of the number
    :param clients_only: contacts that are no client are not found
    """
    return SQL(
        """
        LEFT JOIN res_partner own
               ON own.client_number = %(number)s AND own.company_id = %(company)s %(own)s
        LEFT JOIN vip_client_alias own_alias
               ON own_alias.number = %(number)s AND own_alias.company_id = %(company)s
        LEFT JOIN res_partner shared
               ON shared.client_number = %(number)s
              AND shared.company_id IS NULL %(shared)s
        LEFT JOIN vip_client_alias shared_alias
               ON shared_alias.number = %(number)s AND shared_alias.company_id IS NULL
        """,
        number=number,
        company=company_id,
        own=SQL("AND own.client_type IS NOT NULL" if clients_only else ""),
        shared=SQL("AND shared.client_type IS NOT NULL" if clients_only else ""),
    )


#: The id of the client found.
CLIENT = SQL(
    "COALESCE(own.id, own_alias.partner_id, shared.id, shared_alias.partner_id)"
)
#: The id of the further number by which it was found; NULL: its own.
ALIAS = SQL(
    "CASE WHEN own.id IS NULL THEN COALESCE(own_alias.id,"
    " CASE WHEN shared.id IS NULL THEN shared_alias.id END) END"
)


def number_key(number):
    """Return the SQL of a number as it is compared with others that are nearly the same.

    A spreadsheet drops zeros in front; people do not see blanks, width and case.
    """
    return SQL(
        "ltrim(upper(translate(normalize(%s, NFKC), %s, '')), '0')", number, BLANKS
    )
