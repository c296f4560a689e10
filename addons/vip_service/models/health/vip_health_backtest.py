from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months, event_time, month_name

from ...tools.measure import When

#: So many months before it fell or went dormant a client is looked at.
BEFORE = 3
#: Of more clients the job looks.
FEW = 20_000
#: So many months at most, beside the one in which it begins.
MOST_MONTHS = 24


class VipHealthBacktest(models.Model):
    """Whether health would have said in time who falls: the past months, by the lines of now.

    For each month: who fell or went dormant in it, and how each of them stood three
    months before, by what had been recorded by then and nothing of later. And who was
    red then without that anything came of it.
    """

    _name = "vip.health.backtest"
    _description = "Back-test of Health"
    _inherit = ["vip.job.mixin", "vip.hands.off.mixin"]
    _order = "id desc"
    _cron_xmlid = "vip_service.ir_cron_health_backtest"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    month_from = fields.Date(
        string="From month",
        required=True,
        default=lambda self: self._default_month_from(),
        help="The first month in which it is looked who fell or went dormant.",
    )
    months = fields.Integer(default=12, required=True)
    state = fields.Selection(
        [("draft", "Draft"), ("queued", "Waiting"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    run_at = fields.Datetime(string="Run at", readonly=True, copy=False)
    row_ids = fields.One2many("vip.health.backtest.row", "backtest_id")
    fell_count = fields.Integer(
        string="Fell or went dormant", readonly=True, copy=False
    )
    fell_red_count = fields.Integer(
        string="Red three months before", readonly=True, copy=False
    )
    fell_watch_count = fields.Integer(string="To watch", readonly=True, copy=False)
    fell_good_count = fields.Integer(string="Good", readonly=True, copy=False)
    fell_unknown_count = fields.Integer(
        string="Not measured", readonly=True, copy=False
    )
    red_count = fields.Integer(
        string="Red",
        readonly=True,
        copy=False,
        help="A client counts once for each month at whose beginning it was red.",
    )
    red_idle_count = fields.Integer(
        string="Red, and nothing came of it",
        readonly=True,
        copy=False,
        help="It neither fell nor went dormant within three months.",
    )

    _months_range = models.Constraint(
        f"CHECK (months BETWEEN 1 AND {MOST_MONTHS})",
        f"A back-test looks at 1 to {MOST_MONTHS} months.",
    )

    def _default_month_from(self):
        return add_months(self.env.company._vip_month(event_time(self.env)), -12)

    @api.depends("month_from", "months")
    def _compute_display_name(self):
        for backtest in self:
            first = month_name(self.env, backtest.month_from)
            last = month_name(self.env, backtest._last_month())
            backtest.display_name = f"{first} – {last}"

    def _last_month(self):
        return self.month_from and add_months(self.month_from, self.months - 1)

    # What people write: the months

    def _guarded_fields(self):
        return self._all_but({"month_from", "months"})

    def write(self, vals):
        """Editing what was asked makes the result void."""
        asked = {"month_from", "months"} & vals.keys()
        if asked and "queued" in self.mapped("state"):
            raise self._waits()
        result = super().write(vals)
        if asked:
            self._reopen()
        return result

    def _reopen(self):
        # As superuser: results are written here only.
        done = self.sudo().filtered(lambda backtest: backtest.state == "done")
        done.write({"state": "draft", "run_at": False})

    def _waits(self):
        return UserError(
            self.env._("This back-test waits for the job: cancel it first.")
        )

    # Actions

    def action_run(self):
        """Look at the months; over many clients the job does.

        :raise UserError: the last month is not over
        """
        self.check_access("write")
        for backtest in self:
            backtest._check_run()
            # As superuser: checked above; results are written here only.
            if backtest._is_large():
                backtest.sudo()._queue()
            else:
                backtest.sudo()._run()
        return True

    def _check_run(self):
        if self.state == "queued":
            raise self._waits()
        if self._last_month() >= self.company_id._vip_month(event_time(self.env)):
            raise UserError(
                self.env._(
                    "The month %s is not over yet.",
                    month_name(self.env, self._last_month()),
                )
            )

    def _is_large(self):
        partners = self.env["res.partner"].sudo()  # only how many there are
        return partners.search_count([("client_type", "!=", False)], limit=FEW) == FEW

    def action_open_fell(self):
        """Open who fell or went dormant, and how each stood three months before."""
        name = self.env._("Fell or went dormant")
        return self._open_rows([("fell", "=", True)], name)

    def action_open_missed(self):
        """Open who fell or went dormant without having been red."""
        name = self.env._("Fell, and had not been red")
        return self._open_rows([("fell", "=", True), ("state", "!=", "red")], name)

    def action_open_idle(self):
        """Open who was red without that anything came of it."""
        name = self.env._("Red, and nothing came of it")
        return self._open_rows([("state", "=", "red"), ("event", "=", False)], name)

    def _open_rows(self, domain, name):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "vip.health.backtest.row",
            "views": [(False, "list")],
            "domain": [("backtest_id", "=", self.id), *domain],
        }

    # The job

    @api.model
    def _cron_backtest(self):
        self._run_waiting()

    def _do_queued(self):
        self._run()

    def _no_result(self):
        return {**super()._no_result(), "run_at": False}

    # Looking

    def _run(self):
        for backtest in self:
            backtest.lock_for_update()
            backtest.env["vip.health.backtest.row"]._delete_of(backtest)
            company = backtest.company_id
            asked = backtest.with_context(allowed_company_ids=company.ids)
            partners = asked.env["res.partner"]
            partners.flush_model()
            for name in "vip.tier.change", "vip.lifecycle":
                self.env[name].flush_model()
            for place in range(backtest.months):
                if backtest.state == "queued":
                    backtest._report_progress(100 * place // backtest.months)
                backtest._look(partners, add_months(backtest.month_from, place))
            backtest._finish()

    def _look(self, partners, month):
        """Write down who fell in a month, and who was red three months before it."""
        looked_on = add_months(month, -BEFORE)
        # Known by the end of the day before.
        at = partners._known_until(fields.Date.subtract(looked_on, days=1))
        health = partners._health_rows_sql(
            When(at.replace(microsecond=0), past=True),
            SQL("TRUE"),
            SQL(
                "p.client_type IS NOT NULL"
                " AND (p.company_id IS NULL OR p.company_id = %s)",
                self.company_id.id,
            ),
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO vip_health_backtest_row (
                       backtest_id, partner_id, month, looked_on, number, state,
                       event, event_on, fell)
                SELECT %(backtest)s, h.id, %(month)s, %(looked_on)s, h.number, h.state,
                       e.kind, e.day, COALESCE(e.day >= %(month)s, FALSE)
                  FROM (%(health)s) h
                  LEFT JOIN LATERAL (
                       SELECT * FROM (
                              SELECT 'fall' AS kind, c.effective_date AS day
                                FROM vip_tier_change c
                               WHERE c.partner_id = h.id AND c.company_id = %(company)s
                                 AND c.state = 'applied' AND c.direction = 'demotion'
                               UNION ALL
                              SELECT 'dormant', l.date_from FROM vip_lifecycle l
                               WHERE l.partner_id = h.id AND l.company_id = %(company)s
                                 AND l.state = 'dormant') happened
                        WHERE day >= %(looked_on)s AND day < %(after)s
                        ORDER BY day DESC LIMIT 1) e ON TRUE
                 WHERE h.state = 'red' OR e.day >= %(month)s
                """,
                backtest=self.id,
                month=month,
                looked_on=looked_on,
                after=add_months(month, 1),
                health=health,
                company=self.company_id.id,
            )
        )

    def _finish(self):
        rows = self.env["vip.health.backtest.row"]
        rows.invalidate_model()
        [counts] = self.env.execute_query_dict(
            SQL(
                """
                SELECT count(*) FILTER (WHERE fell) AS fell_count,
                       count(*) FILTER (WHERE fell AND state = 'red')
                           AS fell_red_count,
                       count(*) FILTER (WHERE fell AND state = 'watch')
                           AS fell_watch_count,
                       count(*) FILTER (WHERE fell AND state = 'good')
                           AS fell_good_count,
                       count(*) FILTER (WHERE fell AND state IS NULL)
                           AS fell_unknown_count,
                       count(*) FILTER (WHERE state = 'red') AS red_count,
                       count(*) FILTER (WHERE state = 'red' AND event IS NULL)
                           AS red_idle_count
                  FROM vip_health_backtest_row WHERE backtest_id = %s
                """,
                self.id,
            )
        )
        self.write({**counts, "state": "done", "run_at": event_time(self.env)})
