from odoo import models

from odoo.addons.vip_base.tools.links import rows_link


class ResPartner(models.Model):
    """What the client's voice adds to the client's page."""

    _inherit = "res.partner"

    # Key points

    def _client_key_points(self):
        """Add open complaints: whoever serves the client must know.

        Counted over all, also what the reader may not see; no words of the client.
        """
        # As superuser: how many, whoever meets the client.
        complaints = self.env["vip.complaint"].sudo()
        of_client = [("partner_id", "=", self.id), ("closed_at", "=", False)]
        count = complaints.search_count(
            [*of_client, ("company_id", "in", self.env.companies.ids)]
        )
        points = super()._client_key_points()
        if not count:
            return points
        return [
            *points,
            self._key_point(
                "complaint",
                self.env._("Open complaints: %s", count),
                5,
                level="danger",
                link=rows_link(
                    "vip.complaint",
                    self.env._("Open complaints"),
                    [list(condition) for condition in of_client],
                ),
                source=self.env._("from the complaints of all teams"),
            ),
        ]
