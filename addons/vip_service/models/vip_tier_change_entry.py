from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP


class VipTierChange(models.Model):
    """Entry by the first deposit: a new client need not wait for a review."""

    _inherit = "vip.tier.change"

    @api.model
    def _propose_entries(self, company, import_ids=None, partner_ids=None, at=None):
        """Propose tiers to new clients whose first month reaches an entry threshold.

        New is who has figures of one month only, which no review has judged yet, and of
        whom no tier was ever proposed; so a second call proposes nothing.

        :param import_ids: only clients with figures of these imports
        :param partner_ids: only these clients
        :param at: the event time (naive UTC)
        :returns: the proposals
        """
        # As superuser: the rules propose, whoever brings the figures.
        entries = self.sudo()
        tiers = self.env["vip.tier"]._ladder(company)
        above = tiers[1:].filtered("entry_metric_id")
        if not above:
            return entries.browse()
        for model in (
            "vip.activity",
            "vip.tier.review",
            "vip.tier.membership",
            "vip.tier",
        ):
            self.env[model].flush_model()
        self.env["res.partner"].flush_model(["active", "client_type"])
        self.flush_model()
        scope = SQL("")
        if import_ids is not None:
            scope = SQL("%s AND f.import_id = ANY(%s)", scope, list(import_ids))
        if partner_ids is not None:
            scope = SQL("%s AND f.partner_id = ANY(%s)", scope, list(partner_ids))
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO vip_tier_change (
                       company_id, partner_id, from_tier_id, to_tier_id, direction,
                       state, evidence, proposed_at,
                       create_uid, create_date, write_uid, write_date)
                SELECT DISTINCT ON (f.partner_id)
                       f.company_id, f.partner_id, %(lowest)s, t.id, 'promotion',
                       'proposed',
                       jsonb_build_object(
                           'month', f.month::text, 'currency', %(currency)s::text,
                           'entry', TRUE, 'criteria', jsonb_build_array(
                               jsonb_build_object(
                                   'tier', t.code, 'tier_id', t.id, 'metric', k.code,
                                   'unit', k.unit, 'window_months', 1,
                                   'aggregate', 'sum',
                                   'value', trim_scale(f.value_company),
                                   'qualify', trim_scale(t.entry_value),
                                   'retain', trim_scale(t.entry_value),
                                   'passed', TRUE))),
                       %(at)s, %(uid)s, now() AT TIME ZONE 'UTC',
                       %(uid)s, now() AT TIME ZONE 'UTC'
                  FROM vip_activity f
                  JOIN vip_tier t ON t.id = ANY(%(tiers)s)
                   AND t.entry_metric_id = f.metric_id
                   AND f.value_company >= t.entry_value
                  JOIN vip_metric k ON k.id = f.metric_id
                  JOIN res_partner p ON p.id = f.partner_id
                 WHERE f.company_id = %(company)s AND f.superseded_at IS NULL
                   AND p.active AND p.client_type IS NOT NULL %(scope)s
                   AND NOT EXISTS (
                       SELECT FROM vip_activity o
                        WHERE o.company_id = f.company_id
                          AND o.partner_id = f.partner_id AND o.month <> f.month)
                   AND NOT EXISTS (
                       SELECT FROM vip_tier_change c
                        WHERE c.company_id = f.company_id
                          AND c.partner_id = f.partner_id)
                   AND NOT EXISTS (
                       SELECT FROM vip_tier_membership m
                        WHERE m.company_id = f.company_id
                          AND m.partner_id = f.partner_id)
                   AND NOT EXISTS (
                       SELECT FROM vip_tier_review r
                        WHERE r.company_id = f.company_id AND r.state = 'done'
                          AND r.month >= f.month)
                 ORDER BY f.partner_id, t.rank DESC
                RETURNING id
                """,
                lowest=tiers[:1].id,
                currency=company.currency_id.name,
                at=at or event_time(self.env),
                uid=self.env.uid,
                tiers=above.ids,
                company=company.id,
                scope=scope,
            )
        )
        self.invalidate_model()
        return entries.browse(row[0] for row in rows)

    @api.model
    def _propose_entries_of(self, partners):
        """Propose entries of ``partners`` from the button, and show what is proposed.

        Raises AccessError unless the user is a service manager.
        """
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Only a service manager asks for proposals of the rules.")
            )
        partners.check_access("read")
        changes = self._propose_entries(self.env.company, partner_ids=partners.ids)
        if not changes:
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "info",
                    "message": self.env._(
                        "No new client here reaches an entry threshold."
                    ),
                },
            }
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_tier_change_action"
        )
        return dict(action, domain=[("id", "in", changes.ids)], context={})
