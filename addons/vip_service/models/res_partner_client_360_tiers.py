from odoo import fields, models

MEMBERSHIPS = 20


class ResPartner(models.Model):
    """The sections of the client's page on its tiers and what is owed to it."""

    _inherit = "res.partner"

    def _client_360_tiers(self):
        """Which tier from when to when, and the change that waits for a decision."""
        domain = [
            ("company_id", "=", self.env.company.id),
            ("partner_id", "=", self.id),
        ]
        memberships = self.env["vip.tier.membership"].search_fetch(
            domain, ["tier_id", "date_from", "date_to"], limit=MEMBERSHIPS
        )
        # As superuser: that a change is proposed is no secret in the service, its
        # evidence is; only the former leaves here.
        proposal = (
            self.env["vip.tier.change"]
            .sudo()
            .search_fetch(
                [*domain, ("state", "=", "proposed")],
                ["from_tier_id", "to_tier_id", "direction", "proposed_at"],
                limit=1,
            )
        )
        (memberships.tier_id | proposal.from_tier_id | proposal.to_tier_id).fetch(
            ["name", "rank", "color", "code"]
        )
        return {
            "memberships": [
                {
                    "id": membership.id,
                    "tier": membership.tier_id._client_360_badge(),
                    "date_from": fields.Date.to_string(membership.date_from),
                    "date_to": fields.Date.to_string(membership.date_to) or False,
                }
                for membership in memberships
            ],
            "proposal": proposal
            and {
                "id": proposal.id,
                "from_tier": proposal.from_tier_id._client_360_badge(),
                "to_tier": proposal.to_tier_id._client_360_badge(),
                "direction": proposal.direction,
                "proposed_at": fields.Datetime.to_string(proposal.proposed_at),
            }
            or False,
        }

    def _client_360_entitlements(self):
        """The rights of the client's tier: granted, used in the period, left."""
        used = self.env["vip.entitlement"]._used_by(
            self, self.env.company, self._client_360_today(), self.vip_tier_id
        )
        entitlements = self.env["vip.entitlement"].browse(used)
        periods = dict(entitlements._fields["period"]._description_selection(self.env))
        return {
            "items": [
                {
                    "id": entitlement.id,
                    "name": entitlement.name,
                    "description": entitlement.description,
                    "quota": entitlement.quota,
                    "period": entitlement.period,
                    "period_label": periods[entitlement.period],
                    "used": used[entitlement.id],
                    "left": max(entitlement.quota - used[entitlement.id], 0)
                    if entitlement.quota
                    else False,
                }
                for entitlement in entitlements
            ]
        }
