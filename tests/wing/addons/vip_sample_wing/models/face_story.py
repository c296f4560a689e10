from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_service.tools.story import StoryPart


class ResPartner(models.Model):
    """Lines of the client's story."""

    _inherit = "res.partner"

    def _client_story_parts(self):
        visits = self.env["vip.sample.visit"]
        query = visits._search([("partner_id", "=", self.id)])
        return [
            *super()._client_story_parts(),
            StoryPart(
                "sample_visit",
                query,
                SQL.identifier(query.table, "at"),
                lambda row: {
                    "text": self.env._("Came to see us: %s", row["name"]),
                    "link": record_link(visits._name, row["id"]),
                },
                {"name": SQL.identifier(query.table, "name")},
                icon="fa-smile-o",
            ),
        ]
