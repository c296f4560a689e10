from odoo import models


class ResPartner(models.Model):
    """A badge in the header of the client's page."""

    _inherit = "res.partner"

    def _client_360_badges(self):
        return [
            *super()._client_360_badges(),
            self._client_360_mark(
                "sample_guest",
                self.env._("Guest"),
                self.env._("Comes by tram"),
                sequence=30,
            ),
        ]
