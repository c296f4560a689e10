from odoo import models


class HelpdeskTicket(models.Model):
    """What a service record says of requests beyond their dates."""

    _inherit = "helpdesk.ticket"

    def _letter_notes(self):
        """Return ``{ticket id: a word on how it went}``; a door."""
        return {}

    def _letter_sums(self):
        """Return [(label, text)] of these requests beyond how many they are; a door."""
        return []
