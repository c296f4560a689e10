from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...engine.states import OPEN_STATES
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

    def _check_worktime_change(self):
        """Refuse hours in which a limit of somebody would never be reached, too."""
        result = super()._check_worktime_change()
        self.env["sla.target"]._check_limits_in(self)
        return result

    def _is_in_use(self):
        """A target, team or company promises in this calendar, or a clock runs in it."""
        if super()._is_in_use():
            return True
        # As superuser: whoever changes it, others rely on it.
        env = self.sudo().env
        given = Domain("calendar_mode", "=", "given") & Domain(
            "policy_id.active", "=", True
        )
        own = Domain("calendar_id", "=", self.id)
        of = Domain("resource_calendar_id", "=", self.id)
        owed = Domain("state", "in", OPEN_STATES)
        return bool(
            env["sla.target"].search_count(given & own, limit=1)
            or env["helpdesk.ticket.team"].search_count(of, limit=1)
            or any(c._promises_own_hours() for c in env["res.company"].search(of))
            or env["sla.clock"].search_count(owed & own, limit=1)
        )
