from pytz import UTC, timezone

from odoo import models

from ..tools.sql import remembered
from ..tools.times import first_day


class ResCompany(models.Model):
    """In which zone a company counts its days and months."""

    _inherit = "res.company"

    def write(self, vals):
        """Forget the zone that was read from another calendar."""
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self.env.registry.clear_cache()
        return result

    @remembered("self.id")
    def _vip_zone(self):
        """Return the name of the zone in which this company's months are counted."""
        self.ensure_one()
        # As superuser: no secret, and not everybody reads calendars.
        return self.sudo().resource_calendar_id.tz or "UTC"

    def _vip_local_date(self, at):
        """Return the date in the company's zone at ``at`` (naive UTC)."""
        return UTC.localize(at).astimezone(timezone(self._vip_zone())).date()

    def _vip_month(self, at):
        """Return the first day of the company's month at ``at`` (naive UTC)."""
        return first_day(self._vip_local_date(at))
