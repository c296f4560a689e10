"""What an addon does before it is uninstalled, so that it goes with all that is in it.

Odoo deletes what came with an addon record by record, and only then drops columns and
tables. A row of ours that names such a record would refuse that, with an error in the log
for each attempt, although the row goes as well a moment later. And a record of ours in a
table of the host would be taken from the host's rows that name it.
"""

from odoo.tools import SQL


def leave(env, addon, keep=(), guards=()):
    """Let nothing refuse that ``addon`` goes; called by its ``uninstall_hook``.

    :param guards: its functions of the database: of the triggers that keep its records as
        they are, and of kept plans
    :param keep: models of the host; their records that came with the addon stay, as
        records of the database, where anything names them that stays
    """
    for name in guards:
        env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", SQL.identifier(name)))
    modules = _leaving(env, addon)
    models = [model for [model] in _only(env, modules, "ir.model", SQL("r.model"))]
    _take_relations_along(env, addon, modules, models)
    _drop_foreign_keys(env, modules, models)
    if "mail.activity" in env:
        # As mail does later: their types are of ours and may go before.
        env.cr.execute(
            SQL("DELETE FROM mail_activity WHERE res_model = ANY(%s)", models)
        )
    _forget_figures(env, models)
    for model in keep:
        _hand_over(env, addon, modules, model)
    env.registry.clear_cache()


def _leaving(env, addon):
    """Return the names of all modules that go together with the addon."""
    query = SQL("SELECT name FROM ir_module_module WHERE state = 'to remove'")
    return list({addon, *(name for [name] in env.execute_query(query))})


def _only(env, modules, model, columns):
    """Return columns of the records of ``model`` that no module has but ``modules``."""
    return env.execute_query(
        SQL(
            "SELECT %s FROM ir_model_data d JOIN %s r ON r.id = d.res_id"
            " WHERE d.model = %s GROUP BY r.id HAVING every(d.module = ANY(%s))",
            columns,
            SQL.identifier(env[model]._table),
            model,
            modules,
        )
    )


def _forget_figures(env, models):
    """Take along the kept months and days of the figures that go."""
    known = env.registry.descendants(["vip.figure"], "_inherit")
    keys = [env[model]._key for model in models if model in known]
    if keys:
        env.cr.execute(SQL("DELETE FROM vip_figure_month WHERE key = ANY(%s)", keys))
        env.cr.execute(SQL("DELETE FROM vip_figure_day WHERE key = ANY(%s)", keys))


def _take_relations_along(env, addon, modules, models):
    """Let the tables of relations go with their model, also those of a mixin's field.

    Odoo keeps such a table for the addon of the mixin, and forgets it with the model.
    """
    env.cr.execute(
        SQL(
            """
            UPDATE ir_model_relation r SET module = a.id
              FROM ir_module_module a, ir_module_module m, ir_model k
             WHERE a.name = %s AND m.id = r.module AND m.name <> ALL(%s)
               AND k.id = r.model AND k.model = ANY(%s)
            """,
            addon,
            modules,
            models,
        )
    )
    env["ir.model.relation"].invalidate_model()


def _drop_foreign_keys(env, modules, models):
    """Drop the foreign keys of all tables and columns that go, and those to them."""
    tables = [env[model]._table for model in models if model in env]
    tables += [
        name
        for [name] in env.execute_query(
            SQL(
                "SELECT r.name FROM ir_model_relation r"
                " JOIN ir_module_module m ON m.id = r.module"
                " GROUP BY r.name HAVING every(m.name = ANY(%s))",
                modules,
            )
        )
    ]
    fields = _only(env, modules, "ir.model.fields", SQL("r.model, r.name"))
    columns = [f"{env[model]._table}.{name}" for model, name in fields if model in env]
    for table, names in env.execute_query(
        SQL(
            """
            SELECT source.relname, array_agg(k.conname)
              FROM pg_constraint k
              JOIN pg_class source ON source.oid = k.conrelid
              JOIN pg_class target ON target.oid = k.confrelid
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
             WHERE k.contype = 'f' AND k.connamespace = current_schema::regnamespace
               AND (source.relname = ANY(%(tables)s) OR target.relname = ANY(%(tables)s)
                    OR source.relname || '.' || a.attname = ANY(%(columns)s))
          GROUP BY source.relname
            """,
            tables=tables,
            columns=columns,
        )
    ):
        drops = (SQL("DROP CONSTRAINT %s", SQL.identifier(name)) for name in names)
        env.cr.execute(
            SQL("ALTER TABLE %s %s", SQL.identifier(table), SQL(", ").join(drops))
        )


def _hand_over(env, addon, modules, model):
    """Let the addon's records of ``model`` that are named be the database's own.

    What other addons brought that go as well is theirs to keep or to take along.
    """
    came = SQL("r.id, bool_or(d.module = %s)", addon)
    ids = {record for record, own in _only(env, modules, model, came) if own}
    used, above = set(), []
    for table, column in _foreign_keys_to(env, model):
        inside = table == env[model]._table
        found = env.execute_query(
            SQL(
                "SELECT DISTINCT %(row)s, %(column)s FROM %(table)s"
                " WHERE %(column)s = ANY(%(ids)s)",
                row=SQL("id") if inside else SQL("NULL"),
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                ids=list(ids),
            )
        )
        above += found if inside else ()
        used |= set() if inside else {record for _row, record in found}
    # A record goes with the one above it: so that stays where anything below it does.
    while True:
        stays = {up for row, up in above if row in used or row not in ids}
        if stays <= used:
            break
        used |= stays
    env.cr.execute(
        SQL(
            "DELETE FROM ir_model_data"
            " WHERE module = ANY(%s) AND model = %s AND res_id = ANY(%s)",
            modules,
            model,
            list(used),
        )
    )


def _foreign_keys_to(env, model):
    return env.execute_query(
        SQL(
            """
            SELECT source.relname, a.attname
              FROM pg_constraint k
              JOIN pg_class source ON source.oid = k.conrelid
              JOIN pg_class target ON target.oid = k.confrelid
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
             WHERE k.contype = 'f' AND k.connamespace = current_schema::regnamespace
               AND target.relname = %s
            """,
            env[model]._table,
        )
    )
