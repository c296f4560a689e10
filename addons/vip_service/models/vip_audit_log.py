from odoo import api, models
from odoo.tools import SQL


class VipAuditLog(models.Model):
    """Decisions about tiers leave their lines in sets."""

    _inherit = "vip.audit.log"

    @api.model
    def _record_changes(self, change_ids, action, at, old_state, reason=None):
        """Add one line for each tier change: the decision as it now stands.

        Set-based: thousands of decisions take one statement. ``reason`` is given where
        it is not that of the change.
        """
        self.env["vip.tier.change"].flush_model()
        self.env["res.partner"].flush_model(["complete_name"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_audit_log (
                       at, user_id, user_name, model, action, res_id, record_name,
                       company_id, reason, old_values, new_values)
                SELECT %(at)s, %(uid)s, %(name)s, 'vip.tier.change', %(action)s, c.id,
                       p.complete_name, c.company_id, COALESCE(%(reason)s, c.reason),
                       jsonb_build_object('state', %(old)s::text,
                                          'from_tier_id', f.code),
                       jsonb_strip_nulls(jsonb_build_object(
                           'state', c.state, 'to_tier_id', t.code,
                           'effective_date', c.effective_date,
                           'override_until', c.override_until,
                           'override_end', c.override_end))
                  FROM vip_tier_change c
                  JOIN res_partner p ON p.id = c.partner_id
                  JOIN vip_tier f ON f.id = c.from_tier_id
                  JOIN vip_tier t ON t.id = c.to_tier_id
                 WHERE c.id = ANY(%(ids)s)
                """,
                at=at,
                uid=self.env.uid,
                name=self._user_name(),
                action=action,
                old=old_state,
                reason=reason,
                ids=list(change_ids),
            )
        )
        self.invalidate_model()
