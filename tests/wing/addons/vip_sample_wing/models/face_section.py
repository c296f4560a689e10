from odoo import models


class ResPartner(models.Model):
    """A section of the client's page."""

    _inherit = "res.partner"

    def _client_360_sections(self):
        return [
            *super()._client_360_sections(),
            {
                "key": "sample_visits",
                "title": self.env._("Visits"),
                "sequence": 70,
                "lazy": True,
            },
        ]

    def _client_360_sample_visits(self):
        visits = self.env["vip.sample.visit"]
        return {"items": visits.search([("partner_id", "=", self.id)]).mapped("name")}
