import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import (
    add_months,
    at_context,
    event_time,
    first_day,
    month_name,
)

from ...tools.figures_sql import measures

_logger = logging.getLogger(__name__)

#: The states of a month that is settled: the next one may be reviewed.
SETTLED = ("done", "left")
#: A metric that had figures in so many months before is missed where it has none.
MISSED_MONTHS = 12


class VipTierReview(models.Model):
    """Which month is reviewed when: in order, each once its figures are complete.

    A service manager may let a month be judged without waiting, or leave it out; both
    with a reason.
    """

    _inherit = "vip.tier.review"

    waiting_for = fields.Char(
        string="Waits for",
        compute="_compute_waiting_for",
        help="What the month still lacks before it is judged.",
    )
    waiting_told_at = fields.Datetime(
        string="Managers told at",
        readonly=True,
        copy=False,
        help="When the service managers were told that it waits.",
    )

    @api.depends("state", "month", "company_id", "trial")
    @api.depends_context("lang")
    def _compute_waiting_for(self):
        at = event_time(self.env)
        for review in self:
            waits = review.state == "draft" and not review.trial and review.month
            if waits and review.month < review.company_id._vip_month(at):
                review.waiting_for = "; ".join(review._lacking(at)) or False
            else:
                review.waiting_for = False

    # Complete

    def _lacking(self, at):
        """Return what the month lacks by the time ``at``, in words; empty when complete.

        Each source of the company says what completes it. Beside that, a metric that is
        measured and had figures in the months before is missed where it has none at all;
        so is every metric of a company that declares no sources.
        """
        # As superuser: what is waited for is no secret of who sees reviews.
        sources = self.env["vip.source"].sudo()
        sources = sources.search([("company_id", "=", self.company_id.id)])
        texts = [
            self.env._("%(name)s (%(why)s)", name=source.name, why=why)
            for source in sources
            if (why := source._lack_of(self.month, at))
        ]
        by_day = sources.filtered(lambda source: source.completed_by == "day")
        missed = self._missed_metrics() - by_day.metric_ids
        return texts + [
            self.env._("%s (no figures yet)", metric.name) for metric in missed
        ]

    def _missed_metrics(self):
        """Return what the rules measure that had figures before, and none in the month."""
        self.env["vip.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id FROM unnest(%(metrics)s) m(id)
                 WHERE EXISTS (SELECT FROM vip_activity f
                                WHERE %(current)s AND f.month >= %(since)s
                                  AND f.month < %(month)s)
                   AND NOT EXISTS (SELECT FROM vip_activity f
                                    WHERE %(current)s AND f.month = %(month)s)
                """,
                metrics=self._measured_ids(),
                current=SQL(
                    "f.company_id = %s AND f.metric_id = m.id"
                    " AND f.superseded_at IS NULL",
                    self.company_id.id,
                ),
                since=add_months(self.month, -MISSED_MONTHS),
                month=self.month,
            )
        )
        # As superuser: only their names.
        return self.env["vip.metric"].sudo().browse(row[0] for row in rows)

    def _measured_ids(self):
        rules = self.env["vip.ladder.version"]._rules(
            self.company_id, self.month, groups=False
        )
        return sorted({metric_id for metric_id, _months, _aggregate in measures(rules)})

    def _check_complete(self, at, anyway):
        """Check that the figures are complete, or keep the reason to judge without.

        :param anyway: that reason
        :raises UserError: there is none, and something is lacking
        """
        lacking = self._lacking(at)
        if not lacking:
            return
        if not (anyway or "").strip():
            raise UserError(
                self.env._(
                    "The month %(month)s waits for: %(what)s.",
                    month=self.display_name,
                    what="; ".join(lacking),
                )
            )
        self.reason = anyway.strip()
        self._log_reason("running", at)

    def _log_reason(self, state, at):
        log = self.env["vip.audit.log"].with_context(**at_context(at))
        old, new = {"state": self.state}, {"state": state}
        log._record(self, "decided", old=old, new=new, reason=self.reason)

    # In order

    def _check_order(self):
        """Check that months are settled one after the other.

        :raises UserError: another review is running, a later month is settled, or the
            one before is not
        """
        domain = [("company_id", "=", self.company_id.id)]
        if self.search_count([*domain, ("state", "=", "running")], limit=1):
            raise UserError(
                self.env._("Let the review that is running come to its end first.")
            )
        later = [*domain, ("month", ">", self.month), ("state", "in", SETTLED)]
        if self.search_count(later, limit=1):
            raise UserError(
                self.env._(
                    "A month after %s is already reviewed: what was decided since "
                    "cannot be judged again.",
                    self.display_name,
                )
            )
        last = self._last_settled(self.company_id)
        if last and last.month < add_months(self.month, -1):
            raise UserError(
                self.env._(
                    "Review %s first, or leave it out with a reason.",
                    month_name(self.env, add_months(last.month, 1)),
                )
            )

    @api.model
    def _last_settled(self, company):
        """Return the review of the newest month that is judged or left out."""
        domain = [("company_id", "=", company.id), ("state", "in", SETTLED)]
        return self.search_fetch(domain, ["month"], order="month desc", limit=1)

    @api.model
    def _next_month(self, company, newest):
        """Return the month that is reviewed next: after the last one, else ``newest``."""
        # As superuser: which month was reviewed is no secret in the service.
        last = self.sudo()._last_settled(company)
        return add_months(last.month, 1) if last else newest

    # What a service manager may say

    def action_judge_anyway(self):
        """Ask why, then judge without waiting."""
        return self._ask_reason("judge", self.env._("Judge without waiting"))

    def action_leave_out(self):
        """Ask why, then leave the month out."""
        return self._ask_reason("leave", self.env._("Leave the month out"))

    def _ask_reason(self, decision, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "vip.tier.review.reason",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_review_id": self.id,
                "default_decision": decision,
            },
        }

    def _check_manager(self):
        self.ensure_one()
        self.check_access("write")
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only a service manager says so."))

    def _judge_anyway(self, reason, at=None):
        """Judge the month without waiting for what is missing.

        :raises UserError: there is no reason, or as for :meth:`_run`
        """
        self._check_manager()
        self._check_reason(reason)
        self._run(at=at, by=self.env.user, anyway=reason)

    def _check_reason(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Say why."))
        if self.state != "draft" or self.trial:
            raise UserError(
                self.env._("The month %s is already reviewed.", self.display_name)
            )

    def _leave_out(self, reason, at=None):
        """Leave the month out: it is not judged, and nothing in a row runs across it.

        :raises UserError: there is no reason, the month is not over, or not in order
        """
        self._check_manager()
        # As superuser: checked above; the state is written here only.
        review = self.sudo()
        review.lock_for_update()
        review.invalidate_recordset(["state"])
        review._check_reason(reason)
        at = at or event_time(self.env)
        review._check_over(at)
        review._check_order()
        review.reason = reason.strip()
        review._log_reason("left", at)
        review.write({"state": "left", "run_by_id": self.env.uid, "run_at": at})

    def action_take_back(self):
        """Let a month that was left out be reviewed after all."""
        self._check_manager()
        # As superuser: checked above; the state is written here only.
        review = self.sudo()
        review.lock_for_update()
        review.invalidate_recordset(["state"])
        if review.state != "left" or review != self._last_settled(review.company_id):
            raise UserError(
                self.env._("Only the last month is taken back, and if it was left out.")
            )
        review._log_reason("draft", event_time(self.env))
        review.write(
            {"state": "draft", "reason": False, "run_by_id": False, "run_at": False}
        )
        return True

    # Telling

    def _tell_waiting(self, at):
        """Tell the service managers once that the month waits, and for what."""
        if self.waiting_told_at:
            return
        managers = self.env.ref(MANAGER_GROUP).all_user_ids.filtered(
            lambda user: user._is_internal() and self.company_id in user.company_ids
        )
        for lang, users in managers.grouped("lang").items():
            self.with_context(lang=lang)._deliver_waiting(users, at)
        self.waiting_told_at = at

    def _deliver_waiting(self, users, at):
        """Tell ``users`` for what it waits, in one message: the hook for other channels."""
        self.message_notify(
            partner_ids=users.partner_id.ids,
            subject=self.env._("The review of %s waits", self.display_name),
            body=self.env._(
                "It waits for: %s. It is made once that has come; you may also judge "
                "without it or leave the month out, with a reason.",
                "; ".join(self._lacking(at)),
            ),
        )

    # The monthly job: it catches up month by month, in order

    @api.model
    def _cron_review(self):
        """Review the months that are over, for companies with facts.

        A month that is not complete waits, and those after it with it. One commit per
        month; a company that fails is reported and the others go on.
        """
        at = event_time(self.env)
        # What was interrupted goes first: it was judged before.
        running = self.search([("state", "=", "running")])
        outdated = self.search([("outdated", "=", True)]).company_id
        works = [
            *((review.company_id, review._go_on) for review in running),
            *((company, self._judge_outdated) for company in outdated),
            *((company, self._catch_up) for company in self._companies_to_review()),
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(works))
        for company, work in works:
            try:
                work(company, at)
            except UserError as error:
                self.env.cr.rollback()
                _logger.warning("No tier review of %s: %s", company.name, error)
            if not cron._commit_progress(1):
                break

    def _go_on(self, company, at):
        """Let a review come to its end that was interrupted."""
        self._run(at)

    def _companies_to_review(self):
        """Return companies whose reviews are made by the job, and that have facts."""
        companies = self.env["res.company"].search([("vip_review_auto", "=", True)])
        activity = self.env["vip.activity"]
        return companies.filtered(
            lambda company: activity.search_count(
                [("company_id", "=", company.id)], limit=1
            )
        )

    def _catch_up(self, company, at):
        """Review the months of ``company`` that are due, until one has to wait."""
        for month in self._months_due(company, at):
            review = self._review_of(company, month)
            if review._lacking(at):
                review._tell_waiting(at)
                return
            review._run(at)
            if not self.env["ir.cron"]._commit_progress():
                return

    def _months_due(self, company, at):
        """Return the months to review by now, in order.

        They begin after the last one that is judged or left out, and end with the month
        before, which is due from the review day on.
        """
        today = company._vip_local_date(at)
        before = add_months(first_day(today), -1)
        month = self._next_month(company, None) or self._first_month(company, before)
        last = before
        if today.day < company.vip_review_day:
            last = add_months(before, -1)
        due = []
        while month <= last:
            due.append(month)
            month = add_months(month, 1)
        return due

    def _first_month(self, company, before):
        """Return the month that the reviews of a company begin with.

        The one before its figures began to come, as the job would have had it, even if
        it did not run; no month before the first that has figures.
        """
        begins = [before, self._first_waiting(company) or before]
        first = self.env["vip.activity.import"].search(
            [("company_id", "=", company.id), ("state", "=", "done")],
            order="done_at",
            limit=1,
        )
        if first:
            begins.append(add_months(company._vip_month(first.done_at), -1))
        return max(company._vip_edge_month("min") or before, min(begins))

    @api.model
    def _wake_waiting(self, company):
        """Let the job look at once whether what a month waits for has come."""
        if self._first_waiting(company):
            self._wake_job()

    def _wake_job(self):
        # As superuser: the wake-up of our own job.
        self.env.ref("vip_service.ir_cron_tier_review").sudo()._trigger()

    def _first_waiting(self, company):
        domain = [
            ("company_id", "=", company.id),
            ("state", "=", "draft"),
            ("waiting_told_at", "!=", False),
        ]
        return self.search(domain, order="month", limit=1).month

    def _review_of(self, company, month):
        values = {"company_id": company.id, "month": month}
        domain = [(name, "=", value) for name, value in values.items()]
        domain.append(("trial", "=", False))
        return self.search(domain, limit=1) or self.create(values)
