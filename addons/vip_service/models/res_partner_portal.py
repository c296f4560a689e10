from odoo import models

from odoo.addons.vip_base.tools.times import event_time


class ResPartner(models.Model):
    """What a client sees of itself in the portal: its tier and its rights."""

    _inherit = "res.partner"

    def _portal_client_card(self):
        """Return the client's own tier and entitlements, False for who is no client.

        Names, descriptions and quotas only: no figures, thresholds or proposals. Asked
        by the portal about the client of the user who is logged in (REQUIREMENTS T4).
        """
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        client = self.sudo().commercial_partner_id
        if not client.client_type:
            return False
        return {
            "tier": client.vip_tier_id.name,
            "color": client.vip_tier_id.color,
            "entitlements": client._portal_entitlements(),
        }

    def _portal_entitlements(self):
        company = self.env.company
        used = self.env["vip.entitlement"]._used_by(
            self,
            company,
            company._vip_local_date(event_time(self.env)),
            self.vip_tier_id,
        )
        entitlements = self.env["vip.entitlement"].browse(used)
        return [
            {
                "name": entitlement.name,
                "description": entitlement.description,
                "quota": entitlement._portal_quota(used[entitlement.id]),
            }
            for entitlement in entitlements
        ]
