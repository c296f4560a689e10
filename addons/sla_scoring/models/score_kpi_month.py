from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months, event_time

from .score_kpi import FACTS, MONTHS, VALUE

#: A month that is over is counted anew each night until it is closed, but so many months
#: at most.
UNSETTLED = 3


class ScoreKpiMonth(models.Model):
    """A figure of a month that is over, so that no board counts its tickets again.

    Closing the month freezes it, as it does the scorecards.
    """

    _name = "score.kpi.month"
    _description = "KPI of a Month"
    _log_access = False
    _order = "month desc, id"
    _rec_name = "scope"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    key = fields.Char(string="Figure", required=True, readonly=True)
    month = fields.Date(required=True, readonly=True)
    scope = fields.Char(
        required=True,
        readonly=True,
        help="company, or unit-, team- or user- and its number.",
    )
    value = fields.Float(readonly=True, digits=(16, 6))
    count = fields.Integer(string="Tickets", readonly=True)

    # Every month that is kept has the row of the company, if only to say so.
    _scope_uniq = models.UniqueIndex("(company_id, key, month, scope)")

    @api.model
    def _read_months(self, company, key, scope, months):
        """Return {month: (value or None, number of tickets)} of those that are kept."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT month, max(value) FILTER (WHERE scope = %(scope)s),
                       COALESCE(max(count) FILTER (WHERE scope = %(scope)s), 0)
                  FROM score_kpi_month
                 WHERE company_id = %(company)s AND key = %(key)s
                   AND month = ANY(%(months)s) AND scope IN ('company', %(scope)s)
                 GROUP BY month
                """,
                scope=scope,
                company=company.id,
                key=key,
                months=months,
            )
        )
        return {month: (value, count) for month, value, count in rows}

    @api.model
    def _read_teams(self, company, key, months):
        """Return {(scope, month): (value or None, number of tickets)} that are kept.

        Of the company, its units and teams; the company's row says that the month is
        kept.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT scope, month, value, count FROM score_kpi_month"
                " WHERE company_id = %s AND key = %s AND month = ANY(%s)"
                " AND (scope = 'company' OR scope LIKE ANY('{team-%%,unit-%%}'))",
                company.id,
                key,
                months,
            )
        )
        return {(scope, month): (value, count) for scope, month, value, count in rows}

    @api.model
    def _without_units(self, company, key, months):
        """Return those of some kept months of which nothing was kept by unit.

        They were counted before there were any units.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT month FROM score_kpi_month WHERE company_id = %s"
                " AND key = %s AND month = ANY(%s) AND scope LIKE 'unit-%%'",
                company.id,
                key,
                months,
            )
        )
        found = {month for (month,) in rows}
        return [month for month in months if month not in found]

    @api.model
    def _keep(self, company, month):
        """Count a month that is over, for all scopes, and keep that.

        :param month: its first day
        """
        start, stop = self.env["score.card"]._month_limits(company, month)
        self.env.cr.execute(
            SQL(
                "DELETE FROM score_kpi_month WHERE company_id = %s AND month = %s",
                company.id,
                month,
            )
        )
        by_unit = bool(self.env["score.kpi"]._units(company))
        for key in FACTS:
            facts = self.env["score.kpi"]._facts_of(key, company, start, stop, [stop])
            if by_unit:
                self._keep_units(company, month, key, facts)
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO score_kpi_month (
                           company_id, key, month, scope, value, count)
                    SELECT %(company)s, %(key)s, %(month)s,
                           CASE WHEN GROUPING(team_id) = 0 THEN 'team-' || team_id
                                WHEN GROUPING(user_id) = 0 THEN 'user-' || user_id
                                ELSE 'company' END,
                           %(value)s, COUNT(DISTINCT ticket_id)
                      FROM (%(facts)s) fact
                     GROUP BY GROUPING SETS ((), (team_id), (user_id))
                    HAVING GROUPING(team_id, user_id) = 3
                           OR COALESCE(team_id, user_id) IS NOT NULL
                    """,
                    company=company.id,
                    key=key,
                    month=month,
                    value=SQL(VALUE[key]),
                    facts=facts,
                )
            )
        self.invalidate_model(flush=False)

    @api.model
    def _keep_units(self, company, month, key, facts):
        """Keep a figure for the units that its teams had when it happened."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO score_kpi_month (company_id, key, month, scope, value, count)
                SELECT %(company)s, %(key)s, %(month)s, 'unit-' || unit.id, %(value)s,
                       COUNT(DISTINCT ticket_id)
                  FROM (%(facts)s) fact
            CROSS JOIN LATERAL unnest(%(path)s) unit (id)
              GROUP BY unit.id
                """,
                company=company.id,
                key=key,
                month=month,
                value=SQL(VALUE[key]),
                facts=facts,
                path=self.env["score.kpi"]._unit_path(),
            )
        )

    @api.model
    def _to_keep(self, company, at):
        """Return the months over by ``at`` (naive UTC) that are to be counted."""
        now = company._vip_month(at)
        over = [add_months(now, -back) for back in range(1, MONTHS)]
        kept = self._read_months(company, next(iter(FACTS)), "company", over)
        unsettled = over[:UNSETTLED]
        locked = company.score_locked_month
        if locked:
            unsettled = [month for month in unsettled if month > locked]
        return [month for month in over if month in unsettled or month not in kept]

    @api.model
    def _cron_keep(self):
        """Count the months that are over and not closed, and those never counted."""
        at = event_time(self.env)
        for company in self.env["res.company"].search([("active", "=", True)]):
            for month in self._to_keep(company, at):
                self._keep(company, month)
                if not self.env["ir.cron"]._commit_progress(1):
                    return
