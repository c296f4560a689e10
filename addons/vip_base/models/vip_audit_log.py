import json
from datetime import datetime

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists

from ..tools import frozen_rows
from ..tools.reason import reason_of
from ..tools.times import event_time
from ..tools.written import written_day, written_moment, written_number

#: Models whose records are persons or clients.
PERSONS = ("res.partner", "res.users", "resource.resource")


class VipAuditLog(models.Model):
    """What people and rules did to what others rely on: it only ever grows.

    The database itself refuses to change or delete a line. Lines name their records
    without a foreign key, so that they outlive them. Of persons and clients they keep
    the number only: the name is joined when it is read, so that it can be erased.
    """

    _name = "vip.audit.log"
    _description = "Audit Log"
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "record_name"

    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Integer(string="User number", readonly=True)
    user_name = fields.Char(
        string="Who", compute="_compute_user_name", search="_search_user_name"
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="restrict", help="Empty: all companies."
    )
    model = fields.Char(required=True, readonly=True)
    model_name = fields.Char(string="Kind", compute="_compute_texts")
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, readonly=True
    )
    kept_name = fields.Char(
        string="Name of then",
        readonly=True,
        help="Of what is neither person nor client.",
    )
    record_name = fields.Char(
        string="What", compute="_compute_record_name", search="_search_record_name"
    )
    action = fields.Selection(
        [
            ("created", "Created"),
            ("changed", "Changed"),
            ("deleted", "Deleted"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("decided", "Decided"),
            ("applied", "Applied"),
            ("expired", "Expired"),
            ("ended", "Ended"),
            ("merged", "Merged"),
        ],
        required=True,
        readonly=True,
    )
    old_values = fields.Json(string="Values before", readonly=True)
    new_values = fields.Json(string="Values after", readonly=True)
    old_text = fields.Text(string="Before", compute="_compute_texts")
    new_text = fields.Text(string="After", compute="_compute_texts")
    reason = fields.Text(string="Why", readonly=True)

    _record_idx = models.Index("(model, res_id)")
    _at_idx = models.Index("(at)")

    def _auto_init(self):
        # A new column with a default is filled in old lines too.
        frozen_rows.thaw(self.env.cr, self._table)
        self._drop_names()
        return super()._auto_init()

    def _drop_names(self):
        """Take the names of persons out of the lines of an earlier version."""
        cr, table = self.env.cr, SQL.identifier(self._table)
        if column_exists(cr, self._table, "user_name"):
            cr.execute(SQL("ALTER TABLE %s DROP COLUMN user_name", table))
            cr.execute(SQL("ALTER TABLE %s RENAME record_name TO kept_name", table))
            cr.execute(SQL("SELECT DISTINCT model FROM %s", table))
            models = [model for [model] in cr.fetchall() if self._is_of_persons(model)]
            cr.execute(
                SQL(
                    "UPDATE %s SET kept_name = NULL WHERE model = ANY(%s)",
                    *(table, models),
                )
            )

    def init(self):
        """Make the database itself refuse to change or delete a line."""
        frozen_rows.freeze(self.env.cr, self._table)

    @api.depends("user_id")
    def _compute_user_name(self):
        # As superuser: the log names who acted, to whoever may read it.
        users = self.env["res.users"].sudo().with_context(active_test=False)
        known = users.search([("id", "in", self.mapped("user_id"))])
        names = {user.id: user.name for user in known}
        for line in self:
            line.user_name = names.get(line.user_id) or str(line.user_id or "")

    @api.model
    def _search_user_name(self, operator, value):
        # As superuser: as above.
        users = self.env["res.users"].sudo().with_context(active_test=False)
        return [("user_id", "in", users.search([("name", operator, value)]).ids)]

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists be grouped and sorted by who acted."""
        if field_expr != "user_name":
            return super()._field_to_sql(alias, field_expr, query)
        return SQL(
            "(SELECT p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id"
            " WHERE u.id = %s)",
            SQL.identifier(alias, "user_id"),
        )

    @api.depends("model", "res_id", "kept_name")
    def _compute_record_name(self):
        for model, lines in self.grouped("model").items():
            # As superuser: the log names what it is about, to whoever may read it.
            records = self.env[model].sudo() if model in self.env else None
            there = set()
            if records is not None:
                there = set(records.browse(set(lines.mapped("res_id"))).exists().ids)
            for line in lines:
                name = line.kept_name
                if not name and line.res_id in there:
                    name = self._name_of(records.browse(line.res_id))
                line.record_name = name or str(line.res_id)

    @api.model
    def _search_record_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        found = Domain("kept_name", operator, value)
        for model in PERSONS:
            # As superuser: as above.
            records = self.env[model].sudo().with_context(active_test=False)
            ids = records.search([("display_name", operator, value)]).ids
            found |= Domain("model", "=", model) & Domain("res_id", "in", ids)
        return found

    @api.model
    def _is_of_persons(self, model):
        """Tell whether the names of a model's records are, or hold, those of persons."""
        if model in PERSONS:
            return True
        if model not in self.env:
            return False
        field = self.env[model]._fields["display_name"]
        return any(
            self._leads_to_persons(self.env[model], path.split("."))
            for path in self.env.registry.field_depends[field]
        )

    def _leads_to_persons(self, model, names):
        field = model._fields.get(names[0])
        if field is None or not field.relational:
            return False
        comodel = field.comodel_name
        return comodel in PERSONS or bool(
            names[1:] and self._leads_to_persons(self.env[comodel], names[1:])
        )

    @api.depends("model", "old_values", "new_values")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        for line in self:
            model = self.env.get(line.model)
            # A line outlives the model that it is about.
            line.model_name = line.model if model is None else self._kind(model)
            line.old_text = self._values_text(model, line.old_values)
            line.new_text = self._values_text(model, line.new_values)

    def _kind(self, model):
        """Return what records of a model are called."""
        audited = isinstance(model, self.pool["vip.audited"])
        if audited and (kind := model._audited_kind()):
            return kind
        # As superuser: the name of a kind of records is no secret of an administrator.
        return self.env["ir.model"].sudo()._get(model._name).name

    def _values_text(self, model, values):
        return "\n".join(
            f"{self._label(model, name)}: {self._value_text(model, name, value)}"
            for name, value in (values or {}).items()
        )

    def _label(self, model, name):
        field = None if model is None else model._fields.get(name)
        return field._description_string(self.env) if field else name

    def _value_text(self, model, name, value):
        field = None if model is None else model._fields.get(name)
        if field is not None and field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field is None or value in (None, False, ""):
            return value or "–"
        if field.relational:
            return self._records_text(field.comodel_name, value)
        return self._plain_text(field, value)

    def _plain_text(self, field, value):
        """Return a value of a field that names no record, in the reader's words."""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "date":
            return written_day(self.env, fields.Date.to_date(value))
        if field.type == "datetime":
            return self._local_text(value)
        if field.type in ("float", "monetary") and not isinstance(value, str):
            return written_number(self.env, value)
        return value

    def _records_text(self, model, value):
        """Return the names of records: kept as text, by a code, or of persons by id."""
        if not self._are_ids(value):
            records = self.env[model]
            said = getattr(records, "_audited_by_code", None)
            return said(value) if said else value
        ids = value if isinstance(value, list) else [value]
        # As superuser: names of persons are not kept, but may be read here.
        records = self.env[model].sudo().browse(ids).exists()
        names = {record.id: record.display_name for record in records}
        return ", ".join(str(names.get(id_) or id_) for id_ in ids)

    def _local_text(self, value):
        """Return a kept instant (UTC) in the reader's time zone and words."""
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            return value  # it was no instant when it was kept
        return written_moment(self.env, instant.replace(tzinfo=None))

    def _are_ids(self, value):
        ids = value if isinstance(value, list) else [value]
        return bool(ids) and all(type(id_) is int for id_ in ids)

    # Writing

    @api.model
    def _record(self, records, action, old=None, new=None, reason=False):
        """Add one line for each of ``records``.

        :param old, new: names and plain values of fields before and after: one dict for
            all, or a function of the record
        :param reason: else that of the context, see ``tools/reason.py``
        """
        keeps_name = not self._is_of_persons(records._name)
        rows = [
            (
                record.id,
                self._name_of(record) if keeps_name else None,
                company,
                json.dumps(old(record) if callable(old) else old),
                json.dumps(new(record) if callable(new) else new),
            )
            for record in records
            for company in self._companies_of(record)
        ]
        if not rows:
            return
        ids, names, companies, olds, news = map(list, zip(*rows, strict=True))
        query = SQL(
            """
            SELECT r.id, r.name, r.company_id, %s::text, r.old, r.new
              FROM unnest(%s::int[], %s::text[], %s::int[], %s::jsonb[], %s::jsonb[])
                AS r(id, name, company_id, old, new)
            """,
            *(reason or reason_of(self.env) or None, ids, names, companies, olds, news),
        )
        self._record_rows(records._name, action, query, event_time(self.env))

    @api.model
    def _record_rows(self, model, action, query, at):
        """Add one line for each row of ``query``, however many, by one statement.

        :param model: the name of the model whose records are meant
        :param query: SQL of (id, name or NULL where it is that of a person or client,
            company id, reason, old and new values as jsonb); what it reads is flushed
            by then
        :param at: when it happened (naive UTC)
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_audit_log (
                       at, user_id, model, action,
                       res_id, kept_name, company_id, reason, old_values, new_values)
                SELECT %s, %s, %s, %s, r.* FROM (%s) r
                """,
                *(at, self.env.uid, model, action, query),
            )
        )
        self.invalidate_model()

    def _name_of(self, record):
        if hasattr(record, "_audited_name"):
            return record._audited_name()
        return record.display_name

    def _companies_of(self, record):
        """Return the ids of the companies whose people read the line; [None]: all."""
        if hasattr(record, "_audited_companies"):
            companies = record._audited_companies()
        else:
            companies = record["company_id"] if "company_id" in record._fields else None
        return (companies and companies.ids) or [None]


