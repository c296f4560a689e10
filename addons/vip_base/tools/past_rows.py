"""What rows said before they were recorded anew: kept by the database itself.

A row that is judged anew goes on as one row, and says since when what it says is known
(``recorded_at``). What it said until then is kept in ``vip.past.row``, so that any past
day can be told as it was known on it.
"""

from odoo.tools import SQL


def keep(cr, table, columns, condition=None):
    """Keep what rows of ``table`` said whenever one of these columns changes.

    The table has ``company_id`` and ``recorded_at``, which whoever changes these columns
    writes as well: the instant from which on they are known.

    :param columns: names of the columns that say something
    :param condition: ``SQL`` over ``OLD`` and ``NEW``: only where it holds
    """
    name = SQL.identifier(f"{table}_past")
    said = SQL(", ").join(
        SQL("%s, OLD.%s", SQL("'" + column + "'"), SQL.identifier(column))
        for column in columns
    )
    changed = SQL(
        "(%s) IS DISTINCT FROM (%s)", _of("OLD", columns), _of("NEW", columns)
    )
    cr.execute(
        SQL(
            """
CREATE OR REPLACE FUNCTION %(name)s() RETURNS trigger AS $$
BEGIN
    INSERT INTO vip_past_row (name, row_id, company_id, said, recorded_at, until)
    VALUES (TG_TABLE_NAME, OLD.id, OLD.company_id, jsonb_build_object(%(said)s),
            OLD.recorded_at, NEW.recorded_at);
    RETURN NULL;
END $$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER %(name)s AFTER UPDATE ON %(table)s
    FOR EACH ROW WHEN (%(condition)s AND %(changed)s) EXECUTE FUNCTION %(name)s()
            """,
            name=name,
            table=SQL.identifier(table),
            said=said,
            condition=condition or SQL("TRUE"),
            changed=changed,
        )
    )


def known(said, at):
    """Return what was known at an instant, None if nothing was.

    :param said: (recorded at, until when it was all that was known, what) in the order
        in which it was recorded; the last one has no end

    >>> said = [(3, 7, "met"), (7, 7, "open"), (7, None, "missed")]
    >>> [known(said, at) for at in (2, 3, 6, 7, 99)]
    [None, 'met', 'met', 'missed', 'missed']
    """
    for recorded_at, until, what in reversed(said):
        if recorded_at <= at and (until is None or at < until):
            return what
    return None


def _of(row, columns):
    return SQL(", ").join(
        SQL("%s.%s", SQL(row), SQL.identifier(column)) for column in columns
    )
