from odoo import api, fields, models


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    resource_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        check_company=True,
        groups="base.group_user",
        help="Promises of this team count these hours. Empty: those of the company.",
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

    def unlink(self):
        """Bring the tickets of a deleted team up to date: the database empties it."""
        # As superuser: the timeline follows the ticket, whoever may see it.
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        tickets = tickets.search([("team_id", "in", self.ids)])
        result = super().unlink()
        tickets.invalidate_recordset(["team_id"], flush=False)
        tickets._sla_sync()
        return result
