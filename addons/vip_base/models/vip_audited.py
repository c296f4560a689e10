from odoo import api, fields, models

REASON = "vip_audited_reason"


class Reason(str):
    """Context value: why what follows is done, for the audit log.

    Only this class counts, and a remote client can put no instance of it into a
    context.
    """


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
                reason=self._audited_reason(),
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
            self._audited_reason(),
        )
        return result

    def unlink(self):
        if names := self._audited_names(self._fields):
            self.env["vip.audit.log"]._record(
                # As superuser: the log keeps all values, also unread ones.
                self.sudo(),
                "deleted",
                old=lambda r: r._audited_filled(names),
                reason=self._audited_reason(),
            )
        return super().unlink()

    def _audited_name(self):
        """Return by what name the log keeps this record for good."""
        return self.display_name

    def _audited_reason(self):
        reason = self.env.context.get(REASON)
        return reason if isinstance(reason, Reason) else False

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
