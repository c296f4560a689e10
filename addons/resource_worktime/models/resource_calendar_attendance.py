from odoo import models


class ResourceCalendarAttendance(models.Model):
    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "resource.worktime.source"]

    def _worktime_hours_of(self):
        return self.calendar_id

    def _preview_worktime_calendars(self, values):
        return self.calendar_id
