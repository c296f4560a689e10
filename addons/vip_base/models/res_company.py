from datetime import datetime, time

from pytz import UTC, timezone

from odoo import fields, models

from ..tools.groups import SETTINGS_GROUPS
from ..tools.prefetch import SETTINGS
from ..tools.sql import remembered
from ..tools.times import add_months, first_day


class ResCompany(models.Model):
    """In which zone a company counts its days and months; on what its people start."""

    _inherit = "res.company"

    vip_home = fields.Boolean(
        string="Start on the home",
        default=True,
        groups=SETTINGS_GROUPS,
        help="Who has a role starts on its home: what to do, in numbers. Who has chosen "
        "another page to start on starts there.",
        prefetch=SETTINGS,
    )

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

    def _vip_month_limits(self, month):
        """Return the naive UTC instants between which a month of the company lies.

        :param month: its first day
        """
        return self._vip_midnight(month), self._vip_midnight(add_months(month, 1))

    def _vip_midnight(self, day):
        """Return the naive UTC instant at which a day of the company begins."""
        local = timezone(self._vip_zone()).localize(datetime.combine(day, time.min))
        return local.astimezone(UTC).replace(tzinfo=None)