class VipAudited(models.AbstractModel):
    """What is configured or decided leaves a line in the audit log when it changes."""

    _name = "vip.audited"
    _description = "Kept in the Audit Log"

    def _audited_fields(self):
        """Return the names of the fields whose changes are kept."""
        return set()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if names := self._audited_names(self._fields):
            self.env["vip.audit.log"]._record(
                # As superuser: the log keeps all values, also unread ones.
                records.sudo(),
                "created",
                new=lambda r: r._audited_filled(names),
            )
        return records

    def write(self, vals):
        names = self._audited_names(vals)
        if not names:
            return super().write(vals)
        # As superuser: the log keeps what changed, also what the user may not read.
        records = self.sudo()
        before = {record.id: record._audited_values(names) for record in records}
        result = super().write(vals)
        after = {record.id: record._audited_values(names) for record in records}
        changed = records.filtered(lambda r: before[r.id] != after[r.id])

        def differing(values, others):
            return lambda record: {
                name: value
                for name, value in values[record.id].items()
                if value != others[record.id][name]
            }

        self.env["vip.audit.log"]._record(
            changed,
            "changed",
            differing(before, after),
            differing(after, before),
        )
        return result

    def unlink(self):
        if names := self._audited_names(self._fields):
            self.env["vip.audit.log"]._record(
                # As superuser: the log keeps all values, also unread ones.
                self.sudo(),
                "deleted",
                old=lambda r: r._audited_filled(names),
            )
        return super().unlink()

    @api.model
    def _audited_kind(self):
        """Return what its records are called, where the name of the model is no word."""
        return None

    def _audited_name(self):
        """Return by what name the log keeps this record for good."""
        return self.display_name

    def _audited_companies(self):
        """Return whose people read the lines of this record; none: everybody's."""
        if self._name == "res.company":
            return self
        return self["company_id"] if "company_id" in self._fields else self.browse()

    def _audited_names(self, names):
        audited = self._audited_fields()
        return [name for name in self._fields if name in audited and name in names]

    def _audited_values(self, names):
        """Return names and plain values of the fields, as they are kept for good."""
        self.ensure_one()
        return {
            name: self._audited_value(self._fields[name], self[name]) for name in names
        }

    def _audited_filled(self, names):
        """Return the values that are there: what was made or is gone, not what it lacks."""
        return {
            name: value for name, value in self._audited_values(names).items() if value
        }

    def _audited_value(self, field, value):
        if isinstance(value, models.BaseModel):
            if self.env["vip.audit.log"]._is_of_persons(value._name):
                # Names of persons are joined when they are read.
                return (value.id if field.type == "many2one" else value.ids) or None
            return ", ".join(value.mapped("display_name")) or None
        if field.type == "date":
            return fields.Date.to_string(value) or None
        if field.type == "datetime":
            return fields.Datetime.to_string(value) or None
        return value
