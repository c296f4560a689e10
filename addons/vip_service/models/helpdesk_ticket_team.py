from odoo import models

from odoo.addons.vip_base.tools.host_terms import host_term


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    def _retrieve_dashboard(self):
        """Name the buttons in the user's language, which the host does not."""
        return [
            dict(button, name=host_term(self.env, button["name"], "vip_service"))
            for button in super()._retrieve_dashboard()
        ]
