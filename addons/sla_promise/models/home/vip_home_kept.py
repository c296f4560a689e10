from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.panel import SIDE, Panel
from odoo.addons.vip_base.tools.tile import MANAGERS
from odoo.addons.vip_base.tools.times import add_months, days_of, event_time

NET, GROSS = "timeliness", "timeliness_gross"
#: What is shown: which figure, and what was missed of it.
SHOWN = {
    "today": (NET, "missed"),
    "net": (NET, "missed"),
    "gross": (GROSS, "missed_gross"),
}


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
                # Counts what was promised today.
                later=True,
                sequence=60,
            ),
        ]

    @api.model
    def _kept_shown(self):
        company = self.env.company
        at = event_time(self.env)
        days = self.env["vip.figure"]._by_day(company, [NET, GROSS], at)
        return {
            "least": self.env["vip.figure.timeliness"]._least,
            **{
                name: self._share(
                    *(found[key] for found in self._days_of(name, [*days.values()]))
                )
                | {"call": self._missed_call(name)}
                for name, (key, _kind) in SHOWN.items()
            },
            "before": self._kept_year_ago(company, company._vip_month(at)),
            "trend": [
                {
                    "day": fields.Date.to_string(day),
                    "net": self._share(found[NET])["value"],
                    "gross": self._share(found[GROSS])["value"],
                }
                for day, found in days.items()
                if found[GROSS].of
            ],
        }

    @api.model
    def _days_of(self, name, days):
        """Return those of the days of a month of which something is shown."""
        return days[-1:] if name == "today" else days

    @api.model
    def _share(self, *numbers):
        """Return how many of how many these are together, and the percentage if any."""
        of = sum(each.of for each in numbers)
        kept = sum(each.part or 0 for each in numbers)
        return {
            "value": 100 * kept / of if of else False,
            "of": of,
            "missed": of - kept,
        }

    @api.model
    def _kept_year_ago(self, company, month):
        """Return the share of the same month of the year before, as it was kept."""
        before = add_months(month, -12)
        found = self.env["vip.figure"]._over(company, [NET], [before])
        return self._share(*found[NET].values())

    # The rows behind

    @api.model
    def _missed_call(self, name):
        return {"model": "vip.home", "method": "open_missed", "kwargs": {"name": name}}

    @api.model
    def open_missed(self, name):
        """Return the window of what was missed of a share of the panel.

        :param name: of :data:`SHOWN`
        :raise AccessError: the user is no manager
        :raise UserError: there is no such share
        """
        self._checked("manager", self._roles())
        if not isinstance(name, str) or name not in SHOWN:
            raise UserError(self.env._("This number is not on the page any more."))
        company, at = self.env.company, event_time(self.env)
        _key, kind = SHOWN[name]
        days = self._days_of(name, days_of(company._vip_local_date(at)))
        found = self.env["vip.figure"]._records_of_days(company, days, kind)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Missed"),
            "res_model": "sla.breach",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", found)],
        }
