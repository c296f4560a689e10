"""A stretch of months, or of days, in which occurrences are looked for."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from odoo.tools import SQL

from .times import first_day


@dataclass(frozen=True)
class Stretch:
    """Some months of a company, with everything between the first and the last.

    :ivar company: record of the company; its zone says when a month begins
    :ivar months: first days of months
    """

    company: object
    months: tuple

    @classmethod
    def of(cls, company, months):
        """Return the stretch of some months, in whatever order they are given."""
        return cls(company, tuple(sorted(months)))

    @cached_property
    def zone(self):
        return self.company._vip_zone()

    @cached_property
    def start(self):
        """Naive UTC instant at which the first month begins."""
        return self.company._vip_month_limits(self.months[0])[0]

    @cached_property
    def ends(self):
        """Naive UTC instants at which the months end, in order."""
        return [self.company._vip_month_limits(month)[1] for month in self.months]

    @property
    def stop(self):
        """Naive UTC instant at which the last month ends; not of the stretch any more."""
        return self.ends[-1]

    def during(self, column):
        """Return the SQL condition that an instant (naive UTC) is in the stretch."""
        return SQL("%s >= %s AND %s < %s", column, self.start, column, self.stop)

    def month_of(self, column):
        """Return the SQL of the month, a date, in which an instant lies."""
        return SQL("date_trunc('month', %s)::date", self._local(column))

    def end_of(self, column):
        """Return the SQL of the instant at which the month of an instant ends."""
        if len(self.months) == 1:
            return SQL("%s", self.ends[-1])
        return SQL(
            "(date_trunc('month', %s) + INTERVAL '1 month')"
            " AT TIME ZONE %s AT TIME ZONE 'UTC'",
            self._local(column),
            self.zone,
        )

    def _local(self, column):
        return SQL("%s AT TIME ZONE 'UTC' AT TIME ZONE %s", column, self.zone)


@dataclass(frozen=True)
class Days(Stretch):
    """Days of a company that follow each other, within one month.

    :ivar first: its first day
    :ivar last: its last day, of the stretch as well
    """

    first: object = None
    last: object = None

    @classmethod
    def runs_of(cls, company, days):
        """Return the stretches of some days of one month: those in a row together."""
        runs = []
        for day in sorted(days):
            if runs and runs[-1][-1] + timedelta(days=1) == day:
                runs[-1].append(day)
            else:
                runs.append([day])
        return [
            cls(company, (first_day(run[0]),), first=run[0], last=run[-1])
            for run in runs
        ]

    @cached_property
    def start(self):
        return self.company._vip_midnight(self.first)

    @property
    def stop(self):
        return self.company._vip_midnight(self.last + timedelta(days=1))

    def day_of(self, column):
        """Return the SQL of the day, a date, on which an instant lies."""
        return SQL("(%s)::date", self._local(column))
