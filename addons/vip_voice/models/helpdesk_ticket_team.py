from odoo import api, fields, models

from odoo.addons.vip_base.tools.sql import remembered


class HelpdeskTicketTeam(models.Model):
    """Teams of the client's voice, whose work is no ordinary service."""

    _inherit = "helpdesk.ticket.team"

    vip_is_voice = fields.Boolean(
        string="The client's voice",
        index="btree_not_null",
        groups="base.group_user",
        help="It answers what clients said: its tickets ask no question about the "
        "service, and count in no figure of ordinary service.",
    )

    @api.model
    @remembered()
    def _voice_ids(self):
        """Return the ids of all teams of the client's voice."""
        # As superuser: which teams these are, whoever works on a ticket.
        teams = self.sudo().with_context(active_test=False)
        return frozenset(teams.search([("vip_is_voice", "=", True)]).ids)

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        if any(vals.get("vip_is_voice") for vals in vals_list):
            self.env.registry.clear_cache()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if "vip_is_voice" in vals:
            self.env.registry.clear_cache()
        return result
