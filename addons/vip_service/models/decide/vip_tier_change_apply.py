import logging

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

_logger = logging.getLogger(__name__)

#: So many scheduled changes are brought into force in one step.
BATCH = 5000


class VipTierChange(models.Model):
    """Bringing tier changes into force, at once or when their day has come."""

    _inherit = "vip.tier.change"

    def _apply(self, at):
        """Turn approved changes into memberships, as far as their day has come."""
        # As superuser: who decides may not write memberships, an approved change does.
        batches = self.sudo()._read_group(
            [("id", "in", self.ids), ("state", "=", "approved")],
            ["company_id", "effective_date:day"],
            ["id:recordset"],
            order="effective_date:day",
        )
        for company, day, changes in batches:
            if day <= company._vip_local_date(at):
                changes._apply_on(day, company, at)
        self.invalidate_recordset()

    def _apply_on(self, day, company, at):
        versions = self.env["vip.ladder.version"]
        lowest = versions._of(company, day).lowest_id
        if lowest != versions._of(company, company._vip_local_date(at)).lowest_id:
            # Without a row it would go on as the lowest of now.
            lowest = lowest.browse()
        self.env["vip.tier.membership"]._apply_changes(self, day, lowest, at)
        self._end_overrides(day)
        company.flush_model(["vip_tell_clients"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_tier_change c
                   SET state = 'applied', override_end = c.override_until,
                       tell_adviser = TRUE,
                       tell_client = o.vip_tell_clients
                           AND c.direction IN ('promotion', 'demotion')
                  FROM res_company o
                 WHERE o.id = c.company_id AND c.id = ANY(%s)
                """,
                self.ids,
            )
        )

    def _end_overrides(self, day):
        """Let earlier overrides of these clients end: a later decision replaces them."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_tier_change o SET override_end = %(day)s
                  FROM vip_tier_change c
                 WHERE c.id = ANY(%(ids)s) AND o.id <> c.id
                   AND o.company_id = c.company_id AND o.partner_id = c.partner_id
                   AND o.state = 'applied' AND o.override_end > %(day)s
                """,
                day=day,
                ids=self.ids,
            )
        )

    # What happens when the day of a change comes

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
        self.env["vip.ladder.version"]._take_effect(company, at)
        self._expire_overtaken(company, at)
        changes = self._scheduled(company, at)
        changes._apply(at)
        self._log_decisions(changes.ids, "applied", at, "approved")
        changes._note_decisions("applied")
        return changes

    @api.model
    def _apply_before(self, company, day, at):
        """Apply what was approved for days before a ladder begins on ``day``."""
        # As superuser: the day of a ladder has come, whoever is at work.
        changes = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("effective_date", "<", day),
            ]
        )
        changes._apply(at)
        self._log_decisions(changes.ids, "applied", at, "approved")

    @api.model
    def _apply_moves(self, version, company, at):
        """Apply what the plan of a ladder moves; the job does it for many clients."""
        # As superuser: as above.
        moves = self.sudo().search(
            [
                ("ladder_version_id", "=", version.id),
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
            ],
            order="id",
            limit=BATCH + 1,
        )
        if len(moves) > BATCH:
            self.env.ref("vip_service.ir_cron_tier_decisions")._trigger()
            return
        moves._apply(at)
        self._log_decisions(moves.ids, "applied", at, "approved")

    @api.model
    def _scheduled(self, company, at):
        # As superuser: the job of the whole company.
        return self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "approved"),
                ("effective_date", "<=", company._vip_local_date(at)),
            ],
            order="effective_date, id",
            limit=BATCH,
        )
