from odoo import api, models, tools


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "closed" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _for_reopening(self):
        """Return those of these stages in which work on a ticket can go on."""
        # As superuser: what stages mean is the same for everybody.
        return self.sudo().filtered(lambda stage: not stage.closed)

    @api.model
    @tools.ormcache()
    def _open_ids(self):
        """Return the ids of the stages in which a ticket is not closed."""
        # As superuser: what stages mean is the same for everybody.
        stages = self.sudo().with_context(active_test=False)
        return tuple(stages.search([("closed", "!=", True)]).ids)
