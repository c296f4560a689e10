"""What facts said before: kept by the database itself."""

from odoo.tools import SQL


def keep_facts(cr, table, said, kept):
    """Keep a row of what a fact said whenever that changes or the fact is deleted.

    Imports write that row themselves, by one statement for all: where nothing that is
    said changes nothing is done for a row.

    :param said: names of the columns whose change is kept
    :param kept: names of the columns that the row keeps
    """
    name, trigger = SQL.identifier(f"{table}_kept"), SQL(table)
    columns = SQL(", ").join(map(SQL.identifier, kept))
    old = SQL(", ").join(SQL("OLD.%s", SQL.identifier(column)) for column in kept)
    differs = SQL(" OR ").join(
        SQL("NEW.%s IS DISTINCT FROM OLD.%s", column, column)
        for column in map(SQL.identifier, said)
    )
    cr.execute(
        SQL(
            """
CREATE OR REPLACE FUNCTION %(name)s() RETURNS trigger AS $$
DECLARE
    at timestamp := date_trunc('second', now() AT TIME ZONE 'UTC');
    who integer;
BEGIN
    IF OLD.superseded_at IS NOT NULL THEN
        RAISE EXCEPTION '%%: what was replaced cannot be changed', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF NEW.recorded_at = OLD.recorded_at THEN
            NEW.recorded_at := greatest(at, OLD.recorded_at);
        END IF;
        at := NEW.recorded_at;
        who := NEW.recorded_by_id;
    END IF;
    INSERT INTO %(table)s (%(columns)s, superseded_at, superseded_by_id)
    VALUES (%(old)s, at, who);
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER %(changed)s BEFORE UPDATE ON %(table)s
    FOR EACH ROW WHEN (%(differs)s) EXECUTE FUNCTION %(name)s();
CREATE OR REPLACE TRIGGER %(deleted)s BEFORE DELETE ON %(table)s
    FOR EACH ROW EXECUTE FUNCTION %(name)s()
            """,
            name=name,
            table=trigger,
            columns=columns,
            old=old,
            differs=differs,
            changed=SQL.identifier(f"{table}_kept"),
            deleted=SQL.identifier(f"{table}_gone"),
        )
    )
