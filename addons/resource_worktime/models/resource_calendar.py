from datetime import datetime

from pytz import timezone, utc

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import float_to_time
from odoo.tools.intervals import Intervals
from odoo.tools.lru import LRU

from ..engine.worktime import (
    ALWAYS,
    GrowingWorkTime,
    NoWorkingTime,
    WorkTime,
    merged,
    to_datetime,
    to_epoch,
)
from .resource_makeup_day import zone_of
from .resource_worktime_source import FINGERPRINTS

#: Working times of this process: (database, calendar, company, fingerprint) → WorkTime.
KNOWN_WORKTIMES = LRU(64)
#: Years known beyond the range that was asked for, so that due times are found there.
SPARE_YEARS = 1
#: A calendar in which nobody works for so long has no working time.
MOST_YEARS = 100


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "resource.worktime.source"]
    makeup_day_ids = fields.One2many(
        "resource.makeup.day",
        "calendar_id",
        string="Make-up days",
        groups="base.group_user",
    )

    def _worktime(self, company, start, stop):
        """Return the working time of this calendar with the leaves of a company.

        It covers start to stop and grows by itself when an answer lies beyond. Without
        a calendar every second is worked. A flexible calendar or one without working
        time gives an empty one, which raises ``NoWorkingTime`` when it is asked for an
        instant; :meth:`_check_promise` keeps those out of targets.

        :param company: ``res.company``; leaves of other companies do not count
        :param start: naive UTC datetime or epoch integer, as ``stop``
        :rtype: odoo.addons.resource_worktime.engine.worktime.GrowingWorkTime
        """
        if not self:
            return ALWAYS
        self.ensure_one()

        def grow(known, later):
            low, high = known.horizon
            years = to_datetime(high).year - to_datetime(low).year
            if years >= MOST_YEARS or not self._has_worktime():
                raise NoWorkingTime(later)
            if later:
                return self._known_worktime(company, low, _new_year(high, years))
            return self._known_worktime(company, _new_year(low, -years), high)

        known = self._known_worktime(company, to_epoch(start), to_epoch(stop))
        return GrowingWorkTime(known, grow)

    def _known_worktime(self, company, low, high):
        """Return a WorkTime over at least low to high, from the cache if it is there."""
        key = (
            self.env.cr.dbname,
            self.id,
            company.id,
            self._worktime_fingerprint_once(company),
        )
        known = KNOWN_WORKTIMES.get(key)
        if known is None or not known.covers(low, high):
            known = self._build_worktime(company, low, high, known)
            KNOWN_WORKTIMES[key] = known
        return known

    def _build_worktime(self, company, low, high, known=None):
        """Return a WorkTime over whole years around low to high and all that is known."""
        low, high = _new_year(low, -SPARE_YEARS), _new_year(high, 1 + SPARE_YEARS)
        if known is None:
            spans = self._worktime_spans(company, low, high)
        else:
            from_, to = known.horizon
            low, high = min(low, from_), max(high, to)
            spans = [
                *self._worktime_spans(company, low, from_),
                *known.intervals,
                *self._worktime_spans(company, to, high),
            ]
        return WorkTime(merged(spans), (low, high), self._impersonal().tz)

    def _worktime_spans(self, company, low, high):
        """Return what Odoo itself says is worked, as ``(start, stop)`` epoch pairs.

        Odoo ends an attendance until 24:00 a microsecond early, and a day of leave at
        23:59:59: the gap is closed by rounding to seconds, and work that would begin in
        the last second of a minute begins with the next minute.
        """
        calendar = self._impersonal().with_company(company)
        if low >= high or calendar.flexible_hours:
            return []
        intervals = calendar._work_intervals_batch(
            utc.localize(to_datetime(low)),
            utc.localize(to_datetime(high)),
            domain=[
                ("time_type", "=", "leave"),
                # Without a resource Odoo takes the leaves of every company.
                ("company_id", "in", [False, company.id]),
            ],
            tz=timezone(calendar.tz),
        )[False]
        spans = ((round(a.timestamp()), round(b.timestamp())) for a, b, _ in intervals)
        return [(start + (start % 60 == 59), stop) for start, stop in spans]

    def _has_worktime(self):
        """Tell whether anybody ever works in this calendar, leaves aside."""
        calendar = self._impersonal()
        first = utc.localize(to_datetime(0))
        fortnight = utc.localize(to_datetime(14 * 86400))
        return not calendar.flexible_hours and bool(
            calendar._attendance_intervals_batch(first, fortnight)[False]
        )

    def _impersonal(self):
        """Return this calendar as superuser, without the caller's context.

        A promise does not depend on who asks, who may not even read calendars, and what
        is computed is shared by all users of this process.
        """
        return self.with_env(self.env(su=True, context={}))

    def _worktime_fingerprint_once(self, company):
        """Return the fingerprint, read once per transaction unless it changes in it."""
        # Emptied when the transaction ends, also if the cursor goes on (in jobs).
        fingerprints = self.env.cr.precommit.data.setdefault(FINGERPRINTS, {})
        if fingerprints is None:
            return self._worktime_fingerprint(company)
        key = (self.id, company.id)
        if key not in fingerprints:
            fingerprints[key] = self._worktime_fingerprint(company)
        return fingerprints[key]

    def _worktime_fingerprint(self, company):
        """Return a value that changes whenever the working time may have changed.

        One query over the contents of the calendar, its attendances and the company's
        leaves. To be extended by whatever else changes the work intervals.
        """
        for source in self._worktime_sources():
            self.env[source].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT (SELECT hashtextextended(calendar::text, 0)
                          FROM resource_calendar calendar
                         WHERE calendar.id = %(calendar)s),
                       (SELECT (count(*), sum(hashtextextended(line::text, 0)))::text
                          FROM resource_calendar_attendance line
                         WHERE line.calendar_id = %(calendar)s),
                       (SELECT (count(*), sum(hashtextextended(leave::text, 0)))::text
                          FROM resource_calendar_leaves leave
                         WHERE leave.resource_id IS NULL
                           AND (leave.calendar_id = %(calendar)s
                                OR leave.calendar_id IS NULL)
                           AND (leave.company_id = %(company)s
                                OR leave.company_id IS NULL)),
                       (SELECT (count(*), sum(hashtextextended(day::text, 0)))::text
                          FROM resource_makeup_day day
                         WHERE (day.calendar_id = %(calendar)s
                                OR day.calendar_id IS NULL)
                           AND (day.company_id = ANY(%(companies)s)
                                OR day.company_id IS NULL))
                """,
                calendar=self.id,
                company=company.id or None,
                # Make-up days are those of the calendar's company, if it has one.
                companies=[company.id or 0, self.sudo().company_id.id or 0],
            )
        )[0]

    def _worktime_sources(self):
        """Return the models whose records make up the working time."""
        return [
            "resource.calendar",
            "resource.calendar.attendance",
            "resource.calendar.leaves",
            "resource.makeup.day",
        ]

    # ------------------------------------------------------------------
    # Make-up days: calendars work on them, for the whole host
    # ------------------------------------------------------------------

    def _attendance_intervals_batch(
        self, start_dt, end_dt, resources=None, domain=None, tz=None, lunch=False
    ):
        result = super()._attendance_intervals_batch(
            start_dt, end_dt, resources=resources, domain=domain, tz=tz, lunch=lunch
        )
        if self.flexible_hours:
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


def _new_year(instant, years):
    """Return the beginning (UTC) of the year of an instant, ``years`` years on."""
    at = to_datetime(instant)
    return to_epoch(at.replace(at.year + years, 1, 1, 0, 0, 0))
