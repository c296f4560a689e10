from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.sql import NamesMany2one


class HelpdeskTicketTeam(models.Model):
    _name = "helpdesk.ticket.team"
    _inherit = ["helpdesk.ticket.team", "resource.worktime.previewed"]

    resource_calendar_id = NamesMany2one(
        "resource.calendar",
        string="Working hours",
        check_company=True,
        groups="base.group_user",
        help="Promises of this team count these hours. Empty: those of the company.",
    )

    sla_stand_in_id = NamesMany2one(
        "res.users",
        string="Stand-in",
        domain="[('share', '=', False)]",
        groups="base.group_user",
        help="Who is told, and named on the tickets of whoever is on leave, while the "
        "leader of the team is not there either. Without one, or if nobody of them is "
        "there, the service managers.",
    )
    wait_needs_asking = fields.Boolean(
        string="Wait from when we ask",
        default=True,
        groups="base.group_user",
        help="A ticket that is moved to a stage that waits for the client stands still "
        "from when we write to the client or log a call, visit or chat, not before. Off: "
        "it stands still at once.",
    )

    @api.constrains("resource_calendar_id")
    def _check_resource_calendar(self):
        self.resource_calendar_id._check_promise()
        self.env["sla.target"]._check_limits_in(self.resource_calendar_id)

    def write(self, vals):
        """Judge anew what is promised in the hours of teams that get other ones."""
        if "resource_calendar_id" not in vals:
            return super().write(vals)
        before = self._promised_hours()
        result = super().write(vals)
        after = self._promised_hours()
        self.env["sla.calendar.switch"]._record(
            [
                (team, company, before[team, company], calendar)
                for (team, company), calendar in after.items()
                if before[team, company] != calendar
            ]
        )
        return result

    def _promised_hours(self):
        """Return {(team, company): calendar} in which these teams promise."""
        result = {}
        # As superuser: whose hours they are, whichever companies one may see.
        for team in self.sudo():
            companies = team.company_id or team.env["res.company"].search(Domain.TRUE)
            for company in companies:
                hours = team.resource_calendar_id or company.resource_calendar_id
                result[team, company] = hours
        return result

    def _preview_worktime_calendars(self, values):
        # As superuser: only to see what changes.
        calendars = self.sudo().resource_calendar_id
        return calendars | calendars.browse(values.get("resource_calendar_id") or ())

    def unlink(self):
        """Bring the tickets of a deleted team up to date: the database empties it."""
        # As superuser: the timeline follows the ticket, whoever may see it.
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        tickets = tickets.search([("team_id", "in", self.ids)])
        result = super().unlink()
        tickets.invalidate_recordset(["team_id"], flush=False)
        tickets._sla_sync()
        return result
