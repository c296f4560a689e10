from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models

from odoo.addons.resource_worktime.engine.worktime import (
    NoWorkingTime,
    to_datetime,
    to_epoch,
)
from odoo.addons.vip_base.tools.panel import Panel
from odoo.addons.vip_base.tools.tile import AGENTS

#: What the axis shows at least, where nobody works on a day: hours of the clock.
USUAL = (9, 18)
HOUR = timedelta(hours=1)


class VipHome(models.AbstractModel):
    """An agent's day: working hours, now, and when own promises are due."""

    _inherit = "vip.home"

    @api.model
    def _day_panels(self):
        return [
            Panel(
                key="sla_promise/day",
                label=self.env._("My day"),
                roles=AGENTS,
                component="sla_promise/day",
                load=self._day_shown,
                later=True,
                model="sla.clock",
                sequence=20,
            ),
        ]

    @api.model
    def _day_shown(self):
        """Return the axis, the hours that are worked and what is due on it; naive UTC.

        Late and soon first: where two marks meet, what is to be done now lies above.
        """
        now, midnight = (self._moments()[name] for name in ("now", "tomorrow"))
        worked = self._worked_today(midnight)
        marks = [
            (row.due_at, row.section, self._is_late(row), self._metric(row), row.id)
            for row in self._my_queue()
            if row.due_at and row.due_at < midnight and row.section in ("act", "due")
        ]
        begin, end = self._axis(
            now, midnight, [*sum(worked, ()), *(at for at, *_more in marks)]
        )
        text = fields.Datetime.to_string
        return {
            "begin": text(begin),
            "end": text(end),
            "worked": [[text(start), text(stop)] for start, stop in worked],
            "marks": [
                {
                    # What became late before the axis begins stands at its beginning.
                    "at": text(max(at, begin)),
                    "due": text(at),
                    "tone": "late" if late else "soon" if section == "act" else "",
                    "text": metric,
                    "id": ticket_id,
                }
                for at, section, late, metric, ticket_id in reversed(marks)
            ],
        }

    @api.model
    def _worked_today(self, midnight):
        """Return [(start, stop)] of the working hours of today, naive UTC."""
        company = self.env.company
        # As superuser: the hours of the own team, else of the company.
        teams = self.env.user.sudo().helpdesk_team_ids
        calendar = teams.resource_calendar_id[:1] or company.sudo().resource_calendar_id
        start, stop = to_epoch(midnight - timedelta(days=1)), to_epoch(midnight)
        if not calendar:
            return []
        try:
            spans = calendar._worktime(company, start, stop).spans(start, stop)
        except NoWorkingTime:
            return []
        return [(to_datetime(begin), to_datetime(end)) for begin, end in spans]

    @api.model
    def _axis(self, now, midnight, instants):
        """Return where the axis begins and ends: full hours around all that is on it."""
        zone = timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        day = utc.localize(midnight - HOUR).astimezone(zone).date()
        dawn, usual = (
            [
                zone.localize(datetime.combine(day, time(hour)))
                .astimezone(utc)
                .replace(tzinfo=None)
                for hour in hours
            ]
            for hours in ((0,), USUAL)
        )
        shown = [at for at in instants if dawn[0] <= at <= midnight] or usual
        begin, end = min([*shown, now]), max([*shown, now])
        begin = begin.replace(minute=0, second=0, microsecond=0)
        if end.minute or end.second:
            end = end.replace(minute=0, second=0, microsecond=0) + HOUR
        return begin, max(end, begin + 2 * HOUR)
