from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        """Forget the zones of companies: they are read from the calendar."""
        result = super().write(vals)
        if "tz" in vals:
            self.env.registry.clear_cache()
        return result
