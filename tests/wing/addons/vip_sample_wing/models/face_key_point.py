from odoo import models

from odoo.addons.vip_base.tools.links import record_link


class ResPartner(models.Model):
    """A hint for whoever meets the client now."""

    _inherit = "res.partner"

    def _client_key_points(self):
        visits = self.env["vip.sample.visit"].search([("partner_id", "=", self.id)])
        return [
            *super()._client_key_points(),
            *(
                self._key_point(
                    "sample_visit",
                    self.env._("Came to see us: %s", visit.name),
                    60,
                    about=(visit._name, visit.id),
                    link=record_link(visit._name, visit.id),
                    source=self.env._("from visits"),
                )
                for visit in visits[:1]
            ),
        ]
