import logging
from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time

_logger = logging.getLogger(__name__)

#: So many scheduled changes are brought into force in one step.
BATCH = 5000


class VipTierChange(models.Model):
    """What happens to tier changes when their day comes."""

    _inherit = "vip.tier.change"

    @api.model
    def _cron_decisions(self):
        """Apply what was approved for a day that has come; let stale proposals end.

        A late job changes no result: a tier holds from its effective date on.
        """
        at = event_time(self.env)
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search(Domain.TRUE)
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                self._expire_stale(company, at)
                # A full batch may leave more behind.
                while len(self._apply_scheduled(company, at)) == BATCH:
                    if not cron._commit_progress():
                        return
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Tier changes of %s are not applied", company.name)
            if not cron._commit_progress(1):
                break

    @api.model
    def _apply_scheduled(self, company, at):
        """Apply approved changes of ``company`` whose day has come by ``at``.

        :returns: the changes applied, at most one batch
        """
        self._expire_overtaken(company, at)
        changes = self._scheduled(company, at)
        changes._apply(at)
        self.env["vip.audit.log"]._record_changes(
            changes.ids, "applied", at, "approved"
        )
        changes._note_decisions(self.env._("Tier change applied"))
        return changes

    @api.model
    def _scheduled(self, company, at):
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM vip_tier_change
                 WHERE company_id = %s AND state = 'approved' AND effective_date <= %s
                 ORDER BY effective_date, id LIMIT %s
                """,
                company.id,
                company._vip_local_date(at),
                BATCH,
            )
        )
        # As superuser: the job of the whole company.
        return self.sudo().browse(row[0] for row in rows)

    @api.model
    def _expire_overtaken(self, company, at):
        """Let a scheduled change end whose client has a tier from a later day on."""
        self.flush_model()
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
        if company.sudo().vip_proposal_days:
            limit = at - timedelta(days=company.sudo().vip_proposal_days)
            self.flush_model()
            self._expire(
                SQL(
                    "company_id = %s AND state = 'proposed' AND proposed_at < %s",
                    company.id,
                    limit,
                ),
                at,
            )
