from odoo import models


class ResPartner(models.Model):
    """A client of another type is promised something else, if a policy says so."""

    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "client_type" in vals and self._promises_ask_for_client_type():
            self._open_tickets()._sla_rematch()
        return result

    def _promises_ask_for_client_type(self):
        return "client_type" in self.env["sla.policy"]._ruleset().uses

    def _open_tickets(self):
        """Return the tickets of these clients and their contacts that are not closed."""
        # As superuser: promises follow the client, whoever changed it.
        return (
            self.env["helpdesk.ticket"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("stage_id.closed", "=", False),
                ],
                order="id",
            )
        )
