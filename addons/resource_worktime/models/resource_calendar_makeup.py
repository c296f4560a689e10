from datetime import datetime

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.date_utils import float_to_time
from odoo.tools.intervals import Intervals

from .resource_calendar_schedule import UNDATED
from .resource_makeup_day import zone_of


class ResourceCalendar(models.Model):
    """Calendars work on their make-up days, for the whole host."""

    _inherit = "resource.calendar"

    makeup_day_ids = fields.One2many(
        "resource.makeup.day",
        "calendar_id",
        string="Make-up days",
        groups="base.group_user",
    )

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        if self.flexible_hours or self.env.context.get(UNDATED):
            return result
        days = self.env["resource.makeup.day"]._between(self, start_dt, end_dt)
        if not days:
            return result
        nobody = self.env["resource.resource"]
        for resource in [*(resources or ()), nobody]:
            if resource and resource._is_flexible():
                continue
            zone = zone_of(self, resource, tz)
            low, high = start_dt.astimezone(zone), end_dt.astimezone(zone)
            extra = [
                (max(low, start), min(high, stop), line)
                for start, stop, line in days._of_company(
                    self._keeper(resource)
                )._local_spans(self, zone, lunch, domain)
                if start < high and stop > low
            ]
            result[resource.id] |= Intervals(extra, keep_distinct=True)
        return result

    def _works_on_date(self, date):
        return super()._works_on_date(date) or bool(
            self.env["resource.makeup.day"]._on(self, date)
        )

    def _keeper(self, resource=None):
        """Return the company whose make-up days count in this calendar.

        A calendar without a company has those of the resource's or of the environment's
        company: promises are counted for one company at a time.
        """
        return self.company_id or (resource and resource.company_id) or self.env.company

    def _attends(self, date):
        """Tell whether this calendar works on a local date, make-up days aside."""
        self.ensure_one()
        if self.flexible_hours:
            return True
        return bool(self._attendances_like(date, str(date.weekday())))

    def _attendances_like(self, date, weekday, lunch=False, domain=None):
        """Return the attendances of a weekday (``"0"`` is Monday) in the week of a date.

        :param lunch: those of lunch instead of those of work
        :param domain: further condition on the attendances
        """
        lines = self.env["resource.calendar.attendance"]
        condition = Domain.AND(
            [
                Domain(domain or Domain.TRUE),
                Domain("calendar_id", "=", self.id),
                Domain("display_type", "=", False),
                Domain("day_period", "=" if lunch else "!=", "lunch"),
                Domain("dayofweek", "=", weekday),
            ]
        )
        if self.two_weeks_calendar:
            condition &= Domain("week_type", "=", str(lines.get_week_type(date)))
        return lines.search(condition)

    @staticmethod
    def _wall_clock(date, hour):
        """Return the naive local datetime of an hour of a date, as the host reads it."""
        return datetime.combine(date, float_to_time(hour))
