from odoo import api, models

from odoo.addons.vip_service.tools.portal_card import PortalCard


class ResPartner(models.Model):
    """A card on the client's home in the portal."""

    _inherit = "res.partner"

    @api.model
    def _portal_cards(self):
        return [
            *super()._portal_cards(),
            PortalCard(
                key="vip_sample_wing",
                title=self.env._("Visit us"),
                template="vip_sample_wing.portal_card_visit",
                values=lambda: {"hours": "9 to 5"},
            ),
        ]
