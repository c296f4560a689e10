from odoo import api, fields, models
from odoo.fields import Domain


class SlaPolicy(models.Model):
    """A policy says itself if it promises in working hours that are unfit for it."""

    _inherit = "sla.policy"

    hours_problem = fields.Text(
        compute="_compute_hours_problem",
        help="Why some of its promises would count around the clock.",
    )

    @api.depends("target_ids.calendar_mode", "target_ids.calendar_id", "team_ids")
    @api.depends_context("lang")
    def _compute_hours_problem(self):
        for policy in self:
            # As superuser: who reads policies may not read every calendar.
            problems = (
                calendar._promise_problem()
                for calendar in policy.sudo()._promised_calendars()
            )
            policy.hours_problem = "\n".join(filter(None, problems))

    def _promised_calendars(self):
        """Return the calendars in which tickets under this policy can be promised."""
        self.ensure_one()
        modes = set(self.target_ids.mapped("calendar_mode"))
        given = self.target_ids.filtered(lambda target: target.calendar_mode == "given")
        calendars = given.calendar_id
        if "team" in modes:
            calendars |= self._fallen_back_to()
        return calendars

    def _fallen_back_to(self):
        """Return the calendars of the teams and companies that the policy is for."""
        own = (
            Domain("company_id", "in", [False, self.company_id.id])
            if self.company_id
            else Domain.TRUE
        )
        teams = self.team_ids or self.env["helpdesk.ticket.team"].search(own)
        companies = self.company_id or self.env["res.company"].search([])
        calendars = teams.resource_calendar_id
        if not self.team_ids or not all(team.resource_calendar_id for team in teams):
            calendars |= companies.resource_calendar_id
        return calendars
