"""Numbers of clients as files write them."""

from odoo.tools import SQL

from odoo.addons.vip_base.engine.cell_text import BLANKS


def number_key(text):
    """Return the SQL of a client number as it is compared with others.

    A spreadsheet drops zeros in front; people do not see blanks, width and case.
    """
    return SQL(
        "ltrim(upper(translate(normalize(%s, NFKC), %s, '')), '0')", text, BLANKS
    )
