from odoo import models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    def _for_reopening(self):
        """Return those of these stages in which work on a ticket can go on."""
        # As superuser: what stages mean is the same for everybody.
        return self.sudo().filtered(lambda stage: not stage.closed)
