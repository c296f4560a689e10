from odoo import models

from odoo.addons.vip_base.tools.host_terms import host_term


class HelpdeskTicket(models.Model):
    """Titles of windows that the host gives in English only."""

    _inherit = "helpdesk.ticket"

    def action_open_duplicate_wizard(self):
        action = super().action_open_duplicate_wizard()
        return dict(action, name=host_term(self.env, action["name"], "vip_service"))

    def action_view_duplicates(self):
        action = super().action_view_duplicates()
        return dict(action, name=host_term(self.env, action["name"], "vip_service"))
