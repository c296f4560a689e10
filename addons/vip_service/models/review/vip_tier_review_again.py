from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months, event_time

from ...tools.again_sql import (
    counts_sql,
    forget_sql,
    settled_sql,
    unjustified_sql,
)
from ...tools.figures_sql import first_month
from ...tools.review_sql import verdict_sql

#: Reviews of companies with more facts than this are judged anew by the job.
FEW_FACTS = 100_000


class VipTierReview(models.Model):
    """Judging anew while nobody has decided: figures came late, or were corrected.

    The newest review is judged anew for those clients nobody has decided about since.
    Reviews before it, as far back as nothing was decided at all, are judged anew as well:
    shortfalls are counted on from them.
    """

    _inherit = "vip.tier.review"

    outdated = fields.Boolean(
        string="Figures have changed",
        readonly=True,
        copy=False,
        help="Figures came or changed since it judged; it is judged anew by the job, and "
        "nothing of it is approved before.",
    )
    judged_again_at = fields.Datetime(
        string="Judged anew at", readonly=True, copy=False
    )

    may_judge_again = fields.Boolean(compute="_compute_may_judge_again")

    _outdated = models.Index("(company_id) WHERE outdated")

    @api.depends("state", "month", "company_id")
    def _compute_may_judge_again(self):
        for review in self:
            reviews = self.browse()
            if review.state == "done":
                reviews = review._open_reviews(review.company_id)
            review.may_judge_again = review in reviews

    # Which reviews are concerned

    @api.model
    def _figures_changed(self, company, first, last, at=None):
        """Let reviews be judged anew that rest on figures of these months.

        At once where a company has few facts, else by the job. Proposals of entry follow
        their figures, too. Whatever changes figures calls this.

        :param first, last: the first and the last month whose figures changed
        :param at: the event time (naive UTC)
        """
        # As superuser: whoever changes figures, the rules judge.
        reviews = self.sudo()
        at = at or event_time(self.env)
        self.env["vip.tier.change"]._look_at_entries(company, at)
        reviewed = reviews._reviewed_up_to(company)
        if not reviewed or first > reviewed:
            return
        concerned = reviews._open_reviews(company)._concerned(first, last)
        concerned.outdated = True
        if concerned and not reviews._has_many_facts(company):
            concerned = reviews._judge_now(company, at)
        if concerned:
            reviews._wake_job()

    def _judge_now(self, company, at):
        """Judge anew in the caller's transaction; return whether the job has to."""
        try:
            with self.env.cr.savepoint():
                self._judge_outdated(company, at, at_once=True)
        except UserError:
            return True
        return False

    @api.model
    def _open_reviews(self, company):
        """Return the reviews that may be judged anew, oldest first.

        The newest one, and those right before it since which nothing was decided.
        """
        domain = [("company_id", "=", company.id), ("state", "=", "done")]
        reviews = self.search(domain, order="month desc")
        decided_at = self._last_decided_at(company)
        open_reviews = reviews[:1]
        for review in reviews[1:]:
            follows = add_months(review.month, 1) == open_reviews[-1].month
            if not follows or (decided_at and decided_at > review.run_at):
                break
            open_reviews += review
        return open_reviews.sorted("month")

    def _last_decided_at(self, company):
        self.env["vip.tier.change"].flush_model()
        [[at]] = self.env.execute_query(
            SQL(
                """
                SELECT max(decided_at) FROM vip_tier_change
                 WHERE company_id = %s AND state IN ('approved', 'rejected', 'applied')
                """,
                company.id,
            )
        )
        return at

    def _concerned(self, first, last):
        """Return those of these, in order, whose verdicts may change with the figures of
        the months from ``first`` to ``last``: one that measures them and all after it."""
        for place, review in enumerate(self):
            if review.month >= first and first_month(review.rules) <= last:
                return self[place:]
        return self.browse()

    def _has_many_facts(self, company):
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (SELECT FROM vip_activity"
                " WHERE company_id = %s LIMIT %s) f",
                *(company.id, FEW_FACTS + 1),
            )
        )
        return count > FEW_FACTS

    # Judging anew

    def action_judge_again(self):
        """Judge anew from the button."""
        self.ensure_one()
        self._check_manager()
        # As superuser: checked above; results are written here only.
        review = self.sudo()
        reviews = review._open_reviews(self.company_id)
        if self not in reviews:
            raise UserError(
                self.env._(
                    "Something was decided after %s: see its corrections.",
                    self.display_name,
                )
            )
        reviews = reviews.filtered(lambda r: r.month >= self.month)
        reviews.outdated = True
        reviews.by_hand_ids |= self.env.user
        self._judge_outdated(self.company_id, event_time(self.env))
        return True

    @api.model
    def _judge_outdated(self, company, at, at_once=False):
        """Judge those reviews of ``company`` anew whose figures have changed.

        :param at_once: in the transaction of the caller, however much there is
        """
        # As superuser: its verdicts, proposals and result are written here only.
        domain = [("company_id", "=", company.id), ("outdated", "=", True)]
        for review in self.sudo().search(domain, order="month"):
            review._judge_again(at, at_once)

    def _judge_again(self, at, at_once):
        self.lock_for_update()
        self.invalidate_recordset(["state", "outdated"])
        if self.state != "done" or not self.outdated:
            return
        self.company_id._vip_lock_figures()
        self._flush_figures()
        settled = settled_sql(
            self.id, self.company_id.id, self._tiers_on(), self.run_at
        )
        self.env.cr.execute(forget_sql(self.id, settled))
        company_id = self.company_id.id
        [[clients, *_found]] = self.env.execute_query(
            verdict_sql(
                *(self.id, company_id, self.rules),
                **self._basis(self.rules),
                settled=settled,
            )
        )
        [found] = self.env.execute_query(counts_sql(self.id))
        self._keep_judgement([(clients, *found)], outdated=False, judged_again_at=at)
        self._propose(at_once)

    def _is_overtaken(self):
        """Return whether a later month is judged: what this one proposed has expired."""
        domain = [("company_id", "=", self.company_id.id), ("month", ">", self.month)]
        return bool(self.search_count([*domain, ("state", "=", "done")], limit=1))

    def _tiers_on(self):
        return date.fromisoformat(self.rules["tiers_on"])

    def _withdraw_unjustified(self):
        """Let proposals of this review end that the figures do not ask for any more."""
        self.env["vip.tier.change"]._expire(
            unjustified_sql(self.id),
            self.judged_again_at,
            reason=self.env["vip.tier.change"]._unjustified_text(),
            figures_changed=True,
        )
