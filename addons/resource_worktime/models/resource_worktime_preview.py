from contextlib import contextmanager

from odoo import api, models
from odoo.exceptions import AccessError, UserError

#: Nobody is told of what is taken back.
SILENT = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class ResourceWorktimePreview(models.AbstractModel):
    """What unsaved changes would do to working time: done, looked at and taken back."""

    _name = "resource.worktime.preview"
    _description = "Preview of Working Time"

    @api.model
    def preview(self, model, res_id, values):
        """Return what saving a form would change, for the widget that asks.

        :param model: name of a model with the mixin ``resource.worktime.previewed``
        :param res_id: id of the record, False if it is new
        :param values: as ``web_save`` would write them; False: what deleting it would do
        :return: dict with ``lines`` (text), ``effects`` (dicts with ``text`` and perhaps
            ``action``) and ``problem`` (why it cannot be saved, else False)
        """
        records = self.env.get(model) if isinstance(model, str) else None
        previewed = isinstance(records, self.pool["resource.worktime.previewed"])
        asked = isinstance(res_id or 0, int) and (
            isinstance(values, dict) or bool(res_id and values is False)
        )
        if not (previewed and asked and self.env.user._is_internal()):
            raise AccessError(self.env._("There is no preview of this."))
        try:
            return self._preview_change(records.browse(res_id or ()), values)
        except (UserError, ValueError) as error:
            return {"lines": [], "effects": [], "problem": str(error)}

    @api.model
    def _preview_change(self, record, values):
        """Apply values within a savepoint, tell what they do, and take them back.

        :param record: the record, or none of its model for a new one
        :param values: False: delete it
        """
        calendars = self.env["resource.calendar"]
        with self._taken_back():
            record._preview_worktime_calendars(values or {})._know_worktime()
            calendars._take_worktime_changes()  # what was before is not counted in
            if values is False:
                record.with_context(**SILENT).unlink()
            else:
                record.with_context(**SILENT)._preview_worktime_values(values)
            self.env.flush_all()
            changes = calendars._take_worktime_changes()
            return {
                "lines": calendars._worktime_change_lines(changes),
                "effects": calendars._preview_worktime_change(changes, record),
                "problem": False,
            }

    @contextmanager
    def _taken_back(self):
        cr, registry = self.env.cr, self.env.registry
        waiting = len(cr.postcommit)
        savepoint = cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            if not waiting:
                cr.postcommit.clear()
            if registry.cache_invalidated:
                # What was remembered of the changes meanwhile is not so.
                registry.clear_cache(*registry.cache_invalidated)


class ResourceWorktimePreviewed(models.AbstractModel):
    """Mixin of the models whose forms tell what saving them would do."""

    _name = "resource.worktime.previewed"
    _description = "Has a Preview of Working Time"

    def _preview_worktime_values(self, values):
        """Do what saving these values would do. To be extended where it is more."""
        return self.write(values) if self else self.create(values)

    def _preview_worktime_calendars(self, values):
        """Return the calendars that these values may concern. To be extended.

        Only where nobody has asked a calendar yet is it not known by itself.
        """
        chosen = values.get("calendar_id", self["calendar_id"].id)
        calendars = self.env["resource.calendar"]
        if chosen:
            return calendars.browse(chosen)
        companies = [False, *self.env.companies.ids]
        # As superuser: only to see what changes.
        return calendars.sudo().search([("company_id", "in", companies)])
