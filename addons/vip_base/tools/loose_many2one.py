"""Many2one fields without a foreign key, for tables that grow with every event."""

from odoo import fields
from odoo.tools import SQL, Query


class KeylessMany2one(fields.Many2one):
    """Many2one without a foreign key to a record that takes its rows along.

    A key is checked for every row inserted. Where the deletion of the record deletes
    the rows by itself, the key has nothing to guard.
    """

    def update_db_foreign_key(self, model, column):
        """Make no foreign key."""


class LooseMany2one(KeylessMany2one):
    """Many2one without a foreign key.

    For tables that grow with every event: a timeline must still say which team held
    a ticket after the team is deleted, a key costs time on every row inserted, and a
    merge of partners must leave the old value in place so that the difference shows.
    The ORM reads the value of a deleted record as empty, as it does for fields that
    depend on the company; SQL sees the value itself.
    """

    def to_sql(self, model, alias):
        """Return the value if its record exists."""
        comodel = model.env[self.comodel_name]
        existing = Query.make_alias(comodel._table, "exists")
        return SQL(
            "(SELECT %(existing)s.id FROM %(table)s AS %(existing)s "
            "WHERE %(existing)s.id = %(value)s)",
            existing=SQL.identifier(existing),
            table=SQL.identifier(comodel._table),
            value=super().to_sql(model, alias),
        )

    def _condition_to_sql(self, field_expr, operator, value, model, alias, query):
        # Known records exist: compare the bare column, so that its index serves.
        if operator == "in" and all(value):
            model._check_field_access(self, "read")
            column = SQL.identifier(alias, self.name, to_flush=self)
            return SQL("%s IN %s", column, tuple(value))
        return super()._condition_to_sql(
            field_expr, operator, value, model, alias, query
        )
