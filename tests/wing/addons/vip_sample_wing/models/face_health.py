from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_service.tools.measure import Measure


class ResPartner(models.Model):
    """A measure of how the client stands with us."""

    _inherit = "res.partner"

    @api.model
    def _client_health_measures(self, when):
        visits = SQL(
            "FROM vip_sample_visit v WHERE v.partner_id = p.id AND v.at <= %s", when.at
        )
        return [
            *super()._client_health_measures(when),
            Measure(
                "sample_visits",
                self.env._("Visits"),
                SQL("(SELECT NULLIF(count(*), 0) %s)", visits),
                ("vip.sample.visit",),
                day=SQL("(SELECT max(v.at) %s)", visits),
                weight=5,
                red=0,
                good=1,
            ),
        ]
