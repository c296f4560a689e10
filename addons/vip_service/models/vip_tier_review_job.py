import logging

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.months import add_months, first_day

_logger = logging.getLogger(__name__)


class VipTierReview(models.Model):
    """The monthly job."""

    _inherit = "vip.tier.review"

    @api.model
    def _cron_review(self):
        """Make and run the review of the month before, for companies with facts.

        One commit per company; a company that fails is reported and the others go on.
        """
        at = event_time(self.env)
        companies = self._companies_to_review(at)
        # What was interrupted goes first: it was judged before.
        running = self.search([("state", "=", "running")])
        works = [
            *((review.company_id, lambda review=review: review) for review in running),
            *((c, lambda c=c: self._review_of(c, at)) for c in companies),
        ]
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(works))
        for company, review in works:
            try:
                review()._run(at=at)
            except UserError as error:
                self.env.cr.rollback()
                _logger.warning("No tier review of %s: %s", company.name, error)
            if not cron._commit_progress(1):
                break

    def _companies_to_review(self, at):
        """Return companies whose month before is due, has facts and is not yet reviewed."""
        companies = self.env["res.company"].search([("vip_review_auto", "=", True)])
        return companies.filtered(lambda company: self._is_due(company, at))

    def _is_due(self, company, at):
        today = company._vip_local_date(at)
        if today.day < company.vip_review_day:
            return False
        domain = [("company_id", "=", company.id)]
        month = add_months(first_day(today), -1)
        done = [*domain, ("month", ">=", month), ("state", "=", "done")]
        if self.search_count(done, limit=1):
            return False
        return bool(self.env["vip.activity"].search_count(domain, limit=1))

    def _review_of(self, company, at):
        values = {
            "company_id": company.id,
            "month": add_months(company._vip_month(at), -1),
        }
        domain = [(name, "=", value) for name, value in values.items()]
        domain.append(("trial", "=", False))
        return self.search(domain, limit=1) or self.create(values)
