"""A stretch of months in which occurrences are looked for."""

from dataclasses import dataclass
from functools import cached_property

from odoo.tools import SQL


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
            return SQL("%s", self.stop)
        return SQL(
            "(date_trunc('month', %s) + INTERVAL '1 month')"
            " AT TIME ZONE %s AT TIME ZONE 'UTC'",
            self._local(column),
            self.zone,
        )

    def _local(self, column):
        return SQL("%s AT TIME ZONE 'UTC' AT TIME ZONE %s", column, self.zone)
