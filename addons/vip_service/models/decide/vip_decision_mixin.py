from dataclasses import replace

from odoo import models


class VipDecisionMixin(models.AbstractModel):
    """Whose client a decision is about, in the mail that tells of it."""

    _inherit = "vip.decision.mixin"

    def _decision_client(self):
        """Return the client that this is about, none where it is about no client."""
        # As superuser: names alone, for who decides on it.
        record = self.sudo()
        if "partner_id" in record._fields and record.partner_id:
            return record.partner_id.commercial_partner_id
        if "ticket_id" in record._fields:
            return record.ticket_id.commercial_partner_id
        return record.env["res.partner"]

    def _decision_row(self):
        row = super()._decision_row()
        client = self._decision_client()
        if not client:
            return row
        tier = client.vip_tier_id
        return replace(
            row,
            client=client.display_name or "",
            tier=(tier.name, tier.shade) if tier else None,
        )
