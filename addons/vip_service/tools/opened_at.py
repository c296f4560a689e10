"""When a ticket was opened, also where nobody has said so.

Tickets that were there before our addon have no value of ours, and giving them one would
rewrite each of them. They were opened when they were recorded.
"""

from odoo.tools import SQL

#: The opening in an index on tickets.
OPENED_AT = "COALESCE(opened_at, date_trunc('second', create_date))"


def opened_at_sql(alias="t"):
    """Return the SQL of the opening of a ticket in a query of ours."""
    columns = {
        name: SQL.identifier(alias, name) for name in ("opened_at", "create_date")
    }
    return SQL(
        "COALESCE(%(opened_at)s, date_trunc('second', %(create_date)s))", **columns
    )
