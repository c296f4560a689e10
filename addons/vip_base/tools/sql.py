"""What Odoo lacks for SQL of ours: long lists, instants, columns, keys, what is remembered
of the database."""

import functools
from contextlib import contextmanager

from odoo import fields
from odoo.tools import SQL, Query, frozendict, ormcache


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


def epoch(column):
    """Return the SQL for a timestamp column in epoch seconds."""
    return SQL("EXTRACT(EPOCH FROM %s)::bigint", SQL(column))


class KeptPlan:
    """A statement that each connection plans once, for few rows at a time.

    To plan a statement of many joins costs more than to run it for one ticket. It is kept
    as a function of the database, whose plans PostgreSQL keeps; the model that owns it
    makes it in its ``init``, and the addon drops it when it leaves (``leaving.py``).

    :param name: of the function
    :param arguments: {name: SQL type}
    :param columns: {name: SQL type} of what it returns
    :param statement: function of the arguments, as ``SQL``, that returns the ``SQL``; it
        may take constants as parameters
    """

    #: Above so many rows planning costs less than what a better plan may save.
    FEW = 20

    def __init__(self, name, arguments, columns, statement):
        self.name = name
        self.arguments = arguments
        self.columns = columns
        self.statement = statement
        given = ", ".join(f"%s::{type_}" for type_ in arguments.values())
        found = ", ".join(f'"{column}" {type_}' for column, type_ in columns.items())
        self.call = f'SELECT * FROM "{name}"({given}) AS kept ({found})'

    def install(self, env):
        """Make the function anew."""
        numbered = (SQL(f"${i}") for i, _ in enumerate(self.arguments, 1))
        statement = self.statement(**dict(zip(self.arguments, numbered, strict=True)))
        body = env.cr.mogrify(statement.code, statement.params).decode()
        env.cr.execute(
            SQL("DROP FUNCTION IF EXISTS %s CASCADE", SQL.identifier(self.name))
        )
        env.cr.execute(
            SQL(
                f"""
                CREATE FUNCTION %s({", ".join(self.arguments.values())})
                RETURNS SETOF record LANGUAGE plpgsql
                SET plan_cache_mode = force_generic_plan AS $kept$
                BEGIN
                    RETURN QUERY {body.replace("%", "%%")};
                END
                $kept$
                """,
                SQL.identifier(self.name),
            )
        )

    def rows(self, env, count, **values):
        """Run it for ``count`` rows and return its rows; as it is, unless they are few.

        :param values: of all arguments; lists as lists or generators
        """
        given = {
            name: array_literal(values[name]) if type_.endswith("[]") else values[name]
            for name, type_ in self.arguments.items()
        }
        if count <= self.FEW:
            return env.execute_query(SQL(self.call, *given.values()))
        terms = {
            name: SQL(f"%s::{self.arguments[name]}", value)
            for name, value in given.items()
        }
        return env.execute_query(self.statement(**terms))


def fetch_together(query, *parts):
    """Fetch records and what is joined to them into the cache, by one query.

    :param parts: of the records that the query finds and of each joined table: the model,
        the alias of its table, and {field name: SQL of its column, None: its own}
    :return: the records that the query finds
    """
    model = parts[0][0]
    columns = []
    for part, alias, names in parts:
        columns.append(SQL.identifier(alias, "id"))
        columns += [
            sql or part._field_to_sql(alias, name, query) for name, sql in names.items()
        ]
    rows = model.env.execute_query(query.select(*columns))
    values = iter(zip(*rows, strict=True)) if rows else iter([()] * len(columns))
    found = []
    for part, _alias, names in parts:
        ids = next(values)
        found.append(part.browse(filter(None, ids)))
        for name in names:
            pairs = zip(ids, next(values), strict=True)
            present = [value for id_, value in pairs if id_]
            part._fields[name]._insert_cache(found[-1], present)
    return found[0]


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


class NamesMany2one(fields.Many2one):
    """One record that a rule names: a policy, a level, a setting of a company.

    The record is not deleted as long as it is named: the database refuses that, and
    before it ``vip_base/models/vip_naming.py``, in words that say what names it. So the
    field is empty only where somebody emptied it.
    """

    ondelete = "restrict"


class NamesMany2many(fields.Many2many):
    """Records that a rule names; empty it often means all.

    As with ``NamesMany2one``, and archived ones stay in the list, for everybody. So the
    list is empty only where somebody emptied it: that is the decision for all.

    ``below``: those below them in their tree are named as well.
    """

    below = False
    ondelete = "restrict"
    context = frozendict(active_test=False)


#: Fields that name records by keys of the database.
NAMES = (NamesMany2one, NamesMany2many)


@contextmanager
def read_whole(rules):
    """Give rules as superuser with everything that they name.

    The ORM keeps one list for all readers, and it is that of the first of them: without
    what he may not see, such as items of another company. What is read here is forgotten
    again, so that nobody reads more than he may.
    """
    names = [
        name
        for name, field in rules._fields.items()
        if isinstance(field, NamesMany2many)
    ]
    rules.invalidate_recordset(names, flush=False)
    try:
        # As superuser: what a rule names does not depend on who asks.
        yield rules.sudo()
    finally:
        rules.invalidate_recordset(names, flush=False)


class IntegerArray(fields.Json):
    """A list of integers as ``bigint[]``, so that SQL can address its elements.

    For what set-based statements read by position; people see a list.
    """

    _column_type = ("_int8", "bigint[]")

    def convert_to_cache(self, value, record, validate=True):
        return [int(item) for item in value] if value else None

    def convert_to_column(self, value, record, values=None, validate=True):
        return self.convert_to_cache(value, record)


class remembered(ormcache):
    """An ormcache of what transactions write.

    Whoever writes what it is read from clears the caches of the registry. From then to
    the end of that transaction its thread reads and keeps nothing: what it would keep
    might be rolled back, with a savepoint as well, and nobody would clear it again.
    """

    def __call__(self, method):
        cached = super().__call__(method)

        @functools.wraps(method)
        def lookup(model, *args, **kwargs):
            if self.cache_name in model.env.registry.cache_invalidated:
                return method(model, *args, **kwargs)
            return cached(model, *args, **kwargs)

        lookup.__cache__ = self
        return lookup
