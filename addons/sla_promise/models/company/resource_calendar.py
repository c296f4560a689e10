from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..clock.sla_clock_recount import MOST_PREVIEWED
from .sla_calendar_switch import SWITCHED


class ResourceCalendar(models.Model):
    """What a calendar needs so that something can be promised in its working time."""

    _inherit = "resource.calendar"

    @api.model
    def _worktime_changed(self, changes):
        """Judge anew what is owed in changed hours."""
        effects = super()._worktime_changed(changes)
        return [*effects, *self.env["sla.clock"]._recount(changes)]

    @api.model
    def _preview_worktime_change(self, changes, record):
        """Tell what a change would do to running promises."""
        effects = super()._preview_worktime_change(changes, record)
        effects += self.env.cr.precommit.data.pop(SWITCHED, [])
        if changes:
            effects += self.env["sla.clock"]._recount(changes, MOST_PREVIEWED)
        return effects

    def _check_promise(self):
        """Check that something can be promised in these calendars' working time.

        :raise ValidationError: a calendar is flexible, so its working time depends on
            the question, or has no working time at all
        """
        for calendar in self.sudo():  # who configures targets may not read calendars
            if problem := calendar._promise_problem():
                raise ValidationError(problem)

    def _promise_problem(self):
        """Return why nothing can be promised in this calendar, None if it can be."""
        self.ensure_one()
        if self.flexible_hours:
            return self.env._(
                "The working schedule “%s” is flexible: nothing can be promised "
                "in its working time. Choose one with fixed working hours.",
                self.name,
            )
        if not self._has_worktime():
            return self.env._(
                "The working schedule “%s” has no working time: nothing can be "
                "promised in it.",
                self.name,
            )
        return None

    @api.constrains("schedule_type", "attendance_ids")
    def _check_still_promised(self):
        """Keep a calendar fit for the promises that are made in it."""
        for calendar in self.sudo():  # whoever changes it, others rely on it
            if calendar._promise_problem() and calendar._is_promised():
                calendar._check_promise()

    def _is_promised(self):
        """Tell whether a target, a team or a company promises in this calendar."""
        given = Domain("calendar_mode", "=", "given") & Domain(
            "policy_id.active", "=", True
        )
        teams = self.env["helpdesk.ticket.team"]
        companies = self.env["res.company"]
        own = Domain("calendar_id", "=", self.id)
        of = Domain("resource_calendar_id", "=", self.id)
        return bool(
            self.env["sla.target"].search_count(given & own, limit=1)
            or teams.search_count(of, limit=1)
            or any(company._promises_own_hours() for company in companies.search(of))
        )
