"""All rows of a database, and what two looks at them differ in."""

import contextlib
import json

import psycopg2

#: What every update writes anew, in whatever table; what a view said before the last one.
IGNORED = ["write_date", "write_uid", "arch_prev"]
#: Tables whose rows the host drops and makes again: they are what they say.
REMADE = {"ir_act_window_view"}
TABLES = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
#: Rows of files that an update may write: their model, id.
SHIPPED = "SELECT model, res_id FROM ir_model_data WHERE NOT noupdate"


def look(database: str) -> dict[str, dict[str, dict]]:
    """Return the rows of each table, by their id, or by all that they say."""
    found = {}
    with _cursor(database) as cursor:
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT to_jsonb(t) - %s FROM "{table}" t', [IGNORED])
            rows = [row for (row,) in cursor.fetchall()]
            if table in REMADE:
                rows = [{**row, "id": None, "create_date": None} for row in rows]
            found[table] = {_key(row): row for row in rows}
    return found


def shipped(database: str) -> set[tuple[str, str]]:
    """Return table and key of the rows whose files an update reads again."""
    with _cursor(database) as cursor:
        cursor.execute(SHIPPED)
        return {
            (model.replace(".", "_"), str(res_id))
            for model, res_id in cursor.fetchall()
        }


def lost(before, after, free=()) -> list[str]:
    """Return which rows of ``before`` are gone, or say something else, as text.

    What ``after`` has beside it is no loss: further tables, columns and rows.

    :param free: table and key of rows that may say something else

    >>> lost({"t": {"1": {"id": 1, "a": 2}}}, {"t": {"1": {"id": 1, "a": 3, "b": 4}}})
    ['t 1: a was 2, is 3']
    >>> lost({"t": {"1": {"id": 1, "a": 2}}}, {"t": {}}, {("t", "1")})
    ['t 1 is gone']
    """
    found = []
    for table, rows in before.items():
        there = after.get(table, {})
        for key, row in rows.items():
            if key not in there:
                found.append(f"{table} {key} is gone")
            elif (table, key) not in free:
                found += _changes(table, key, row, there[key])
    return found


def _changes(table, key, row, now):
    return [
        f"{table} {key}: {name} was {value!r}, is {now[name]!r}"
        for name, value in row.items()
        if name in now and now[name] != value
    ]


def _key(row: dict) -> str:
    return str(row.get("id") or json.dumps(row, sort_keys=True))


@contextlib.contextmanager
def _cursor(database: str):
    connection = psycopg2.connect(dbname=database)
    with contextlib.closing(connection), connection.cursor() as cursor:
        yield cursor
