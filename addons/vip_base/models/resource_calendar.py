from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """Forget the zones of companies: they are read from the calendar."""
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        """Take what closed these along: without a calendar it would close all others."""
        # As superuser: who may delete a calendar may not see all of its leaves.
        leaves = self.env["resource.calendar.leaves"].sudo()
        leaves.search(
            [("calendar_id", "in", self.ids), ("resource_id", "=", False)]
        ).unlink()
        return super().unlink()
