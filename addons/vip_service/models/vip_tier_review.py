from datetime import datetime, time, timedelta

from pytz import UTC, timezone

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.times import (
    add_months,
    event_time,
    first_day,
    month_name,
)

from ..tools.again_sql import renewing_sql
from ..tools.review_sql import proposal_sql, proposing_sql, verdict_sql

#: So many proposals are written at once; more of them are committed in batches.
BATCH = 10_000


class VipTierReview(models.Model):
    """One run over all clients for one month; it freezes the rules that it used.

    It waits until the figures of its month are complete. It judges all clients in one
    step, which leaves verdicts, and then turns these into proposals. Killed in between it
    goes on where it was. A trial only judges.
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
            ("left", "Left out"),
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
        help="Then: when the month was first reviewed, else on its review day.",
    )
    rules = fields.Json(readonly=True, copy=False, help="The ladder as it was used.")
    run_by_id = fields.Many2one("res.users", string="Run by", readonly=True, copy=False)
    run_at = fields.Datetime(string="Run at", readonly=True, copy=False)
    by_hand_ids = fields.Many2many(
        "res.users",
        string="Run by hand by",
        readonly=True,
        copy=False,
        help="Who let it judge counts as who proposed what it proposes.",
    )
    reason = fields.Text(
        readonly=True,
        copy=False,
        help="Why it did not wait for all figures, or why the month was left out.",
    )
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
    @api.depends_context("lang")
    def _compute_display_name(self):
        for review in self:
            review.display_name = month_name(self.env, review.month)

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
        if {"running", "done", "left"} & set(self.mapped("state")):
            raise UserError(self.env._("A review that is done is kept."))

    def _result_fields(self):
        return {
            *("state", "rules", "run_by_id", "run_at"),
            *("client_count", "promotion_count", "demotion_count", "grace_count"),
            *("proposed_up_to", "warned_at"),
            *("clients_warned_up_to", "clients_warned_at"),
            *(
                "reason",
                "by_hand_ids",
                "waiting_told_at",
                "outdated",
                "judged_again_at",
            ),
        }

    def _result_text(self):
        return self.env._("The result of a review is not edited.")

    # Actions

    def action_run(self):
        """Run the reviews from the button."""
        self.check_access("write")
        for review in self:
            if review.state in ("done", "tried", "left"):
                raise UserError(
                    self.env._("The month %s is already reviewed.", review.display_name)
                )
            review._run(by=self.env.user)
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

    def _run(self, at=None, by=None, anyway=None):
        """Judge all clients of the company for the month and propose tier changes.

        A done review is left as it is, so a second run changes nothing; one that was
        interrupted goes on. Many proposals are committed in batches.

        :param at: the event time (naive UTC)
        :param by: who runs it by hand
        :param anyway: why it does not wait for figures that are missing
        :raises UserError: the month is not over or not complete, the one before is
            neither reviewed nor left out, or a later one is reviewed
        """
        # As superuser: its verdicts, proposals and result are written here only.
        for review in self.sudo():
            review.lock_for_update()
            review.invalidate_recordset(["state"])
            if review.state == "draft":
                review._judge(at or event_time(self.env), anyway)
                review.by_hand_ids |= by or self.env["res.users"]
            if review.state == "running":
                review._propose()

    def _judge(self, at, anyway=None):
        """Freeze the rules, judge everybody by them and keep the verdicts."""
        self._check_over(at)
        if not self.trial:
            self.env["vip.ladder.version"]._take_effect(self.company_id, at)
        basis = self._freeze_basis(at)
        rules = {**self._freeze_rules(basis["tiers_on"]), **basis}
        if not self.trial:
            self.company_id._vip_lock_figures()
            self._check_order()
            self._check_complete(at, anyway)
            self._expire_proposals(at)
        self._flush_figures()
        counts = self.env.execute_query(
            verdict_sql(self.id, self.company_id.id, rules, **self._basis(rules))
        )
        self._keep_judgement(
            counts, rules=rules, run_by_id=self.env.uid, run_at=at, outdated=False
        )

    def _flush_figures(self):
        for name in "vip.activity", "vip.tier.membership", "vip.client.group":
            self.env[name].flush_model()
        self.env["vip.tier.change"].flush_model()
        self.env["res.partner"].flush_model(
            ["active", "client_type", "client_number", "complete_name"]
        )

    def _basis(self, rules):
        """Return what else frozen ``rules`` judge by: whose tiers, what was known."""
        known = rules["facts_known_at"]
        return {
            "day": fields.Date.to_date(rules["tiers_on"]),
            "as_of": known and fields.Datetime.to_datetime(known),
        }

    def _keep_judgement(self, counts, **values):
        """Keep what was found; what it proposes follows.

        :param counts: one row of (clients, promotions, demotions, in grace)
        """
        [[clients, promotions, demotions, grace]] = counts
        self.write(
            {
                "state": "tried" if self.trial else "running",
                "client_count": clients,
                "promotion_count": promotions,
                "demotion_count": demotions,
                "grace_count": grace,
                "proposed_up_to": 0,
                **values,
            }
        )
        self.invalidate_recordset(["verdict_ids"])

    def _judged_at(self):
        """Return when it last judged: what it proposes rests on the figures of then."""
        return self.judged_again_at or self.run_at

    def _propose(self, at_once=False):
        """Turn the verdicts into proposals; the rules and the instant are frozen.

        :param at_once: in the transaction of the caller, however many there are
        """
        again = self.judged_again_at
        if not (again and self._is_overtaken()):
            if again:
                self._withdraw_unjustified()
            many = self.promotion_count + self.demotion_count > BATCH
            self._propose_all(many and not at_once)
        self.env["vip.tier.change"].invalidate_model()
        self._expire_gone()
        self.env["vip.tier.change"]._auto_approve(self, self._judged_at())
        self.state = "done"
        self.flush_recordset()
        self.invalidate_recordset(["change_ids"])
        if self.grace_count:
            self.env.ref("vip_service.ir_cron_tier_warning")._trigger()

    def _propose_all(self, commits):
        while True:
            if commits:
                self._commit_batch()
                self.lock_for_update()
            last = self._propose_batch()
            if not last:
                break
            self.proposed_up_to = last

    def _propose_batch(self):
        """Propose for the next clients; return the last of them, None when all have."""
        if not self.judged_again_at:
            self._expire_proposals(self.run_at)
        [[last]] = self.env.execute_query(
            proposal_sql(
                self.id,
                self.company_id.id,
                self.rules,
                self.proposed_up_to,
                BATCH,
                self._judged_at(),
                self.run_by_id.id,
                write=renewing_sql if self.judged_again_at else proposing_sql,
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

    def _freeze_rules(self, tiers_on):
        """Return the ladder as plain data; the review is judged by exactly this.

        It is that of the month; see :meth:`vip.ladder.version._rules`.
        """
        rules = self.env["vip.ladder.version"]._rules(
            self.company_id, self.month, held_on=fields.Date.to_date(tiers_on)
        )
        if not rules["tiers"]:
            raise UserError(self.env._("There are no tiers to review by."))
        return {**rules, "currency": self.company_id._vip_currency(self.month).name}

    @api.model
    def _reviewed_up_to(self, company):
        """Return the last month that is reviewed or under review, else None."""
        domain = [("company_id", "=", company.id), ("state", "in", ("running", "done"))]
        return self.search(domain, order="month desc", limit=1).month or None

    def _freeze_basis(self, at):
        """Return what else the review judges by, as plain data.

        ``tiers_on`` is the day whose tiers count as held, ``facts_known_at`` the instant
        whose knowledge counts (None: now), ``previous_review_id`` the review that
        shortfalls are counted on from: that of the month before, if it was not left out.
        """
        before = self._done_of(self.company_id, add_months(self.month, -1))
        tiers_on, known = self.company_id._vip_local_date(at), None
        if self.trial:
            real = self._done_of(self.company_id, self.month)
            then = real.run_at or self._review_day_begins()
            # What was decided on the day of the review was decided after it.
            tiers_on = self.company_id._vip_local_date(then) - timedelta(days=1)
            known = then if self.facts == "then" else None
        return {
            "tiers_on": tiers_on.isoformat(),
            "facts_known_at": fields.Datetime.to_string(known) if known else None,
            "previous_review_id": before.id or None,
        }

    @api.model
    def _done_of(self, company, month):
        """Return the review of ``month`` that is done, if there is one."""
        domain = [("company_id", "=", company.id), ("month", "=", month)]
        return self.search([*domain, ("state", "=", "done")], limit=1)

    def _review_day_begins(self):
        """Return when the review day of this month began (naive UTC)."""
        company = self.company_id
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
            reason=self.env._("Replaced by the review of %s", self.display_name),
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
                self._judged_at(),
            )
