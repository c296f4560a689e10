from odoo import api, models
from odoo.fields import Domain


class SlaTarget(models.Model):
    """Targets are part of their policy: what was promised is not edited in passing."""

    _name = "sla.target"
    _inherit = ["sla.target", "vip.audited"]

    def _audited_fields(self):
        return {
            name
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS
        }

    def _calendars(self):
        """Return the calendars in which this target may be counted."""
        self.ensure_one()
        if self.calendar_mode == "given":
            return self.calendar_id
        if self.calendar_mode == "always":
            return self.calendar_id.browse()
        teams = self.policy_id.team_ids or self.env["helpdesk.ticket.team"].search(
            Domain.TRUE
        )
        companies = self.company_id or self.env["res.company"].search(Domain.TRUE)
        return teams.resource_calendar_id | companies.resource_calendar_id

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        ids = [vals.get("policy_id") for vals in vals_list]
        self.env["sla.policy"].browse(filter(None, ids))._check_may_edit()
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        self.policy_id._check_may_edit()
        return super().write(vals)

    def unlink(self):
        self.check_access("unlink")
        self.policy_id._check_may_edit()
        return super().unlink()
