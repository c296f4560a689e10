import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..tools.event_time import event_time
from ..tools.months import add_months, first_day
from ..tools.review_sql import review_sql

_logger = logging.getLogger(__name__)


class VipTierReview(models.Model):
    """One run over all clients for one month; it freezes the rules that it used."""

    _name = "vip.tier.review"
    _description = "Tier Review"
    _inherit = ["mail.thread"]
    _order = "month desc, company_id"
    _rec_name = "month"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    month = fields.Date(
        required=True,
        default=lambda self: add_months(
            self.env.company._vip_month(event_time(self.env)), -1
        ),
        help="Any day of the month; its first is kept.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    rules = fields.Json(readonly=True, copy=False, help="The ladder as it was used.")
    run_by_id = fields.Many2one("res.users", string="Run by", readonly=True, copy=False)
    run_at = fields.Datetime(string="Run at", readonly=True, copy=False)
    client_count = fields.Integer(
        string="Clients",
        readonly=True,
        copy=False,
        help="Clients with figures in the window or with a tier above the lowest.",
    )
    promotion_count = fields.Integer(string="Promotions", readonly=True, copy=False)
    demotion_count = fields.Integer(string="Demotions", readonly=True, copy=False)
    change_ids = fields.One2many("vip.tier.change", "review_id", string="Tier changes")

    _company_month_unique = models.UniqueIndex(
        "(company_id, month)", "A month is reviewed only once."
    )

    @api.depends("month", "company_id.name")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.month:%Y-%m}" if review.month else ""

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("month"):
                vals["month"] = first_day(fields.Date.to_date(vals["month"]))
            if not self.env.su and self._result_fields() & vals.keys():
                raise AccessError(self._result_text())
        if self.env.su:
            return super().create(vals_list)
        reviews = self.with_context(clean_context(self.env.context))
        return super(VipTierReview, reviews).create(vals_list).with_env(self.env)

    def write(self, vals):
        """Guard the result, and everything once the review is done."""
        if not self.env.su:
            if self._result_fields() & vals.keys():
                raise AccessError(self._result_text())
            if {"company_id", "month"} & vals.keys() and "done" in self.mapped("state"):
                raise UserError(self.env._("A review that is done is not edited."))
        if vals.get("month"):
            vals = dict(vals, month=first_day(fields.Date.to_date(vals["month"])))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if "done" in self.mapped("state"):
            raise UserError(self.env._("A review that is done is kept."))

    def _result_fields(self):
        return {
            *("state", "rules", "run_by_id", "run_at"),
            *("client_count", "promotion_count", "demotion_count"),
        }

    def _result_text(self):
        return self.env._("The result of a review is not edited.")

    # Actions

    def action_run(self):
        """Run the reviews from the button."""
        self.check_access("write")
        for review in self:
            if review.state == "done":
                raise UserError(
                    self.env._("The month %s is already reviewed.", review.display_name)
                )
            review._run()
        return True

    def action_open_changes(self):
        """Open the proposals of this review."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_tier_change_action"
        )
        return dict(action, domain=[("review_id", "=", self.id)], context={})

    # Business

    def _run(self, at=None):
        """Judge all clients of the company for the month and propose tier changes.

        A done review is left as it is, so a second run changes nothing. ``at`` is the
        event time (naive UTC). Raises UserError when a later month is already reviewed
        or the month is not over.
        """
        for review in self.sudo():
            review.lock_for_update()
            review.invalidate_recordset(["state"])
            if review.state != "done":
                review._run_once(at or event_time(self.env))

    def _run_once(self, at):
        self.company_id._vip_lock_figures()
        self._check_order(at)
        rules = self._freeze_rules()
        self._expire_proposals(at)
        self.env["vip.activity"].flush_model()
        self.env["vip.tier.membership"].flush_model()
        self.env["res.partner"].flush_model(["active", "client_type"])
        day = self.company_id._vip_local_date(at)
        [[clients, promotions, demotions]] = self.env.execute_query(
            review_sql(self.id, self.company_id.id, rules, day, at, self.env.uid)
        )
        self.env["vip.tier.change"].invalidate_model()
        self.write(
            {
                "state": "done",
                "rules": rules,
                "run_by_id": self.env.uid,
                "run_at": at,
                "client_count": clients,
                "promotion_count": promotions,
                "demotion_count": demotions,
            }
        )
        self.invalidate_recordset(["change_ids"])

    def _check_order(self, at):
        if self.month >= self.company_id._vip_month(at):
            raise UserError(
                self.env._("The month %s is not over yet.", self.display_name)
            )
        later = self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("month", ">", self.month),
                ("state", "=", "done"),
            ],
            limit=1,
        )
        if later:
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

    def _expire_proposals(self, at):
        """Let every undecided proposal of the company end: this review judges anew."""
        self.env["vip.tier.change"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE vip_tier_change SET state = 'expired', decided_at = %s"
                " WHERE company_id = %s AND state = 'proposed'",
                at,
                self.company_id.id,
            )
        )

    # Crons

    @api.model
    def _cron_review(self):
        """Make and run the review of the month before, for companies with facts.

        One commit per company; a company that fails is reported and the others go on.
        """
        at = event_time(self.env)
        companies = self._companies_to_review(at)
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self._review_of(company, at)._run(at=at)
            except UserError as error:
                _logger.warning("No tier review of %s: %s", company.name, error)
            if not self.env["ir.cron"]._commit_progress(1):
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
        return self.search(domain, limit=1) or self.create(values)
