from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.resource_worktime.engine.worktime import (
    DAY,
    NoWorkingTime,
    around_the_clock,
    to_epoch,
)
from odoo.addons.vip_base.tools.times import event_time

#: A limit that is reached later than this is none (years, seconds).
MOST_YEARS = 20
LONGEST = MOST_YEARS * 366 * DAY


class SlaTarget(models.Model):
    """Whether a limit can work: it is reached, in all hours in which it may count.

    What is refused here is refused again where hours are chosen or changed, by teams,
    companies and calendars.
    """

    _inherit = "sla.target"

    @api.constrains(
        *("duration", "unit", "calendar_mode", "calendar_id", "no_promise", "policy_id")
    )
    def _check_limit(self):
        """Refuse what no ticket could be promised.

        :raise ValidationError: the hours have no working time, or it takes too long
        """
        for target in self:
            if target.calendar_mode == "given" and not target.calendar_id:
                raise ValidationError(
                    self.env._("Say in which working hours the time is counted.")
                )
            # As superuser: who configures targets may not read all calendars and teams.
            if problem := target.sudo()._limit_problem():
                raise ValidationError(problem)

    def _limit_problem(self, calendar=None):
        """Return why the limit cannot work, None if it can.

        :param calendar: only in this one; None: in all in which it may count
        """
        self.ensure_one()
        if self.no_promise:
            return None
        for hours, company in self._counted_in():
            if calendar is not None and hours != calendar:
                continue
            if calendar is None and self._falls_back_at_install():
                continue
            problem = hours and hours._promise_problem()
            if problem or (problem := self._reach_problem(hours, company)):
                return problem
        return None

    def _falls_back_at_install(self):
        """Tell whether hours are asked for that were there before this addon.

        They stop no installation: what is wrong with them is a finding of the policies.
        """
        return self.calendar_mode == "team" and not self.env.registry.ready

    def _reach_problem(self, calendar, company):
        """Return why the limit is not reached in a calendar, None if it is."""
        promise, now = self._compiled(), to_epoch(event_time(self.env))
        worktime = calendar._worktime_tried(company, now)
        if promise.course.around_the_clock:
            worktime = around_the_clock(worktime.zone)
        if promise.shortest <= LONGEST and _is_reached(promise, now, worktime):
            return None
        if promise.course.around_the_clock:
            return self.env._(
                "%(target)s of “%(policy)s” is never reached: it takes more than "
                "%(years)s years. Promise less.",
                target=self.display_name,
                policy=self.policy_id.display_name,
                years=MOST_YEARS,
            )
        return self.env._(
            "%(target)s of “%(policy)s” is never reached: in the working hours "
            "%(hours)s it takes more than %(years)s years. Promise less.",
            target=self.display_name,
            policy=self.policy_id.display_name,
            hours=calendar.display_name or self.env._("around the clock"),
            years=MOST_YEARS,
        )

    def _counted_in(self):
        """Return pairs of a calendar, empty for around the clock, and a company.

        All in which the time of this target may be counted.
        """
        self.ensure_one()
        nothing = self.env["resource.calendar"]
        companies = self.company_id or self.env["res.company"].search(Domain.TRUE)
        if self.calendar_mode == "given":
            return [(self.calendar_id, companies[:1])]
        if self.calendar_mode == "always":
            return [(nothing, companies[:1])]
        teams = self.policy_id.team_ids or self.env["helpdesk.ticket.team"].search(
            Domain("company_id", "in", [False, *companies.ids])
        )
        pairs = [
            (team.resource_calendar_id, team.company_id or companies[:1])
            for team in teams
            if team.resource_calendar_id
        ]
        pairs += [(company.resource_calendar_id, company) for company in companies]
        return list(dict.fromkeys(pairs))

    @api.model
    def _check_limits_in(self, calendars):
        """Check that what is promised in calendars can be promised in them.

        :raise ValidationError: a limit would not be reached
        """
        if not calendars:
            return
        # As superuser: whoever changes hours, others rely on them.
        targets = self.sudo().search(
            Domain("policy_id.active", "=", True)
            & Domain("no_promise", "=", False)
            & (
                Domain("calendar_mode", "=", "team")
                | Domain("calendar_mode", "=", "given")
                & Domain("calendar_id", "in", calendars.ids)
            )
        )
        for target in targets:
            for calendar in calendars.sudo():
                if problem := target._limit_problem(calendar):
                    raise ValidationError(problem)


def _is_reached(promise, start, worktime):
    """Tell whether a promise is due before too long."""
    try:
        due = worktime.add(start, promise.seconds(start, worktime))
    except NoWorkingTime:
        return False
    return due - start <= LONGEST
