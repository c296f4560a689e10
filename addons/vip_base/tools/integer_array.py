"""A field that keeps a short list of integers in a PostgreSQL array."""

from odoo import fields


class IntegerArray(fields.Json):
    """A list of integers as ``bigint[]``, so that SQL can address its elements.

    For what set-based statements read by position; people see a list.
    """

    _column_type = ("_int8", "bigint[]")

    def convert_to_cache(self, value, record, validate=True):
        return [int(item) for item in value] if value else None

    def convert_to_column(self, value, record, values=None, validate=True):
        return self.convert_to_cache(value, record)
