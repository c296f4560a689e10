import logging

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.times import add_months, event_time, first_day

_logger = logging.getLogger(__name__)


class VipTierReview(models.Model):
    """The monthly job: it catches up month by month, in order."""

    _inherit = "vip.tier.review"

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
