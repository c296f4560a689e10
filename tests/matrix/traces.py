"""What is in a database, by name, so that what an addon leaves behind can be told."""

from dataclasses import dataclass, field

from odoo.tools import SQL

#: What there is of each kind, as text: the schema first, then rows that the host keeps.
KINDS = {
    "table": """
        SELECT relname FROM pg_class
         WHERE relkind IN ('r', 'v', 'm', 'S', 'p')
           AND relnamespace = current_schema::regnamespace""",
    "column": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = current_schema""",
    "constraint": """
        SELECT conrelid::regclass || '.' || conname FROM pg_constraint
         WHERE connamespace = current_schema::regnamespace""",
    "index": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema",
    "trigger": """
        SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger
         WHERE NOT tgisinternal""",
    "function": """
        SELECT oid::regprocedure::text FROM pg_proc
         WHERE pronamespace = current_schema::regnamespace""",
    "model": "SELECT model FROM ir_model",
    "field": "SELECT model || '.' || name FROM ir_model_fields",
    # The host leaves its own ids of what it extended behind, without a record.
    "external id": """
        SELECT module || '.' || name FROM ir_model_data
         WHERE NOT (model = 'ir.model.inherit'
                    AND res_id NOT IN (SELECT id FROM ir_model_inherit))
           AND NOT (model = 'ir.model.fields.selection'
                    AND res_id NOT IN (SELECT id FROM ir_model_fields_selection))""",
    "job": "SELECT cron_name FROM ir_cron",
    "parameter": "SELECT key FROM ir_config_parameter",
    "group": "SELECT name->>'en_US' FROM res_groups",
    "menu": "SELECT name->>'en_US' FROM ir_ui_menu",
    "view": "SELECT concat_ws(' ', model, key, name) FROM ir_ui_view",
    "action": "SELECT concat_ws(' ', type, name->>'en_US') FROM ir_actions",
    "access": "SELECT name FROM ir_model_access",
    "rule": "SELECT name FROM ir_rule",
    "mail template": "SELECT name->>'en_US' FROM mail_template",
    "subtype": "SELECT name->>'en_US' FROM mail_message_subtype",
    "asset": "SELECT path FROM ir_asset",
}
#: Kinds that a database without mail has not.
MAILS = {"mail template": "mail.template", "subtype": "mail.message.subtype"}
#: Columns by which the host's rows name a model.
NAMING = ("model", "res_model", "model_name", "source_model", "binding_model")
#: The audit log is kept, whatever becomes of what it tells of.
OUTLIVING = {("vip_audit_log", "model")}


def there(env):
    """Return ``{(kind, name)}`` of all that is in the database."""
    env.flush_all()
    found = set()
    for kind, query in KINDS.items():
        if kind not in MAILS or MAILS[kind] in env:
            found |= {(kind, name) for [name] in env.execute_query(SQL(query))}
    return found


@dataclass
class Owned:
    """What only one addon brings: models, their tables, columns on other tables."""

    addon: str
    models: list = field(default_factory=list)
    tables: set = field(default_factory=set)
    names: set = field(default_factory=set)

    @classmethod
    def by(cls, env, addon):
        """Return what the installed ``addon`` brings and nobody else."""
        owned = cls(addon, [model for [model] in _only(env, addon, "ir.model")])
        owned.tables = {
            env[model]._table for model in owned.models if _has_table(env, model)
        }
        owned.names = {("model", model) for model in owned.models}
        owned.names |= {("table", table) for table in owned.tables}
        for model, name in _only(env, addon, "ir.model.fields"):
            owned.names.add(("field", f"{model}.{name}"))
            field = env[model]._fields[name]
            if field.store and field.column_type and _has_table(env, model):
                owned.names.add(("column", f"{env[model]._table}.{name}"))
        return owned

    def left(self, env):
        """Return what is still there of it, as text, sorted."""
        left = [f"{kind} {name}" for kind, name in self.names & there(env)]
        query = SQL(
            "SELECT name FROM ir_model_data WHERE module = %s OR model = ANY(%s)",
            self.addon,
            self.models,
        )
        left += [f"external id {name}" for [name] in env.execute_query(query)]
        for table, column in _naming(env):
            if (table, column) in OUTLIVING:
                continue
            query = SQL(
                "SELECT count(*) FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(table),
                SQL.identifier(column),
                self.models,
            )
            [[count]] = env.execute_query(query)
            left += [f"{count} rows of {table} by {column}"] * bool(count)
        return sorted(left)

    def empty(self, env):
        """Return its tables in which there is nothing, sorted."""
        return sorted(
            table
            for table in self.tables
            if not env.execute_query(
                SQL("SELECT FROM %s LIMIT 1", SQL.identifier(table))
            )
        )


def _has_table(env, model):
    return env[model]._auto and not env[model]._abstract


def _only(env, addon, model):
    """Return the models, or models and fields, that no other addon has as well."""
    names = "r.model" if model == "ir.model" else "r.model, r.name"
    return env.execute_query(
        SQL(
            "SELECT %s FROM ir_model_data d JOIN %s r ON r.id = d.res_id"
            " WHERE d.model = %s GROUP BY r.id HAVING every(d.module = %s)",
            SQL(names),
            SQL.identifier(model.replace(".", "_")),
            model,
            addon,
        )
    )


def _naming(env):
    return env.execute_query(
        SQL(
            """
            SELECT c.table_name, c.column_name FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
               AND c.column_name = ANY(%s) AND c.data_type = 'character varying'
            """,
            list(NAMING),
        )
    )


class Links:
    """Which rows name which others, so that what they lose can be told."""

    def __init__(self, env):
        self.known = {}
        for table, column in env.execute_query(
            SQL(
                """
                SELECT conrelid::regclass::text, attname FROM pg_constraint
                  JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                 WHERE contype = 'f' AND conrelid::regclass::text NOT LIKE 'ir\\_%%'
                   AND EXISTS (SELECT FROM pg_attribute i
                                WHERE i.attrelid = conrelid AND i.attname = 'id')
                """
            )
        ):
            query = SQL(
                "SELECT array_agg(id) FROM %s WHERE %s IS NOT NULL",
                SQL.identifier(table),
                SQL.identifier(column),
            )
            [[ids]] = env.execute_query(query)
            if ids:
                self.known[table, column] = ids

    def lost(self, env):
        """Return what rows that are still there have lost, as text, sorted."""
        columns = {name for kind, name in there(env) if kind == "column"}
        lost = []
        for (table, column), ids in self.known.items():
            if f"{table}.{column}" not in columns:
                continue
            query = SQL(
                "SELECT count(*) FROM %s WHERE id = ANY(%s) AND %s IS NULL",
                SQL.identifier(table),
                ids,
                SQL.identifier(column),
            )
            [[count]] = env.execute_query(query)
            lost += [f"{count} rows of {table} lost their {column}"] * bool(count)
        return sorted(lost)
