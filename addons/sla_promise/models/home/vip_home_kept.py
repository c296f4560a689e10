from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.panel import SIDE, Panel
from odoo.addons.vip_base.tools.tile import MANAGERS
from odoo.addons.vip_base.tools.times import add_months, event_time

#: What was kept and missed since the month began, in all and today; net of excuses, and
#: gross. Limits are inclusive: what was met is what has stopped in time.
KEPT = """
    SELECT o.day, count(*) FILTER (WHERE o.kind = 'met'),
           count(*) FILTER (WHERE o.kind = 'open'), count(*) FILTER (WHERE o.kind <> 'met')
      FROM (SELECT %(met_day)s AS day, 'met' AS kind
              FROM sla_clock clock
             WHERE clock.company_id = %(company)s AND clock.state = 'met'
               AND clock.stopped_at >= %(start)s AND clock.stopped_at < %(stop)s
             UNION ALL
            SELECT %(missed_day)s, breach.state
              FROM sla_breach breach
             WHERE breach.company_id = %(company)s AND breach.state IN ('open', 'excused')
               AND breach.breached_at >= %(start)s AND breach.breached_at < %(stop)s) o
     GROUP BY o.day ORDER BY o.day
"""


class VipHome(models.AbstractModel):
    """How many promises of the company were kept: today, this month, a year ago."""

    _inherit = "vip.home"

    @api.model
    def _kept_panels(self):
        return [
            Panel(
                key="sla_promise/kept",
                label=self.env._("Promises kept"),
                roles=MANAGERS,
                component="sla_promise/kept",
                load=self._kept_shown,
                place=SIDE,
                model="sla.breach",
                # Reads all that was promised in this month.
                later=True,
                sequence=60,
            ),
        ]

    @api.model
    def _kept_shown(self):
        company = self.env.company
        at = event_time(self.env)
        month, today = company._vip_month(at), company._vip_local_date(at)
        days = self._kept_by_day(company, month)
        met, net, gross = (sum(day[part] for day in days) for part in (1, 2, 3))
        of_today = next((day for day in days if day[0] == today), (today, 0, 0, 0))
        name = self.env._("Missed")
        return {
            "least": self.env["vip.figure.timeliness"]._least,
            "today": self._share(*of_today[1:3])
            | {"link": self._missed_link(name, at, ["open"], of_day=True)},
            "net": self._share(met, net)
            | {"link": self._missed_link(name, at, ["open"])},
            "gross": self._share(met, gross)
            | {"link": self._missed_link(name, at, ["open", "excused"])},
            "before": self._kept_year_ago(company, month),
            "trend": [
                {
                    "day": fields.Date.to_string(day),
                    "net": self._share(kept, missed)["value"],
                    "gross": self._share(kept, all_missed)["value"],
                }
                for day, kept, missed, all_missed in days
            ],
        }

    @api.model
    def _share(self, kept, missed):
        """Return how many of how many, and the percentage if there are any."""
        of = kept + missed
        return {"value": 100 * kept / of if of else False, "of": of, "missed": missed}

    @api.model
    def _kept_by_day(self, company, month):
        """Return ``[(day, met, missed net, missed gross)]`` of a month; one query."""
        start, stop = company._vip_month_limits(month)
        self.env["sla.clock"].flush_model()
        self.env["sla.breach"].flush_model()

        zone = company._vip_zone()

        def day(column):
            return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)

        # As the figures of a company: whoever sees its board may know them.
        return self.env.execute_query(
            SQL(
                KEPT,
                met_day=day(SQL("clock.stopped_at")),
                missed_day=day(SQL("breach.breached_at")),
                company=company.id,
                start=start,
                stop=stop,
            )
        )

    @api.model
    def _kept_year_ago(self, company, month):
        """Return the share of the same month of the year before, as it was kept."""
        before = add_months(month, -12)
        found = self.env["vip.figure"]._over(company, ["timeliness"], [before])
        for numbers in found["timeliness"].values():
            return {"value": numbers.value, "of": int(numbers.of), "missed": 0}
        return self._share(0, 0)

    @api.model
    def _missed_link(self, name, at, states, of_day=False):
        """Return the link to what was missed in the month of an instant, or on its day."""
        company = self.env.company
        start, stop = company._vip_month_limits(company._vip_month(at))
        if of_day:
            zone = timezone(company._vip_zone())
            day = datetime.combine(company._vip_local_date(at), time.min)
            start, stop = (
                zone.localize(midnight).astimezone(utc).replace(tzinfo=None)
                for midnight in (day, day + timedelta(days=1))
            )
        return {
            "model": "sla.breach",
            "name": name,
            "domain": [
                ("company_id", "=", company.id),
                ("state", "in", states),
                ("breached_at", ">=", fields.Datetime.to_string(start)),
                ("breached_at", "<", fields.Datetime.to_string(stop)),
            ],
        }
