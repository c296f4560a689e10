from odoo import models

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.months import add_months, month_end

from ..tools import backtest_sql


class VipTierBacktest(models.Model):
    """Simulating the months, one after the other; nothing is kept but the movers."""

    _inherit = "vip.tier.backtest"

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

    def _report_month(self, place):
        """Hook of a run: the month number ``place`` (from 0) is about to be judged."""

    def _flush_figures(self):
        for name in ("vip.activity", "vip.tier.membership", "vip.tier.change"):
            self.env[name].flush_model()
        self.env["res.partner"].flush_model()
        self.env["vip.client.group.member"].flush_model()
        self.env["helpdesk.ticket"].flush_model()
        self.flush_model()

    def _rules(self, month):
        """Return the ladder with the draft thresholds, as a review would freeze it."""
        rules = self.env["vip.tier"]._rules(self.company_id, month)
        criteria = self.criterion_ids.grouped("tier_id")
        lines = self.tier_line_ids.grouped("tier_id")
        none = self.env["vip.tier.backtest.criterion"]
        for rule in rules["tiers"]:
            tier = self.env["vip.tier"].browse(rule["id"])
            rule.update(lines[tier]._as_rule())
            rule["criteria"] = [c._as_rule() for c in criteria.get(tier, none)]
        return rules

    def _simulate(self):
        company, query = self.company_id, self.env.execute_query
        lowest = self.env["vip.tier"]._lowest(company)
        today = company._vip_local_date(event_time(self.env))
        begin = backtest_sql.begin_sql(
            company.id, month_end(self.month_from), self._review_before().id or None
        )
        for statement in begin:
            self.env.cr.execute(statement)
        judged = tickets = 0
        for place in range(self.months):
            self._report_month(place)
            month = add_months(self.month_from, place)
            after = add_months(month, 1)
            day = min(today, month_end(after))
            self.env.cr.execute(backtest_sql.override_sql(company.id, after))
            self.env.cr.execute(backtest_sql.settled_sql())
            [[judged]] = query(
                backtest_sql.month_sql(
                    self.id, company.id, self._rules(month), month, day
                )
            )
            [[opened]] = query(
                backtest_sql.tickets_sql(
                    self.id, company.id, after, company._vip_zone(), lowest.id
                )
            )
            tickets += opened
        loads = query(backtest_sql.loads_sql(company.id, day, lowest.id))
        self.env.cr.execute(backtest_sql.end_sql())
        self.env["vip.tier.backtest.line"].invalidate_model()
        self.env["vip.tier.backtest.ticket"].invalidate_model()
        self.invalidate_recordset(["line_ids", "ticket_ids"])
        self._backtest_tickets()
        self._finish(day, judged, tickets, loads)

    def _review_before(self):
        """Return the last real review before the first month."""
        return self.env["vip.tier.review"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("month", "<", self.month_from),
                ("state", "=", "done"),
            ],
            order="month desc",
            limit=1,
        )

    def _finish(self, day, judged, tickets, loads):
        moves = self.env.execute_query(backtest_sql.months_sql(self.id))
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
                "ticket_count": self.env["vip.tier.backtest.ticket"].search_count(
                    [("backtest_id", "=", self.id)]
                ),
                "result": {
                    "day": day.isoformat(),
                    "clients": judged,
                    "tickets": tickets,
                    "loads": [list(load) for load in loads],
                    "moves": [[m.isoformat(), *move] for m, *move in moves],
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
                "label": self.env._("of these with another tier at opening"),
                "value": self.ticket_count,
            },
        ]
