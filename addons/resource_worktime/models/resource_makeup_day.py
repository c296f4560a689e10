from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.date_utils import float_to_time

from odoo.addons.vip_base.tools.sql import NamesMany2one

from ..engine.schedule import OWN, Makeup
from ..engine.worktime import DAY

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]


class ResourceMakeupDay(models.Model):
    """A date on which a calendar works although it otherwise would not (调休补班).

    It adds attendances and takes nothing away: leaves of that date still count, and a
    calendar that works on the date anyway stays as it is.
    """

    _name = "resource.makeup.day"
    _description = "Make-up Day"
    _inherit = ["resource.worktime.source", "vip.audited"]
    _order = "date desc, hour_from, id"

    name = fields.Char(string="Reason", required=True)
    date = fields.Date(required=True, index=True)
    company_id = NamesMany2one(
        "res.company",
        default=lambda self: self.env.company,
        help="Empty: for every company.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        ondelete="cascade",
        index="btree_not_null",
        check_company=True,
        help="Empty: all working hours that do not include this date.",
    )
    hours = fields.Selection(
        [("weekday", "As on a weekday"), ("own", "Own hours")],
        required=True,
        default="weekday",
        string="Hours worked",
    )
    weekday = fields.Selection(
        WEEKDAYS, default="0", help="The hours of this day of the same week are worked."
    )
    hour_from = fields.Float(string="From", default=9.0, help="Hour of the day.")
    hour_to = fields.Float(string="To", default=17.0, help="Hour of the day.")

    _hours_in_order = models.Constraint(
        "CHECK (hours <> 'own' OR 0 <= hour_from AND hour_from < hour_to "
        "AND hour_to <= 24)",
        "Own hours begin before they end, between 0 and 24 o'clock.",
    )
    _weekday_given = models.Constraint(
        "CHECK (hours <> 'weekday' OR weekday IS NOT NULL)",
        "Say of which weekday the hours are worked.",
    )

    @api.depends("name", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for day in self:
            date = day.date and format_date(self.env, day.date, "medium")
            day.display_name = " ".join(filter(None, (date, day.name)))

    @api.constrains("date", "calendar_id", "company_id", "hours", "weekday")
    def _check_adds_work(self):
        """Refuse a day that would change nothing, where it is made."""
        for day in self:
            # As superuser: who keeps these days may not see every calendar.
            calendars = day.sudo()._calendars()
            free = calendars.filtered(lambda c, day=day: not c._attends(day.date))
            if not free:
                raise ValidationError(
                    self.env._(
                        "%s is a working day already.",
                        format_date(self.env, day.date, "medium"),
                    )
                )
            if day.hours == "weekday" and not any(
                calendar._attendances_like(day.date, day.weekday) for calendar in free
            ):
                raise ValidationError(
                    self.env._(
                        "Nobody works on the weekday whose hours %s would have.",
                        format_date(self.env, day.date, "medium"),
                    )
                )

    @api.constrains(
        "date", "calendar_id", "company_id", "hours", "hour_from", "hour_to"
    )
    def _check_overlap(self):
        for day in self:
            others = self.sudo().search(day._rivals()) - day  # of any company it is for
            if any(day._overlaps(other) for other in others):
                raise ValidationError(
                    self.env._(
                        "There is a make-up day with the same hours on %s already.",
                        format_date(self.env, day.date, "medium"),
                    )
                )

    def _audited_fields(self):
        return {
            "name",
            "date",
            "company_id",
            "calendar_id",
            "hours",
            "weekday",
            "hour_from",
            "hour_to",
        }

    def _worktime_names(self):
        return [day.name for day in self]

    def _calendars(self):
        """Return the calendars that this day is for."""
        self.ensure_one()
        if self.calendar_id:
            return self.calendar_id
        companies = [self.company_id.id, False] if self.company_id else None
        domain = Domain("flexible_hours", "=", False)
        if companies:
            domain &= Domain("company_id", "in", companies)
        return self.env["resource.calendar"].search(domain)

    def _rivals(self):
        """Return the domain of the days that meet this one in some calendar."""
        domain = Domain("date", "=", self.date)
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        if self.calendar_id:
            domain &= Domain("calendar_id", "in", [False, self.calendar_id.id])
        return domain

    def _overlaps(self, other):
        if "weekday" in (self.hours, other.hours):
            return True
        return self.hour_from < other.hour_to and other.hour_from < self.hour_to

    @api.model
    def _between(self, calendar, start, stop):
        """Return the days of a calendar, of any company, around two aware datetimes."""
        domain = Domain.AND(
            [
                Domain("calendar_id", "in", [False, calendar.id]),
                # A day more at both ends: whatever the zone, the date is among them.
                Domain("date", ">=", start.astimezone(utc).date() - timedelta(days=1)),
                Domain("date", "<=", stop.astimezone(utc).date() + timedelta(days=1)),
            ]
        )
        # As superuser: when a calendar works is no secret of who may edit these days.
        return self.sudo().search(domain)

    def _of_company(self, company):
        return self.filtered(lambda day: day.company_id in (company, company.browse()))

    @api.model
    def _on(self, calendar, date):
        """Return the days of a calendar on a local date that it works only for them."""
        noon = utc.localize(datetime.combine(date, time(12)))
        days = self._between(calendar, noon, noon)._of_company(calendar._keeper())
        days = days.filtered(lambda day: day.date == date)
        return days if days and not calendar._attends(date) else self.browse()

    def _local_spans(self, calendar, zone, lunch=False, domain=None):
        """Return ``(start, stop, attendance)`` of work (or lunch) on these dates.

        :param zone: pytz zone in which the calendar is read
        """
        spans = []
        for day in self:
            if calendar._attends(day.date):
                continue
            for hour_from, hour_to, line in day._hours_of(calendar, lunch, domain):
                spans.append(
                    (
                        zone.localize(calendar._wall_clock(day.date, hour_from)),
                        zone.localize(calendar._wall_clock(day.date, hour_to)),
                        line,
                    )
                )
        return spans

    def _as_value(self):
        """Return this day as the engine knows it; own hours as the host rounds them."""
        self.ensure_one()
        ordinal = self.date.toordinal()
        if self.hours == "weekday":
            return Makeup(ordinal, int(self.weekday))
        return Makeup(ordinal, OWN, *map(_wall_seconds, (self.hour_from, self.hour_to)))

    def _hours_of(self, calendar, lunch, domain):
        """Return (hour from, hour to, attendance) of one day in a calendar."""
        if self.hours == "weekday":
            lines = calendar._attendances_like(self.date, self.weekday, lunch, domain)
            return [(line.hour_from, line.hour_to, line) for line in lines]
        if lunch:
            return []
        length = self.hour_to - self.hour_from
        # A dummy, as the host makes for flexible hours: callers read its durations.
        line = self.env["resource.calendar.attendance"].new(
            {"duration_hours": length, "duration_days": 1}
        )
        return [(self.hour_from, self.hour_to, line)]

    @api.onchange("calendar_id")
    def _onchange_calendar_id(self):
        if self.calendar_id.company_id:
            self.company_id = self.calendar_id.company_id


def _wall_seconds(hour):
    """Return an hour of the day in seconds, as the host rounds it."""
    wall = float_to_time(hour)
    return DAY if wall == time.max else wall.hour * 3600 + wall.minute * 60


def zone_of(calendar, resource, tz):
    """Return the pytz zone in which the host reads a calendar for a resource."""
    return tz or timezone((resource or calendar).tz)
