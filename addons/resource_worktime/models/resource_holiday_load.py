from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.reason import because
from odoo.addons.vip_base.tools.times import event_time

from ..engine import public_holidays

#: More at once is a slip of the finger.
MOST_YEARS = 10
#: From this month on the days of the next year are loaded, too.
AUTUMN = 10
LAST_SECOND = timedelta(days=1, seconds=-1)


class ResourceHolidayLoad(models.TransientModel):
    """Loads public holidays and make-up days of a country for some years.

    What is there already is left alone, so it can be run again when a government has
    published the next year.
    """

    _name = "resource.holiday.load"
    _description = "Load Public Holidays"
    _inherit = ["resource.worktime.previewed"]

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        check_company=True,
        help="Empty: all working hours of the company.",
    )
    country_id = fields.Many2one(
        "res.country",
        default=lambda self: self.env.company.country_id,
    )
    state_id = fields.Many2one(
        "res.country.state",
        string="State or province",
        domain="[('country_id', '=', country_id)]",
        help="For countries whose parts have holidays of their own.",
    )
    file = fields.Binary(
        attachment=False,
        help="A workbook or CSV with the columns date, name and kind (holiday, make-up "
        "day): instead of what is known of the country.",
    )
    file_name = fields.Char()
    year_from = fields.Integer(
        string="From year", required=True, default=lambda self: self._this_year()
    )
    year_to = fields.Integer(
        string="To year", required=True, default=lambda self: self._last_year()
    )
    weekday = fields.Selection(
        selection=lambda self: self._weekdays(),
        string="Hours on make-up days",
        required=True,
        default="0",
        help="A make-up day has the hours of this weekday.",
    )
    line_ids = fields.One2many(
        "resource.holiday.load.line",
        "load_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    problem = fields.Char(compute="_compute_problem")

    @api.model
    def _this_year(self):
        return event_time(self.env).year

    @api.model
    def _last_year(self):
        """Return this year; from autumn on the next one, whose days are near."""
        now = event_time(self.env)
        return now.year + (now.month >= AUTUMN)

    @api.model
    def _weekdays(self):
        return (
            self.env["resource.makeup.day"]
            ._fields["weekday"]
            ._description_selection(self.env)
        )

    @api.depends("country_id", "state_id", "year_from", "year_to", "file")
    @api.depends_context("lang")
    def _compute_problem(self):
        for load in self:
            load.problem = load._found()[1]

    @api.depends(
        *("country_id", "state_id", "year_from", "year_to", "company_id"),
        *("calendar_id", "file"),
    )
    @api.depends_context("lang")
    def _compute_line_ids(self):
        for load in self:
            days, _problem = load._found()
            known = load._known_days(days)
            load.line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        {
                            "date": day.date,
                            "name": day.name or load._makeup_name(),
                            "kind": day.kind,
                            "known": day in known,
                            "wanted": day not in known,
                        }
                    )
                    for day in days
                ),
            ]

    def _makeup_name(self):
        return self.env._("Make-up day for a public holiday")

    def _found(self):
        """Return (days, None), or ([], why there are none)."""
        if self.file:
            return self._found_in_file()
        if not public_holidays.available():
            return [], self.env._(
                "The Python package “holidays” is not installed on the server. "
                "Ask your administrator to run: pip install holidays"
            )
        if not self.country_id:
            return [], None
        years = range(self.year_from, self.year_to + 1)
        if not 0 < len(years) <= MOST_YEARS or years[0] < 1970 or years[-1] > 2100:
            return [], self.env._("Choose up to %s years, in order.", MOST_YEARS)
        try:
            days = public_holidays.days_of(
                self.country_id.code, self._subdivision(), years, self.env.lang
            )
        except public_holidays.UnknownPlace:
            return [], self.env._(
                "No holidays are known of %s.",
                self.state_id.display_name or self.country_id.name,
            )
        return days, None

    def _subdivision(self):
        """Return the code of the state as the library has it: DE-BY is BY there."""
        return (self.state_id.code or "").removeprefix(
            f"{self.country_id.code}-"
        ) or None

    def _known_days(self, days):
        """Return those of the days that the company has already."""
        if not days:
            return set()
        spans = {day: self._span(day.date) for day in days}
        leaves = self._leaves().search(
            Domain("resource_id", "=", False)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("calendar_id", "in", [False, self.calendar_id.id])
            & Domain("date_to", ">=", min(start for start, _stop in spans.values()))
            & Domain("date_from", "<=", max(stop for _start, stop in spans.values()))
        )
        closed = [(leave.date_from, leave.date_to) for leave in leaves]
        makeup = self.env["resource.makeup.day"].search(
            Domain("company_id", "in", [False, self.company_id.id])
            & Domain("calendar_id", "in", [False, self.calendar_id.id])
            & Domain("date", "in", [day.date for day in days])
        )
        worked = set(makeup.mapped("date"))

        def is_known(day):
            if day.kind == public_holidays.MAKEUP:
                return day.date in worked
            start, stop = spans[day]
            return any(low <= start and stop <= high for low, high in closed)

        return {day for day in days if is_known(day)}

    def _span(self, date):
        """Return the first and the last second of a local date, naive UTC.

        As the host does, a day of leave ends at 23:59:59.
        """
        # As superuser: only the zone of the company's working hours.
        calendar = (
            self.sudo().calendar_id or self.company_id.sudo().resource_calendar_id
        )
        zone = timezone(calendar.tz or "UTC")
        return tuple(
            zone.localize(datetime.combine(date, time.min) + more)
            .astimezone(utc)
            .replace(tzinfo=None)
            for more in (timedelta(), LAST_SECOND)
        )

    def _leaves(self):
        # As superuser: who configures promises may not see every leave.
        return self.env["resource.calendar.leaves"].sudo().with_context(active_test=0)

    def _preview_worktime_values(self, values):
        load = super()._preview_worktime_values(values)
        (self or load).action_load()
        return load

    def action_load(self):
        """Create what is chosen and not there yet; leave a line in the audit log.

        :raise UserError: nothing is chosen, or nothing can be loaded
        """
        self.ensure_one()
        if not self.env.user.has_group(ADMIN_GROUP):
            raise AccessError(self.env._("Only an administrator loads holidays."))
        if self.problem:
            raise UserError(self.problem)
        lines = self.line_ids.filtered("wanted")
        known = self._known_days([line._day() for line in lines])
        lines = lines.filtered(lambda line: line._day() not in known)
        if not lines:
            raise UserError(self.env._("There is nothing to load that is not there."))
        makeup = lines.filtered(lambda line: line.kind == public_holidays.MAKEUP)
        self._create_leaves(lines - makeup)
        skipped = self._create_makeup_days(makeup)
        return self._tell(lines, skipped)

    def _create_leaves(self, lines):
        where = self.file_name if self.file else self.country_id.name
        reason = self.env._("Public holidays of %s", where)
        leaves = (
            self._leaves()
            .with_context(**because(reason))
            .create(
                [
                    {
                        "name": line.name,
                        "calendar_id": self.calendar_id.id,
                        "date_from": self._span(line.date)[0],
                        "date_to": self._span(line.date)[1],
                    }
                    for line in lines
                ]
            )
        )
        # Computed by the host from the calendar, or from the user's company.
        leaves.company_id = self.company_id

    def _create_makeup_days(self, lines):
        """Create make-up days; return the lines whose date is worked anyway."""
        days = self.env["resource.makeup.day"]
        values = {
            line: {
                "name": line.name,
                "date": line.date,
                "company_id": self.company_id.id,
                "calendar_id": self.calendar_id.id,
                "weekday": self.weekday,
            }
            for line in lines
        }
        # As superuser: who configures promises may not read every calendar.
        idle = lines.filtered(
            lambda line: any(
                not calendar._attends(line.date)
                for calendar in days.new(values[line]).sudo()._calendars()
            )
        )
        days.create([values[line] for line in idle])
        return lines - idle

    def _tell(self, lines, skipped):
        message = self.env._("%s days were loaded.", len(lines) - len(skipped))
        if skipped:
            message += " " + self.env._(
                "Worked on anyway: %s.",
                ", ".join(
                    format_date(self.env, line.date, date_format="medium")
                    for line in skipped
                ),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
