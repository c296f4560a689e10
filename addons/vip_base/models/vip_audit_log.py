import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import frozen_rows
from ..tools.reason import reason_of
from ..tools.times import event_time


class VipAuditLog(models.Model):
    """What people and rules did to what others rely on: it only ever grows.

    The database itself refuses to change or delete a line. Lines name their records
    without a foreign key, so that they outlive them.
    """

    _name = "vip.audit.log"
    _description = "Audit Log"
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "record_name"

    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Integer(string="User number", readonly=True)
    user_name = fields.Char(string="Who", readonly=True)
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="restrict", help="Empty: all companies."
    )
    model = fields.Char(required=True, readonly=True)
    model_name = fields.Char(string="Kind", compute="_compute_texts")
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, readonly=True
    )
    record_name = fields.Char(string="What", readonly=True)
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
        return super()._auto_init()

    def init(self):
        """Make the database itself refuse to change or delete a line."""
        frozen_rows.freeze(self.env.cr, self._table)

    @api.depends("model", "old_values", "new_values")
    @api.depends_context("lang")
    def _compute_texts(self):
        for line in self:
            model = self.env.get(line.model)
            # A line outlives the model that it is about.
            line.model_name = line.model if model is None else self._kind(line.model)
            line.old_text = self._values_text(model, line.old_values)
            line.new_text = self._values_text(model, line.new_values)

    def _kind(self, model):
        # As superuser: the name of a kind of records is no secret of an administrator.
        return self.env["ir.model"].sudo()._get(model).name

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
        if field is not None and field.type == "selection":
            value = dict(field._description_selection(self.env)).get(value, value)
        elif field is not None and field.type == "many2one" and isinstance(value, int):
            # As superuser: names of persons are not kept, but may be read here.
            record = self.env[field.comodel_name].sudo().browse(value).exists()
            value = record.display_name or value
        return "–" if value in (None, False, "") else value

    # Writing

    @api.model
    def _record(self, records, action, old=None, new=None, reason=False):
        """Add one line for each of ``records``.

        :param old, new: names and plain values of fields before and after: one dict for
            all, or a function of the record
        :param reason: else that of the context, see ``tools/reason.py``
        """
        rows = [
            (
                record.id,
                self._name_of(record),
                self._company_of(record),
                json.dumps(old(record) if callable(old) else old),
                json.dumps(new(record) if callable(new) else new),
            )
            for record in records
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
        :param query: SQL of (id, name, company id, reason, old and new values as jsonb);
            what it reads is flushed by then
        :param at: when it happened (naive UTC)
        """
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_audit_log (
                       at, user_id, user_name, model, action,
                       res_id, record_name, company_id, reason, old_values, new_values)
                SELECT %s, %s, %s, %s, %s, r.* FROM (%s) r
                """,
                *(at, self.env.uid, self._user_name(), model, action, query),
            )
        )
        self.invalidate_model()

    def _name_of(self, record):
        if isinstance(record, self.pool["vip.audited"]):
            return record._audited_name()
        return record.display_name

    def _user_name(self):
        # As superuser: who acts may not read users, the log names them all the same.
        return self.env.user.sudo().name

    def _company_of(self, record):
        if record._name == "res.company":
            return record.id
        company = record["company_id"] if "company_id" in record._fields else None
        return (company and company.id) or None


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

    def _audited_name(self):
        """Return by what name the log keeps this record for good."""
        return self.display_name

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
            return ", ".join(value.mapped("display_name")) or None
        if field.type == "date":
            return fields.Date.to_string(value) or None
        if field.type == "datetime":
            return fields.Datetime.to_string(value) or None
        return value
