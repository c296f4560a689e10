import logging
from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.times import add_months, event_time, first_day

from ..tools.review_sql import proposal_sql, verdict_sql

_logger = logging.getLogger(__name__)

#: So many proposals are written at once; more of them are committed in batches.
BATCH = 10_000


class VipTierReview(models.Model):
    """One run over all clients for one month; it freezes the rules that it used.

    It judges all clients in one step, which leaves verdicts, and then turns these into
    proposals. Killed in between it goes on where it was. A trial only judges.
    """

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
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("done", "Done"),
            ("tried", "Tried"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    trial = fields.Boolean(
        help="Judge a past month once more, by its ladder, and propose nothing."
    )
    facts = fields.Selection(
        [("now", "As known now"), ("then", "As known then")],
        string="Figures",
        required=True,
        default="now",
        help="Then: when the month was reviewed, else on its review day. A figure that "
        "was replaced before its month was reviewed is known by its last value only.",
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
    grace_count = fields.Integer(
        string="In grace",
        readonly=True,
        copy=False,
        help="Clients below what their tier asks to stay, whose fall is not yet proposed.",
    )
    proposed_up_to = fields.Integer(
        readonly=True, copy=False, help="The last client that has its proposal."
    )
    warned_at = fields.Datetime(
        string="Advisers warned at",
        readonly=True,
        copy=False,
        help="When the advisers of all clients in grace had been told.",
    )
    clients_warned_up_to = fields.Integer(
        readonly=True, copy=False, help="The last client in grace that was written to."
    )
    clients_warned_at = fields.Datetime(
        string="Clients warned at",
        readonly=True,
        copy=False,
        help="When all clients in grace had been written to that are to be.",
    )
    verdict_ids = fields.One2many("vip.tier.verdict", "review_id", string="Verdicts")
    change_ids = fields.One2many("vip.tier.change", "review_id", string="Tier changes")

    _company_month_unique = models.UniqueIndex(
        "(company_id, month) WHERE trial IS NOT TRUE", "A month is reviewed only once."
    )
    _facts_of_trial = models.Constraint(
        "CHECK (trial OR facts = 'now')",
        "Only a trial judges by what was known then.",
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
            asked = {"company_id", "month", "trial", "facts"}
            if asked & vals.keys() and set(self.mapped("state")) - {"draft"}:
                raise UserError(self.env._("A review that is done is not edited."))
        if vals.get("month"):
            vals = dict(vals, month=first_day(fields.Date.to_date(vals["month"])))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_draft(self):
        if {"running", "done"} & set(self.mapped("state")):
            raise UserError(self.env._("A review that is done is kept."))

    def _result_fields(self):
        return {
            *("state", "rules", "run_by_id", "run_at"),
            *("client_count", "promotion_count", "demotion_count", "grace_count"),
            *("proposed_up_to", "warned_at"),
            *("clients_warned_up_to", "clients_warned_at"),
        }

    def _result_text(self):
        return self.env._("The result of a review is not edited.")

    # Actions

    def action_run(self):
        """Run the reviews from the button."""
        self.check_access("write")
        for review in self:
            if review.state in ("done", "tried"):
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

    def action_open_verdicts(self):
        """Open what this review found, or those in grace when it proposed the rest."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "vip_service.vip_tier_verdict_action"
        )
        domain = [("review_id", "=", self.id)]
        return dict(action, domain=domain, context={})

    # Judging all clients, and turning the verdicts into proposals

    def _run(self, at=None):
        """Judge all clients of the company for the month and propose tier changes.

        A done review is left as it is, so a second run changes nothing; one that was
        interrupted goes on. Many proposals are committed in batches. ``at`` is the event
        time (naive UTC). Raises UserError when a later month is already reviewed or the
        month is not over.
        """
        # As superuser: its verdicts, proposals and result are written here only.
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
        if not self.trial:
            self.env["vip.ladder.version"]._take_effect(self.company_id, at)
        basis = self._freeze_basis(at)
        rules = {**self._freeze_rules(basis["tiers_on"]), **basis}
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
        self._expire_gone()
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

    def _freeze_rules(self, tiers_on):
        """Return the ladder as plain data; the review is judged by exactly this.

        It is that of the month; see :meth:`vip.tier._rules`.
        """
        rules = self.env["vip.ladder.version"]._rules(
            self.company_id, self.month, held_on=fields.Date.to_date(tiers_on)
        )
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
        self.env["vip.tier.change"]._expire(
            SQL(
                "company_id = %s AND state = 'proposed' AND override_until IS NULL"
                " AND review_id IS DISTINCT FROM %s",
                self.company_id.id,
                self.id,
            ),
            at,
        )

    def _expire_gone(self):
        """Let proposals end whose tiers went while the review was interrupted."""
        company = self.company_id
        today = company._vip_local_date(event_time(self.env))
        gone = list(self.env["vip.ladder.version"]._successors(company, today))
        if gone:
            self.env["vip.tier.change"]._expire(
                SQL(
                    "review_id = %s AND (to_tier_id = ANY(%s) OR from_tier_id = ANY(%s))",
                    *(self.id, gone, gone),
                ),
                self.run_at,
            )

    # The monthly job

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
