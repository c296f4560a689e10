from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.months import add_months

from ..tools.review_sql import proposal_sql, verdict_sql

#: So many proposals are written at once; more of them are committed in batches.
BATCH = 10_000


class VipTierReview(models.Model):
    """Judging all clients, and turning the verdicts into proposals."""

    _inherit = "vip.tier.review"

    def _run(self, at=None):
        """Judge all clients of the company for the month and propose tier changes.

        A done review is left as it is, so a second run changes nothing; one that was
        interrupted goes on. Many proposals are committed in batches. ``at`` is the event
        time (naive UTC). Raises UserError when a later month is already reviewed or the
        month is not over.
        """
        for review in self.sudo():
            review.lock_for_update()
            review.invalidate_recordset(["state"])
            if review.state == "draft":
                review._judge(at or event_time(self.env))
            if review.state == "running":
                review._propose()

    def _judge(self, at):
        """Freeze the rules, judge everybody by them and keep the verdicts."""
        self._check_over(at)
        rules = {**self._freeze_rules(), **self._freeze_basis(at)}
        if not self.trial:
            self.company_id._vip_lock_figures()
            self._check_order()
            self._expire_proposals(at)
        self.env["vip.activity"].flush_model()
        self.env["vip.tier.membership"].flush_model()
        self.env["vip.client.group"].flush_model()
        self.env["res.partner"].flush_model(
            ["active", "client_type", "client_number", "complete_name"]
        )
        known = rules["facts_known_at"]
        [[clients, promotions, demotions, grace]] = self.env.execute_query(
            verdict_sql(
                self.id,
                self.company_id.id,
                rules,
                fields.Date.to_date(rules["tiers_on"]),
                known and fields.Datetime.to_datetime(known),
            )
        )
        self.write(
            {
                "state": "tried" if self.trial else "running",
                "rules": rules,
                "run_by_id": self.env.uid,
                "run_at": at,
                "client_count": clients,
                "promotion_count": promotions,
                "demotion_count": demotions,
                "grace_count": grace,
            }
        )
        self.invalidate_recordset(["verdict_ids"])

    def _propose(self):
        """Turn the verdicts into proposals; the rules and the instant are frozen."""
        many = self.promotion_count + self.demotion_count > BATCH
        while True:
            if many:
                self._commit_batch()
                self.lock_for_update()
            last = self._propose_batch()
            if not last:
                break
            self.proposed_up_to = last
        self.env["vip.tier.change"].invalidate_model()
        self.env["vip.tier.change"]._auto_approve(self, self.run_at)
        self.state = "done"
        self.flush_recordset()
        self.invalidate_recordset(["change_ids"])
        if self.grace_count:
            self.env.ref("vip_service.ir_cron_tier_warning")._trigger()

    def _propose_batch(self):
        """Propose for the next clients; return the last of them, None when all have."""
        self._expire_proposals(self.run_at)
        [[last]] = self.env.execute_query(
            proposal_sql(
                self.id,
                self.company_id.id,
                self.rules,
                self.proposed_up_to,
                BATCH,
                self.run_at,
                self.run_by_id.id,
            )
        )
        return last

    def _commit_batch(self):
        # Outside of a job it only commits.
        self.env["ir.cron"]._commit_progress()

    def _check_over(self, at):
        if self.month >= self.company_id._vip_month(at):
            raise UserError(
                self.env._("The month %s is not over yet.", self.display_name)
            )

    def _check_order(self):
        domain = [("company_id", "=", self.company_id.id)]
        if self.search_count([*domain, ("state", "=", "running")], limit=1):
            raise UserError(
                self.env._("Let the review that is running come to its end first.")
            )
        later = [*domain, ("month", ">", self.month), ("state", "=", "done")]
        if self.search_count(later, limit=1):
            raise UserError(
                self.env._(
                    "A month after %s is already reviewed: what was decided since "
                    "cannot be judged again.",
                    self.display_name,
                )
            )

    def _freeze_rules(self):
        """Return the ladder as plain data; the review is judged by exactly this."""
        rules = self.env["vip.tier"]._rules(self.company_id, self.month)
        if not rules["tiers"]:
            raise UserError(self.env._("There are no tiers to review by."))
        return {**rules, "currency": self.company_id.currency_id.name}

    @api.model
    def _next_month(self, company, newest):
        """Return the month that is reviewed next: after the last one, else ``newest``."""
        # As superuser: which month was reviewed is no secret in the service.
        domain = [("company_id", "=", company.id), ("state", "=", "done")]
        last = self.sudo().search(domain, order="month desc", limit=1)
        return add_months(last.month, 1) if last else newest

    def _freeze_basis(self, at):
        """Return what else the review judges by, as plain data.

        ``tiers_on`` is the day whose tiers count as held, ``facts_known_at`` the instant
        whose knowledge counts (None: now), ``previous_review_id`` the review that
        shortfalls are counted on from.
        """
        before = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("month", "<", self.month),
                ("state", "=", "done"),
            ],
            order="month desc",
            limit=1,
        )
        tiers_on, known = self.company_id._vip_local_date(at), None
        if self.trial:
            then = self._reviewed_at()
            # What was decided on the day of the review was decided after it.
            tiers_on = self.company_id._vip_local_date(then) - timedelta(days=1)
            known = then if self.facts == "then" else None
        return {
            "tiers_on": tiers_on.isoformat(),
            "facts_known_at": fields.Datetime.to_string(known) if known else None,
            "previous_review_id": before.id or None,
        }

    def _reviewed_at(self):
        """Return when this month was reviewed, else when its review day began."""
        company = self.company_id
        done = self.search(
            [
                ("company_id", "=", company.id),
                ("month", "=", self.month),
                ("state", "=", "done"),
            ]
        )
        if done:
            return done.run_at
        day = add_months(self.month, 1) + timedelta(days=company.vip_review_day - 1)
        zone = timezone(company._vip_zone())
        begins = zone.localize(datetime.combine(day, time.min))
        return begins.astimezone(UTC).replace(tzinfo=None)

    def _expire_proposals(self, at):
        """Let every undecided proposal of others end: this review judges anew.

        An override waits on: it is out of the rules.
        """
        self.env["vip.tier.change"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE vip_tier_change SET state = 'expired', decided_at = %s"
                " WHERE company_id = %s AND state = 'proposed'"
                "   AND override_until IS NULL AND review_id IS DISTINCT FROM %s",
                at,
                self.company_id.id,
                self.id,
            )
        )
