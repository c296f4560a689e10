from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _client_360_sections(self):
        """Return the sections of the page: dicts of key, title, sequence and lazy.

        Each has a loader ``_client_360_<key>()`` that returns JSON data.
        """
        self.ensure_one()
        return []
