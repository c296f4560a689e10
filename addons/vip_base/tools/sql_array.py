"""Long lists as parameters of a query."""

from odoo.tools import SQL


def array(values, element="int"):
    """Return the SQL of an array, given as one literal.

    psycopg2 spells a list as ``ARRAY[1, 2, …]``, of which PostgreSQL parses every
    element as an expression: for thousands of rows that costs more than the query.

    :param values: numbers, texts, booleans, or None
    :param element: SQL type of the elements

    >>> array([1, None, 3]).params
    ['{1,NULL,3}']
    >>> array(['a "b"', "NULL", None], "varchar").params
    ['{"a \\\\"b\\\\"","NULL",NULL}']
    >>> array([True, False], "bool").code
    '%s::bool[]'
    """
    return SQL(f"%s::{element}[]", array_literal(values))


def array_literal(values):
    """Return values as PostgreSQL writes an array.

    >>> array_literal((3, None))
    '{3,NULL}'
    >>> array_literal(())
    '{}'
    """
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value):
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
