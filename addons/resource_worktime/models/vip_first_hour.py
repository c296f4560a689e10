from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.setup import Check, Step
from odoo.addons.vip_base.tools.times import event_time

#: Holidays are to be known so far ahead.
AHEAD = timedelta(days=60)


class VipFirstHour(models.AbstractModel):
    _inherit = "vip.first.hour"

    @api.model
    def _steps(self):
        return [*super()._steps(), self._holidays_step()]

    @api.model
    def _holidays_step(self):
        holidays = self._holidays()
        makeup = self.env["resource.makeup.day"].search_count([])
        count = len(holidays)
        text = self.env._("none ahead: promises run on public holidays")
        if count:
            text = self.env._(
                "%(holidays)s public holidays ahead, %(makeup)s make-up days",
                holidays=count,
                makeup=makeup,
            )
        return Step(
            "resource_worktime/holidays",
            self.env._("Holidays and make-up days"),
            bool(count),
            text,
            why=self.env._(
                "On these days nobody works, and no promise runs out. They are loaded by "
                "country and year, and make-up days are dates on which one works all the "
                "same."
            ),
            buttons=(
                (self.env._("Load"), "resource_worktime.resource_holiday_load_action"),
                (
                    self.env._("Make-up days"),
                    "resource_worktime.resource_makeup_day_action",
                ),
            ),
            minutes=3,
            sequence=20,
        )

    @api.model
    def _holidays(self):
        """Return the public holidays of the company that are still to come."""
        # As superuser: which days the company closes, no leave of a person.
        leaves = self.env["resource.calendar.leaves"].sudo()
        return leaves.search(
            Domain("resource_id", "=", False)
            & Domain("company_id", "in", [False, self.env.company.id])
            & Domain("date_to", ">", event_time(self.env))
        )


class VipOperations(models.AbstractModel):
    _inherit = "vip.operations"

    @api.model
    def _checks(self):
        return [*super()._checks(), self._hours_check(), self._ahead_check()]

    @api.model
    def _hours_check(self):
        """Tell which calendars in use have no working hours."""
        # As superuser: names of calendars, which agents may not read.
        calendars = self.env["resource.calendar"].sudo()
        empty = calendars.search(
            [
                ("attendance_ids", "=", False),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ]
        )
        return Check(
            "resource_worktime/hours",
            "data",
            self.env._("Calendars without hours"),
            ", ".join(empty.mapped("name")) or self.env._("none"),
            wrong=bool(empty),
            todo=self.env._(
                "Give them hours, or archive them: nothing can be promised in them."
            ),
            action="resource.action_resource_calendar_form" if empty else None,
            first=bool(empty),
            sequence=40,
        )

    @api.model
    def _ahead_check(self):
        holidays = self.env["vip.first.hour"]._holidays()
        last = max(holidays.mapped("date_to"), default=None)
        wrong = not last or last < event_time(self.env) + AHEAD
        text = self.env._("known for the next months")
        if wrong:
            text = self.env._("none is known for the next 60 days")
        return Check(
            "resource_worktime/holidays",
            "data",
            self.env._("Public holidays"),
            text,
            wrong=wrong,
            todo=self.env._("Load those of the coming year, before they come."),
            action="resource_worktime.resource_holiday_load_action" if wrong else None,
            sequence=50,
        )
