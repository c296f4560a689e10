"""Rows that the database itself refuses to change or delete."""

from odoo.tools import SQL


def freeze(cr, table, state=None, forgettable=(), columns=(), when=(), attached=False):
    """Let no row of ``table`` change or vanish once its state is ``state``.

    With ``columns`` or ``when`` the row may change but for these columns, and never
    vanishes.

    :param state: None: every row, from its first moment; the table is not emptied either
    :param forgettable: columns that may still become NULL, because the record they
        name is deleted
    :param columns: names of the columns that never change
    :param when: pairs of a condition (``SQL`` over ``OLD`` and ``NEW``) and the names of
        the columns that do not change where it holds
    :param attached: with columns: a row vanishes with what it belongs to, by a foreign
        key or a trigger of that, and never by itself
    """
    thaw(cr, table)
    if columns or when:
        _keep_columns(cr, table, [(SQL("TRUE"), columns), *when], attached)
        return
    name = SQL.identifier(f"{table}_frozen")
    cr.execute(
        SQL(
            """
CREATE OR REPLACE FUNCTION %(name)s() RETURNS trigger AS $$
DECLARE
    forgettable text[] := %(forgettable)s;
    field text;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION '%%: rows are frozen', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - forgettable = to_jsonb(OLD) - forgettable
    THEN
        FOREACH field IN ARRAY forgettable LOOP
            IF (to_jsonb(NEW) -> field) NOT IN ('null'::jsonb, to_jsonb(OLD) -> field)
            THEN
                RAISE EXCEPTION '%%: row %% is frozen', TG_TABLE_NAME, OLD.id
                    USING ERRCODE = 'restrict_violation';
            END IF;
        END LOOP;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%%: row %% is frozen', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER %(name)s BEFORE UPDATE OR DELETE ON %(table)s
    FOR EACH ROW %(when)s EXECUTE FUNCTION %(name)s()
            """,
            name=name,
            table=SQL.identifier(table),
            when=SQL("WHEN (OLD.state = %s)", state) if state else SQL(""),
            forgettable=[*forgettable, "create_uid", "write_uid"],
        )
    )
    if not state:
        cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE TRUNCATE ON %s"
                " FOR EACH STATEMENT EXECUTE FUNCTION %s()",
                SQL.identifier(f"{table}_kept"),
                SQL.identifier(table),
                name,
            )
        )


def _keep_columns(cr, table, kept, attached):
    """Refuse what changes columns where a condition holds, and every deletion.

    :param kept: pairs of a condition and column names
    :param attached: but for a deletion by another trigger
    """
    changes = [
        SQL(
            "(%s) AND NEW.%s IS DISTINCT FROM OLD.%s",
            condition,
            SQL.identifier(column),
            SQL.identifier(column),
        )
        for condition, columns in kept
        for column in columns
    ]
    cr.execute(
        SQL(
            """
CREATE OR REPLACE FUNCTION %(name)s() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION '%% %%: what happened cannot be changed', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'restrict_violation';
END $$ LANGUAGE plpgsql;
CREATE TRIGGER %(name)s BEFORE UPDATE ON %(table)s
    FOR EACH ROW WHEN (%(changes)s) EXECUTE FUNCTION %(name)s();
CREATE TRIGGER %(kept)s BEFORE DELETE ON %(table)s
    FOR EACH ROW %(alone)s EXECUTE FUNCTION %(name)s()
            """,
            name=SQL.identifier(f"{table}_frozen"),
            alone=SQL("WHEN (pg_trigger_depth() = 0)") if attached else SQL(),
            kept=SQL.identifier(f"{table}_kept"),
            table=SQL.identifier(table),
            changes=SQL(" OR ").join(changes),
        )
    )


def thaw(cr, table):
    """Lift the guard while the table itself is changed; nothing without the table."""
    cr.execute(SQL("SELECT to_regclass(%s)", table))
    if not cr.fetchone()[0]:
        return
    for suffix in "frozen", "kept":
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(f"{table}_{suffix}"),
                SQL.identifier(table),
            )
        )
