from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL


class VipTierChange(models.Model):
    """What lets tier changes that wait end without a decision."""

    _inherit = "vip.tier.change"

    @api.model
    def _expire(self, condition, at, reason=None, figures_changed=False):
        """Let what waits (proposed or scheduled) and meets ``condition`` end; log it.

        Nothing else lets a tier change expire. Set-based: a review replaces thousands.

        :param condition: SQL on ``vip_tier_change``
        :param at: the event time (naive UTC)
        :param reason: what the log says why
        :param figures_changed: they are not justified by their figures any more
        """
        changed = SQL("figures_changed_at")
        if figures_changed:
            changed = SQL("%s", at)
        self.flush_model()
        for state in "proposed", "approved":
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE vip_tier_change
                       SET state = 'expired', decided_at = %s, figures_changed_at = %s,
                           write_uid = %s, write_date = now() AT TIME ZONE 'UTC'
                     WHERE state = %s AND %s
                    RETURNING id
                    """,
                    at,
                    changed,
                    self.env.uid,
                    state,
                    condition,
                )
            )
            expired = [row[0] for row in self.env.cr.fetchall()]
            self._log_decisions(expired, "expired", at, state, reason=reason)
        self.invalidate_model()

    def _replace_scheduled(self, at):
        """Let what is scheduled for the same clients end: the last decision counts."""
        self._expire(
            SQL(
                """
                state = 'approved' AND id <> ALL(%(ids)s)
                AND EXISTS (SELECT FROM vip_tier_change n
                             WHERE n.id = ANY(%(ids)s) AND n.state = 'proposed'
                               AND n.company_id = vip_tier_change.company_id
                               AND n.partner_id = vip_tier_change.partner_id)
                """,
                ids=self.ids,
            ),
            at,
        )

    @api.model
    def _expire_overtaken(self, company, at):
        """Let a scheduled change end whose client has a tier from a later day on."""
        self.env["vip.tier.membership"].flush_model()
        self._expire(
            SQL(
                """
                company_id = %s AND effective_date <= %s AND EXISTS (
                    SELECT FROM vip_tier_membership m
                     WHERE m.company_id = vip_tier_change.company_id
                       AND m.partner_id = vip_tier_change.partner_id
                       AND (m.date_from > vip_tier_change.effective_date
                            OR m.date_to > vip_tier_change.effective_date))
                """,
                company.id,
                company._vip_local_date(at),
            ),
            at,
        )

    @api.model
    def _expire_stale(self, company, at):
        """Let proposals end that nobody decided for as many days as the company says."""
        # As superuser: a setting of the company decides, whoever runs the job.
        if days := company.sudo().vip_proposal_days:
            limit = at - timedelta(days=days)
            self._expire(
                SQL(
                    "company_id = %s AND state = 'proposed' AND proposed_at < %s",
                    company.id,
                    limit,
                ),
                at,
            )
