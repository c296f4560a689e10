from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.times import (
    add_months,
    event_time,
    first_day,
    month_end,
    month_name,
)

from ..tools import backtest_sql

#: Days after which a back-test and its rows are dropped: they can be made again.
KEPT_DAYS = 30
#: A back-test that reads more facts than this waits for the job.
BACKGROUND_FACTS = 2_000_000
#: What a back-test finds, row by row.
ROWS = (
    "vip.tier.backtest.line",
    "vip.tier.backtest.today",
    "vip.tier.backtest.ticket",
)


class VipTierBacktest(models.Model):
    """What draft thresholds would have done over past months; it moves nobody.

    The months are judged one after the other on today's figures, as if every proposal had
    been approved and taken effect on the first day of the month after. It begins with the
    tiers in force on the last day of the first month, before its review.

    Today's thresholds are replayed the same way: the draft is compared with these. What
    really happened, by decisions, late figures and the thresholds of then, stands beside.

    Over many clients it is run by a job.
    """

    _name = "vip.tier.backtest"
    _description = "Tier Back-test"
    _inherit = ["vip.job.mixin"]
    _cron_xmlid = "vip_service.ir_cron_tier_backtest"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    month_from = fields.Date(
        string="First month",
        required=True,
        default=lambda self: self._default_month_from(),
        help="Any day of the month; its first is kept.",
    )
    months = fields.Integer(required=True, default=12, help="How many months.")
    tier_line_ids = fields.One2many(
        "vip.tier.backtest.tier",
        "backtest_id",
        string="Tiers",
        default=lambda self: self._default_tier_lines(),
    )
    criterion_ids = fields.One2many(
        "vip.tier.backtest.criterion",
        "backtest_id",
        string="Draft thresholds",
        default=lambda self: self._default_criteria(),
    )
    state = fields.Selection(
        [("draft", "Draft"), ("queued", "Waiting"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        help="Waiting: many figures, which the job looks through.",
    )
    run_at = fields.Datetime(string="Run at", readonly=True, copy=False)
    result = fields.Json(readonly=True, copy=False)
    line_ids = fields.One2many(
        "vip.tier.backtest.line", "backtest_id", string="Movers", readonly=True
    )
    today_ids = fields.One2many(
        "vip.tier.backtest.today",
        "backtest_id",
        string="Movers by today's thresholds",
        readonly=True,
    )
    ticket_ids = fields.One2many(
        "vip.tier.backtest.ticket", "backtest_id", string="Tickets", readonly=True
    )
    mover_count = fields.Integer(string="Moves", readonly=True, copy=False)
    today_count = fields.Integer(
        string="Moves by today's thresholds", readonly=True, copy=False
    )
    ticket_count = fields.Integer(
        string="Tickets with another tier", readonly=True, copy=False
    )

    _months_in_range = models.Constraint(
        "CHECK (months BETWEEN 1 AND 60)", "A back-test covers 1 to 60 months."
    )

    # Defaults

    def _default_month_from(self):
        return add_months(self.env.company._vip_month(event_time(self.env)), -12)

    def _default_tier_lines(self):
        ladder = self.env["vip.tier"]._ladder(self.env.company)
        Line = self.env["vip.tier.backtest.tier"]
        return [Command.create(Line._values_of(tier)) for tier in ladder]

    def _default_criteria(self):
        ladder = self.env["vip.tier"]._ladder(self.env.company)
        return [
            Command.create({**criterion._values(), "tier_id": criterion.tier_id.id})
            for criterion in ladder.criterion_ids
        ]

    @api.depends("month_from", "months")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for backtest in self:
            first, last = (
                month_name(self.env, month)
                for month in (backtest.month_from, backtest._last_month())
            )
            backtest.display_name = f"{first} – {last}"

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._cleaned(vals) for vals in vals_list])

    def write(self, vals):
        """Editing what was asked makes the result void."""
        vals = self._cleaned(vals)
        result = super().write(vals)
        if {"month_from", "months", "company_id"} & vals.keys():
            self._reopen()
        return result

    def _cleaned(self, vals):
        """Return ``vals`` without what only a run writes."""
        if not self.env.su:
            own = {"company_id", "month_from", "months", "tier_line_ids"}
            own.add("criterion_ids")
            vals = {name: value for name, value in vals.items() if name in own}
            vals.pop("company_id", None)
        if vals.get("month_from"):
            month = first_day(fields.Date.to_date(vals["month_from"]))
            vals = dict(vals, month_from=month)
        return vals

    def _reopen(self):
        """Forget the result: something that it rests on was edited.

        Raises UserError for what the job is about to look through.
        """
        self._check_not_queued()
        # As superuser: results are written here only.
        done = self.sudo().filtered(lambda backtest: backtest.state == "done")
        if done:
            done._forget()
            done.write({"state": "draft", "run_at": False, "result": False})

    def _forget(self):
        for name in ROWS:
            self.env[name]._delete_of(self)
        # As superuser: results are written here only.
        counts = ("mover_count", "today_count", "ticket_count")
        self.sudo().write(dict.fromkeys(counts, 0))

    # Actions

    def action_run(self):
        """Run the back-test from the button, one over many figures by the job."""
        self.check_access("write")
        for backtest in self:
            backtest._check_not_queued()
            backtest._check_months()
            backtest._check_ladder()
            # As superuser: checked above; results are written here only.
            if backtest._reads_many():
                backtest.sudo()._queue()
            else:
                backtest.sudo()._run()
        return True

    def action_open_movers(self):
        """Open the list of who would move."""
        return self._open_rows("vip_service.vip_tier_backtest_line_action")

    def action_open_today(self):
        """Open the list of who would have moved by today's thresholds."""
        return self._open_rows("vip_service.vip_tier_backtest_today_action")

    def action_open_tickets(self):
        """Open the list of tickets whose tier at opening would differ."""
        return self._open_rows("vip_service.vip_tier_backtest_ticket_action")

    def _open_rows(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return dict(action, domain=[("backtest_id", "=", self.id)], context={})

    def action_use_thresholds(self):
        """Open a draft of the ladder with these thresholds; only an administrator may."""
        self.ensure_one()
        if not self.env.user.has_group(ADMIN_GROUP):
            raise UserError(
                self.env._("Only an administrator changes the thresholds of tiers.")
            )
        self.check_access("write")
        self._check_ladder()
        versions = self.env["vip.ladder.version"]
        owner = versions._ladder_owner(self.company_id)
        draft = versions._editable_draft(owner)
        for rung in draft.rung_ids:
            line = self.tier_line_ids.filtered(lambda x, r=rung: x.tier_id == r.tier_id)
            if line:
                line._use_in(rung)
        draft.reason = self.env._("Back-test of %s", self.display_name)
        return versions._open_form(draft)

    # Business

    def _last_month(self):
        """Return the last month judged, as its first day."""
        if not self.month_from:
            return False
        return add_months(self.month_from, max(self.months, 1) - 1)

    def _check_months(self):
        if self._last_month() >= self.company_id._vip_month(event_time(self.env)):
            raise UserError(
                self.env._(
                    "The month %s is not over yet.",
                    month_name(self.env, self._last_month()),
                )
            )

    def _check_ladder(self):
        ladder = self.env["vip.tier"]._ladder(self.company_id)
        if not ladder or self.tier_line_ids.tier_id != ladder:
            raise UserError(
                self.env._("The ladder is another one by now: make a new back-test.")
            )
        if self.criterion_ids.tier_id - ladder:
            raise UserError(
                self.env._("A threshold belongs to a tier of another ladder.")
            )

    @api.autovacuum
    def _gc_backtests(self):
        """Drop back-tests that are old: made again they say the same or better."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.search([("write_date", "<", limit)]).unlink()

    # Simulating the months, one after the other; nothing is kept but the movers

    def _run(self):
        """Simulate the months; any earlier result is replaced.

        Raises UserError when a month is not over or the ladder is another by now.
        """
        for backtest in self:
            backtest.lock_for_update()
            backtest._check_months()
            backtest._check_ladder()
            backtest._forget()
            backtest._flush_figures()
            backtest._simulate()

    def _flush_figures(self):
        for name in ("vip.activity", "vip.tier.membership", "vip.tier.change"):
            self.env[name].flush_model()
        self.env["res.partner"].flush_model()
        self.env["vip.client.group.member"].flush_model()
        self.env["helpdesk.ticket"].flush_model()
        self.flush_model()

    def _rules_today(self, month):
        """Return the ladder as it is today, as a review would freeze it."""
        today = self.company_id._vip_local_date(event_time(self.env))
        return self.env["vip.ladder.version"]._rules(
            self.company_id, month, held_on=today, ladder_of=today
        )

    def _rules(self, month):
        """Return the ladder with the draft thresholds, as a review would freeze it."""
        rules = self._rules_today(month)
        criteria = self.criterion_ids.grouped("tier_id")
        lines = self.tier_line_ids.grouped("tier_id")
        none = self.env["vip.tier.backtest.criterion"]
        for rule in rules["tiers"]:
            tier = self.env["vip.tier"].browse(rule["id"])
            rule.update(lines[tier]._as_rule())
            rule["criteria"] = [c._as_rule() for c in criteria.get(tier, none)]
        return rules

    def _simulate(self):
        """Replay today's thresholds and the draft side by side, month by month."""
        company, query = self.company_id, self.env.execute_query
        Tier = self.env["vip.tier"]
        lowest = Tier._lowest(company)
        today = company._vip_local_date(event_time(self.env))
        self._begin_states()
        judged = tickets = 0
        for place in range(self.months):
            self._report_progress(100 * place // self.months)
            month = add_months(self.month_from, place)
            after = add_months(month, 1)
            day = min(today, month_end(after))
            self._replay_month(
                *(self._rules_today(month), month, backtest_sql.TODAY),
                backtest_sql.keep_today_sql(self.id, month),
            )
            judged = self._replay_month(
                *(self._rules(month), month, backtest_sql.STATE),
                backtest_sql.keep_draft_sql(
                    *(self.id, company.id, month, day, lowest.id),
                    Tier._lowest(company, day).id,
                ),
            )
            [[opened]] = query(
                backtest_sql.tickets_sql(
                    self.id, company.id, after, company._vip_zone(), lowest.id
                )
            )
            tickets += opened
        actual_lowest = Tier._lowest(company, day).id
        loads = query(backtest_sql.loads_sql(company.id, day, lowest.id, actual_lowest))
        self._end_states()
        self._backtest_tickets()
        self._finish(day, judged, tickets, loads)

    def _begin_states(self):
        """Let both replays begin with the tiers in force before the first review."""
        before = self.env["vip.tier.review"]._done_of(
            self.company_id, add_months(self.month_from, -1)
        )
        day, rules = month_end(self.month_from), self._rules_today(self.month_from)
        for state in backtest_sql.TODAY, backtest_sql.STATE:
            for statement in backtest_sql.begin_sql(
                self.company_id.id, day, before.id or None, rules, state
            ):
                self.env.cr.execute(statement)

    def _replay_month(self, rules, month, state, keep):
        """Judge a month by ``rules`` and move who moves; return how many were judged."""
        company_id = self.company_id.id
        after = add_months(month, 1)
        self.env.cr.execute(backtest_sql.override_sql(company_id, after, rules, state))
        self.env.cr.execute(backtest_sql.settled_sql(state))
        [[judged]] = self.env.execute_query(
            backtest_sql.month_sql(self.id, company_id, rules, month, keep, state)
        )
        return judged

    def _end_states(self):
        for state in backtest_sql.TODAY, backtest_sql.STATE:
            self.env.cr.execute(backtest_sql.end_sql(state))
        for name in ROWS:
            self.env[name].invalidate_model()
        self.invalidate_recordset(["line_ids", "today_ids", "ticket_ids"])

    def _finish(self, day, judged, tickets, loads):
        moves = self.env.execute_query(backtest_sql.months_sql(self.id))
        today = self.env.execute_query(backtest_sql.today_sql(self.id))
        actual = self.env.execute_query(
            backtest_sql.actual_sql(
                self.company_id.id, self.month_from, self._last_month()
            )
        )
        self.write(
            {
                "state": "done",
                "run_at": event_time(self.env),
                "mover_count": sum(move[-1] for move in moves),
                "today_count": sum(move[-1] for move in today),
                "ticket_count": self.env["vip.tier.backtest.ticket"].search_count(
                    [("backtest_id", "=", self.id)]
                ),
                "result": {
                    "day": day.isoformat(),
                    "clients": judged,
                    "tickets": tickets,
                    "loads": [list(load) for load in loads],
                    "moves": [[m.isoformat(), *move] for m, *move in moves],
                    "today": [[m.isoformat(), *move] for m, *move in today],
                    "actual": [[m.isoformat(), *move] for m, *move in actual],
                },
            }
        )

    # Hooks

    def _backtest_tickets(self):
        """Hook of a run: look closer at the tickets whose tier would differ."""

    def _backtest_ticket_summary(self):
        """Return what is said of tickets: ``[{key, label, value}]``, in order."""
        return [
            {
                "key": "opened",
                "label": self.env._("Clients' tickets in the months after"),
                "value": self.result["tickets"],
            },
            {
                "key": "tier",
                "label": self.env._(
                    "of these with another tier than by today's thresholds"
                ),
                "value": self.ticket_count,
            },
        ]

    # The job for many figures

    def _check_not_queued(self):
        if "queued" in self.mapped("state"):
            raise UserError(
                self.env._("This back-test waits for the job: cancel it first.")
            )

    def _reads_many(self):
        """Return whether the company has more facts than a request should read."""
        self.env["vip.activity"].flush_model()
        [[count]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM (
                    SELECT FROM vip_activity WHERE company_id = %s LIMIT %s) f
                """,
                self.company_id.id,
                BACKGROUND_FACTS + 1,
            )
        )
        return count > BACKGROUND_FACTS

    def _queue(self):
        self._reopen()
        return super()._queue()

    @api.model
    def _cron_backtest(self):
        """Run the back-tests that wait."""
        self._run_waiting()

    def _do_queued(self):
        self._run()
