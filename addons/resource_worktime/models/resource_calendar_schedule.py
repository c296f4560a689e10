from datetime import datetime

from pytz import utc

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import array

from ..engine.schedule import FORTNIGHT, Hours, Schedule
from ..engine.worktime import DAY, to_datetime, to_epoch
from .resource_calendar import UNDATED

#: A Monday of a first week, in UTC: the fortnight by which the host is asked.
PATTERN_START = to_epoch(
    datetime.fromordinal(1 + datetime(2001, 1, 1).toordinal() // FORTNIGHT * FORTNIGHT)
)


class ResourceCalendar(models.Model):
    """What the rows of a calendar say now, as a value."""

    _inherit = "resource.calendar"

    def _schedule_now(self, company, at=None, known=None):
        """Return the :class:`~..engine.schedule.Schedule` that the rows say now.

        :param at: epoch seconds from when other hours than those known hold
        :param known: the schedule so far; None if nothing is known of a past
        """
        calendar = self._impersonal()
        hours = calendar._hours_now()
        closed, makeup = calendar._closed(company), calendar._makeup(company)
        if known is None:
            return Schedule.of(hours, closed, makeup)
        return known.changed(at, hours, closed, makeup)

    def _hours_now(self):
        """Return the hours of a fortnight as the host itself says them.

        Odoo ends an attendance until 24:00 a microsecond early: seconds are rounded.
        """
        if self.flexible_hours:
            return Hours(self.tz, None)
        intervals = self.with_context(**{UNDATED: True})._attendance_intervals_batch(
            utc.localize(to_datetime(PATTERN_START)),
            utc.localize(to_datetime(PATTERN_START + FORTNIGHT * DAY)),
            tz=utc,
        )[False]
        days = [[] for _day in range(FORTNIGHT)]
        for start, stop, _line in intervals:
            day, second = divmod(round(start.timestamp()) - PATTERN_START, DAY)
            length = round(stop.timestamp()) - round(start.timestamp())
            if length > 0:
                days[day].append((second, second + length))
        return Hours(self.tz, tuple(map(tuple, days)))

    def _closed(self, company):
        """Return ``(start, stop)`` epoch pairs of the leaves that are everybody's.

        The host ends a day of leave at 23:59:59: what would begin in the last second of
        a minute begins with the next minute.
        """
        domain = Domain.AND(
            [
                Domain("resource_id", "=", False),
                Domain("time_type", "=", "leave"),
                Domain("calendar_id", "in", [False, self.id]),
                # Without a resource Odoo takes the leaves of every company.
                Domain("company_id", "in", [False, company.id]),
            ]
        )
        leaves = self.env["resource.calendar.leaves"].search(domain)
        pairs = [
            (to_epoch(leave.date_from), to_epoch(leave.date_to)) for leave in leaves
        ]
        return [
            (start, stop + (stop % 60 == 59)) for start, stop in pairs if start < stop
        ]

    def _makeup(self, company):
        """Return the make-up days of this calendar for a company."""
        days = self.env["resource.makeup.day"].search(
            Domain("calendar_id", "in", [False, self.id])
            & Domain("company_id", "in", [False, (self.company_id or company).id])
        )
        return [day._as_value() for day in days]

    def _has_worktime(self):
        """Tell whether anybody ever works in this calendar, leaves aside."""
        return self._impersonal()._hours_now().works()

    def _impersonal(self):
        """Return this calendar as superuser, without the caller's context.

        A promise does not depend on who asks, who may not even read calendars, and what
        is computed is shared by all users of this process.
        """
        return self.with_env(self.env(su=True, context={}))

    # ------------------------------------------------------------------
    # Whether the rows have changed
    # ------------------------------------------------------------------

    @api.model
    def _worktime_sources(self):
        """Return the models whose records make up the working time."""
        return [
            "resource.calendar",
            "resource.calendar.attendance",
            "resource.calendar.leaves",
            "resource.makeup.day",
        ]

    @api.model
    def _worktime_fingerprints(self, pairs):
        """Return {pair: text that changes when what the rows say may have changed}.

        One query over the values that count, whatever columns the tables have and in
        whatever rows they stand. To be extended by what else changes the hours.

        :param pairs: (calendar id, company id or 0)
        """
        for source in self._worktime_sources():
            self.env[source].flush_model()
        pairs = list(pairs)
        calendar_ids = [calendar_id for calendar_id, _company_id in pairs]
        rows = self.env.execute_query(
            SQL(
                """
                WITH line AS (
                     SELECT calendar_id, %s AS hash
                       FROM resource_calendar_attendance t
                      WHERE calendar_id = ANY(%s) AND display_type IS NULL
                   GROUP BY calendar_id),
                     closed AS (
                     SELECT calendar_id, company_id, %s AS hash
                       FROM resource_calendar_leaves t
                      WHERE resource_id IS NULL AND time_type = 'leave'
                   GROUP BY calendar_id, company_id),
                     makeup AS (
                     SELECT calendar_id, company_id, %s AS hash
                       FROM resource_makeup_day t
                   GROUP BY calendar_id, company_id)
                SELECT c.id, pair.company_id,
                       concat_ws('|', c.tz, c.two_weeks_calendar, c.flexible_hours,
                       c.company_id, (SELECT hash FROM line WHERE calendar_id = c.id),
                       '+', (SELECT sum(hash) FROM closed t
                              WHERE (t.calendar_id = c.id OR t.calendar_id IS NULL)
                                AND (t.company_id = pair.company_id
                                     OR t.company_id IS NULL)),
                       '+', (SELECT sum(hash) FROM makeup t
                              WHERE (t.calendar_id = c.id OR t.calendar_id IS NULL)
                                AND (t.company_id IS NULL OR t.company_id
                                     = COALESCE(c.company_id, pair.company_id))))
                  FROM unnest(%s, %s) AS pair(calendar_id, company_id)
                  JOIN resource_calendar c ON c.id = pair.calendar_id
                """,
                _hash("dayofweek", "hour_from", "hour_to", "week_type", "day_period"),
                array(set(calendar_ids)),
                _hash("date_from", "date_to"),
                _hash("date", "hours", "weekday", "hour_from", "hour_to"),
                array(calendar_ids),
                array(company_id for _calendar_id, company_id in pairs),
            )
        )
        return {(calendar, company): text for calendar, company, text in rows}


def _hash(*columns):
    """Return the SQL of what rows of a table ``t`` say, whatever their order."""
    return SQL(
        "sum(hashtextextended(ROW(%s)::text, 0)::numeric)",
        SQL(", ").join(SQL.identifier("t", name) for name in columns),
    )
