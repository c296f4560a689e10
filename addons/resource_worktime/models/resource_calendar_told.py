from datetime import datetime

from pytz import timezone

from odoo import api, models
from odoo.tools import format_date

#: Lines of one notice; the rest is counted.
MOST_LINES = 5


class ResourceCalendar(models.Model):
    """What a change of working time means, in words."""

    _inherit = "resource.calendar"

    @api.model
    def _worktime_change_lines(self, changes):
        """Return one line of text for each change of a calendar the user may know of.

        :param changes: list of :class:`~.resource_calendar_change.WorktimeChange`
        """
        mine = self.env.user.company_ids
        known = [change for change in changes if change.company <= mine]
        lines = [
            calendar._worktime_change_line(change)
            for change in known[:MOST_LINES]
            for calendar in change.calendar.with_env(self.env(su=True))
        ]
        more = len(changes) - len(lines)
        if more:
            lines.append(self.env._("And %s more working schedules.", more))
        return lines

    def action_worktime_versions(self):
        """Open the versions of the working time of this calendar."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "resource_worktime.resource_worktime_version_action"
            ),
            "domain": [("calendar_id", "=", self.id)],
        }

    def _worktime_change_line(self, change):
        versions = self.env["resource.worktime.version"]
        old, new = versions.browse(change.old), versions.browse(change.new)
        parts = []
        if change.kind != "dated":
            parts.append(self._hours_change_text(old, new))
        if change.gained or change.lost:
            parts.append(self._dates_change_text(change))
        return self.env._(
            "%(calendar)s: %(change)s",
            calendar=self._name_for(change.company),
            change="; ".join(parts),
        )

    def _name_for(self, company):
        """Return the name of this calendar, with the company where that is not clear."""
        if self.company_id == company or len(self.env.user.company_ids) < 2:
            return self.name
        return f"{self.name} ({company.name})"

    def _hours_change_text(self, old, new):
        if old.hours_per_week == new.hours_per_week:
            return self.env._("other hours from now on, as many a week")
        return self.env._(
            "%(new)s instead of %(old)s hours a week from now on",
            new=hours_text(new.hours_per_week),
            old=hours_text(old.hours_per_week),
        )

    def _dates_change_text(self, change):
        gained, lost = (
            hours_text(hours_of(spans)) for spans in (change.gained, change.lost)
        )
        dates = self._dates_of(change.gained + change.lost)
        values = {"gained": gained, "lost": lost, "dates": self._dates_text(dates)}
        if not change.gained:
            return self.env._("%(lost)s hours fewer, %(dates)s", **values)
        if not change.lost:
            return self.env._("%(gained)s hours more, %(dates)s", **values)
        return self.env._(
            "%(gained)s hours more and %(lost)s fewer, %(dates)s", **values
        )

    def _dates_of(self, spans):
        """Return the local dates on which spans of epoch seconds begin, in order."""
        zone = timezone(self.tz or "UTC")
        return sorted({datetime.fromtimestamp(at, zone).date() for at, _stop in spans})

    def _dates_text(self, dates):
        first = format_date(self.env, dates[0], "medium")
        if len(dates) == 1:
            return first
        return self.env._(
            "%(days)s days from %(first)s to %(last)s",
            days=len(dates),
            first=first,
            last=format_date(self.env, dates[-1], "medium"),
        )


def hours_text(hours):
    """Return hours as a number that people read.

    >>> hours_text(40.0), hours_text(7.75), hours_text(7.0166)
    ('40', '7.75', '7.02')
    """
    return f"{hours:.2f}".rstrip("0").rstrip(".")


def hours_of(spans):
    """Return how many hours spans of epoch seconds have."""
    return sum(stop - start for start, stop in spans) / 3600
