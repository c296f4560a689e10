from odoo import models


class ResourceCalendarLeaves(models.Model):
    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "resource.worktime.source"]

    _everybody_idx = models.Index("(company_id, calendar_id) WHERE resource_id IS NULL")

    def _worktime_relevant(self):
        return self.filtered(lambda leave: not leave.resource_id)

    def _worktime_names(self):
        return [leave.name for leave in self if leave.name]
