from odoo import fields, models

from odoo.addons.vip_base.tools.host_terms import host_term

from .helpdesk_ticket_closed import REOPEN_DAYS


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    after_closing = fields.Selection(
        [("reopen", "Reopen the ticket"), ("follow_up", "Open a follow-up ticket")],
        string="Client writes after closing",
        default="reopen",
        required=True,
        groups="base.group_user",
        help="What becomes of what a client says on a closed ticket. A follow-up names "
        "the closed ticket, and the closed ticket names it.",
    )
    reopen_days = fields.Integer(
        string="Reopen within (days)",
        default=REOPEN_DAYS,
        groups="base.group_user",
        help="What is said later than so many days after closing opens a follow-up.",
    )

    _reopen_days_possible = models.Constraint(
        "CHECK (reopen_days BETWEEN 0 AND 3650)",
        "A ticket is reopened within 0 to 3650 days after closing.",
    )

    def _retrieve_dashboard(self):
        """Name the buttons in the user's language, which the host does not."""
        return [
            dict(button, name=host_term(self.env, button["name"], "vip_service"))
            for button in super()._retrieve_dashboard()
        ]
