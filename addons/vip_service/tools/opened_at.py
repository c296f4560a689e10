"""When a ticket was opened, also where nobody has said so.

Tickets that were there before our addon have no value of ours, and giving them one would
rewrite each of them. They were opened when they were recorded.
"""

from odoo import fields
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


class OpenedAt(fields.Datetime):
    """Datetime that reads, sorts and is searched as :func:`opened_at_sql`."""

    def to_sql(self, model, alias):
        made = SQL.identifier(
            alias, "create_date", to_flush=model._fields["create_date"]
        )
        return SQL(
            "COALESCE(%s, date_trunc('second', %s))", super().to_sql(model, alias), made
        )
