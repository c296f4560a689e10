from odoo import api, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    def _for_reopening(self):
        """Return those of these stages in which work on a ticket can go on."""
        # As superuser: what stages mean is the same for everybody.
        return self.sudo().filtered(lambda stage: not stage.closed)

    @api.model
    def _open_ids(self):
        """Return the ids of the stages in which a ticket is not closed."""
        # As superuser: what stages mean is the same for everybody.
        stages = self.sudo().with_context(active_test=False)
        return stages.search([("closed", "!=", True)]).ids
