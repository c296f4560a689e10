import logging
from datetime import datetime
from functools import partial
from typing import NamedTuple

from pytz import utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.date_utils import float_to_time
from odoo.tools.intervals import Intervals
from odoo.tools.lru import LRU

from odoo.addons.vip_base.tools.sql import array

from ..engine.schedule import FORTNIGHT, Hours, Schedule
from ..engine.worktime import (
    ALWAYS,
    DAY,
    FIRST_INSTANT,
    CertainWorkTime,
    GrowingWorkTime,
    NoWorkingTime,
    around_the_clock,
    endless,
    to_datetime,
    to_epoch,
)
from .resource_makeup_day import zone_of
from .resource_worktime_source import CHANGED, FIRSTS, HEADS

_logger = logging.getLogger(__name__)

#: Working times of this process: digest of the schedule → WorkTime.
KNOWN_WORKTIMES = LRU(64)
#: Digest of a schedule → from when on nobody works in it any more, None if somebody does.
ENDED = LRU(256)
#: Years known beyond the range that was asked for, so that due times are found there.
SPARE_YEARS = 1
#: Years by which the past of a calendar is looked at in which nobody works any more.
ENDED_YEARS = 20
#: Context key: the hours without make-up days are asked for.
UNDATED = "resource_worktime_undated"
#: A calendar in which nobody works for so long has no working time.
MOST_YEARS = 100
#: A Monday of a first week, in UTC: the fortnight by which the host is asked.
PATTERN_START = to_epoch(
    datetime.fromordinal(1 + datetime(2001, 1, 1).toordinal() // FORTNIGHT * FORTNIGHT)
)


class Kept(NamedTuple):
    """A version as a transaction remembers it; the schedule only if it is not kept yet."""

    version: int | None
    digest: str
    schedule: Schedule | None = None
    fingerprint: str | None = None


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "resource.worktime.source"]

    makeup_day_ids = fields.One2many(
        "resource.makeup.day",
        "calendar_id",
        string="Make-up days",
        groups="base.group_user",
    )

    def _worktime(self, company, start, stop, version=None):
        """Return the working time of this calendar with the leaves of a company.

        It covers start to stop and grows by itself when an answer lies beyond. Without
        a calendar every second is worked. A flexible calendar or one without working
        time gives an empty one, which raises ``NoWorkingTime`` when it is asked for an
        instant.

        What has no date (hours, zone) counts from its change on, and the time before as
        it then was; what has one (leaves, make-up days) counts for its dates.

        :param company: ``res.company``; leaves of other companies do not count
        :param start: naive UTC datetime or epoch integer, as ``stop``
        :param version: id of a version: its working time, as it was known then, also
            when the calendar is gone
        :return: its ``version`` is the id of the last version that is kept
        :rtype: odoo.addons.resource_worktime.engine.worktime.GrowingWorkTime
        :raise ValueError: there is no such version
        """
        if version:
            kept = self._kept_version(version)
        elif not self:
            return ALWAYS
        else:
            self.ensure_one()
            kept = self._kept_now(company)
        known = self._known_worktime(kept, to_epoch(start), to_epoch(stop))
        return GrowingWorkTime(known, partial(self._grow, kept), kept.version)

    def _certain_worktime(self, company, start, version=None):
        """Return the working time as :meth:`_worktime`, but one that always answers.

        Where nobody works any more it goes on around the clock, and the log says so. For
        what must never be stopped by a calendar.
        """
        known = self._worktime(company, start, start, version)
        if not isinstance(known, GrowingWorkTime):
            return around_the_clock(known.zone)
        kept = self._kept_version(version) if version else self._kept_now(company)
        ended = self._ended_at(kept)
        if ended is None:
            return CertainWorkTime(
                known.known, partial(self._grow, kept), known.version
            )
        schedule = self._schedule_of(kept)

        def known_from(low):
            return endless(schedule.worktime(low, max(low, ended)))

        def grow(known, later):
            low = known.horizon[0]
            if later or low <= FIRST_INSTANT:
                raise NoWorkingTime(later)
            return known_from(_new_year(low, -ENDED_YEARS))

        low = _new_year(to_epoch(start), -SPARE_YEARS)
        return CertainWorkTime(known_from(low), grow, known.version)

    def _ended_at(self, kept):
        """Return from when on nobody works any more, None if somebody does; said once."""
        if kept.digest not in ENDED:
            ENDED[kept.digest] = self._schedule_of(kept).ended_at()
            if ENDED[kept.digest] is not None:
                _logger.warning(
                    "Nobody works in working schedule %s any more: what is promised in "
                    "it counts around the clock",
                    self.id,
                )
        return ENDED[kept.digest]

    def _worktime_tried(self, company, start):
        """Return the working time as :meth:`_worktime`, but begin no versions by it.

        For who only asks whether hours would do.
        """
        last = self.env["resource.worktime.version"]._last
        pending = CHANGED in self.env.cr.precommit.data
        if not self or not pending and last(self.id, company.id or 0):
            return self._worktime(company, start, start)
        schedule = self._schedule_now(company)

        def grow(known, later):
            return schedule.worktime(*_wider(known, later, schedule))

        low, high = _new_year(start, -SPARE_YEARS), _new_year(start, 1 + SPARE_YEARS)
        return GrowingWorkTime(schedule.worktime(low, high), grow)

    def _grow(self, kept, known, later):
        """Return a working time with a horizon that goes further.

        :raise NoWorkingTime: it is hopeless to look any further
        """
        wider = _wider(known, later, self._schedule_of(kept))
        return self._known_worktime(kept, *wider)

    def _worktime_hours_of(self):
        return self

    def _preview_worktime_calendars(self, values):
        return self

    def _worktime_version(self, company):
        """Return the id of the version by which this calendar counts now.

        What a transaction changes has its version when it ends. None without a calendar.
        """
        return self._kept_now(company).version if self else None

    def _known_worktime(self, kept, low, high):
        """Return a WorkTime over at least low to high, from the cache if it is there."""
        known = KNOWN_WORKTIMES.get(kept.digest)
        if known is None or not known.covers(low, high):
            low, high = _new_year(low, -SPARE_YEARS), _new_year(high, 1 + SPARE_YEARS)
            if known is not None:
                both = min(low, known.horizon[0]), max(high, known.horizon[1])
                if both[1] - both[0] < 2 * MOST_YEARS * 366 * DAY:
                    low, high = both
            known = self._schedule_of(kept).worktime(low, high)
            KNOWN_WORKTIMES[kept.digest] = known
        return known

    def _schedule_of(self, kept):
        if kept.schedule is not None:
            return kept.schedule
        return self.env["resource.worktime.version"].browse(kept.version)._schedule()

    # ------------------------------------------------------------------
    # The version that counts, once per transaction
    # ------------------------------------------------------------------

    def _kept_now(self, company):
        """Return the :class:`Kept` version that counts, read once per transaction.

        Once the transaction has changed what it is made of, it looks each time.
        """
        # Emptied when the transaction ends, also if the cursor goes on (in jobs).
        data = self.env.cr.precommit.data
        key = self.id, company.id or 0
        if CHANGED in data:
            return self._kept_pending(company, key, data)
        kept = data.setdefault(HEADS, {})
        if key not in kept:
            last = self.env["resource.worktime.version"]._last(*key)
            kept[key] = Kept(*last[:2]) if last else self._kept_first(company, key)
        return kept[key]

    def _kept_version(self, version):
        """Return the :class:`Kept` of a version, of this transaction too."""
        data = self.env.cr.precommit.data
        for kept in data.get(FIRSTS, {}).values():
            if kept.version == version:
                return kept
        versions = data.setdefault(HEADS, {})
        if version not in versions:
            model = self.env["resource.worktime.version"]
            versions[version] = Kept(version, model.browse(version)._digest())
        return versions[version]

    def _kept_pending(self, company, key, data):
        """Return what counts while a change of this transaction has no version yet."""
        fingerprint = self._worktime_fingerprints([key]).get(key)
        last = self.env["resource.worktime.version"]._last(*key)
        if last and last[2] == fingerprint:
            return Kept(*last[:2])
        kept = data[CHANGED].kept
        if key not in kept or kept[key].fingerprint != fingerprint:
            kept[key] = self._kept_anew(company, key, last)._replace(
                fingerprint=fingerprint
            )
        return kept[key]

    def _kept_anew(self, company, key, last):
        if not last:
            return self._kept_first(company, key)
        at = self.env.cr.precommit.data[CHANGED].at
        old = self._schedule_of(Kept(*last[:2]))
        new = self._schedule_now(company, to_epoch(at), old)
        return Kept(*last[:2]) if new.means(old) else Kept(last[0], new.digest(), new)

    def _kept_first(self, company, key):
        """Return the first version of a pair, which is written when the transaction ends.

        Hours of before are those that are known for another company.
        """
        data = self.env.cr.precommit.data
        versions = self.env["resource.worktime.version"]
        other, known = versions._last_of_calendar(self.id), None
        if other:
            known = versions.browse(other)._schedule()
        at = data[CHANGED].at if CHANGED in data else self._change_time()
        schedule = self._schedule_now(company, to_epoch(at), known)
        firsts = data.setdefault(FIRSTS, {})
        if key in firsts:
            version = firsts[key].version
        elif self.env.cr.readonly:
            return Kept(None, schedule.digest(), schedule)
        else:
            [version] = versions._next_ids(1)
            self._keep_when_done()
        firsts[key] = Kept(version, schedule.digest(), schedule)
        return firsts[key]

    # ------------------------------------------------------------------
    # Make-up days: calendars work on them, for the whole host
    # ------------------------------------------------------------------

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

    # ------------------------------------------------------------------
    # What the rows of a calendar say now, as a value
    # ------------------------------------------------------------------

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


def _wider(known, later, schedule):
    """Return a horizon that goes further than that of a working time.

    :raise NoWorkingTime: it is hopeless to look any further
    """
    low, high = known.horizon
    years = to_datetime(high).year - to_datetime(low).year
    wider = (low, _new_year(high, years)) if later else (_new_year(low, -years), high)
    if (
        years >= MOST_YEARS
        or wider == known.horizon
        or schedule.ends(later, high if later else low)
    ):
        raise NoWorkingTime(later)
    return wider


def _new_year(instant, years):
    """Return the beginning (UTC) of the year of an instant, ``years`` years on."""
    at = to_datetime(instant)
    year = min(max(at.year + years, datetime.min.year), datetime.max.year)
    return to_epoch(at.replace(year, 1, 1, 0, 0, 0))
