from odoo import models

from odoo.addons.vip_service.tools.host_terms import host_term


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def action_view_ticket_rating(self):
        """Name the window in the user's language, which the host does not."""
        action = super().action_view_ticket_rating()
        return dict(action, name=host_term(self.env, action["name"], "sla_scoring"))
