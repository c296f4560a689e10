"""Rows that the database itself refuses to change or delete."""

from odoo.tools import SQL


def freeze(cr, table, state=None, forgettable=()):
    """Let no row of ``table`` change or vanish once its state is ``state``.

    :param state: None: every row, from its first moment; the table is not emptied either
    :param forgettable: columns that may still become NULL, because the record they
        name is deleted
    """
    name = SQL.identifier(f"{table}_frozen")
    thaw(cr, table)
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
