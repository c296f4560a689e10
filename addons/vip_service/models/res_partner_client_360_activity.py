from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.months import first_day, last_months

CHART_MONTHS = 12


class ResPartner(models.Model):
    """The section of the client's page on the figures of twelve months."""

    _inherit = "res.partner"

    def _client_360_activity(self):
        """Twelve months of every metric, up to the newest month with figures."""
        last, facts = self._client_360_facts()
        metrics = self.env["vip.metric"].search_fetch([], ["name", "code", "unit"])
        months = last_months(last, CHART_MONTHS)
        return {
            "months": [fields.Date.to_string(month) for month in months],
            "series": [
                {
                    "code": metric.code,
                    "name": metric.name,
                    "unit": metric.unit,
                    "currency_id": metric.unit == "money"
                    and self._client_360_currency().id,
                    "values": [facts.get((metric.id, month)) for month in months],
                }
                for metric in metrics
            ],
        }

    def _client_360_facts(self):
        """Return (last month, ``{(metric id, month): value}``) of the chart."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT last.month, f.metric_id, f.month, f.value_company
                  FROM (SELECT COALESCE(%(newest)s, %(now)s) AS month) last
                  LEFT JOIN vip_activity f
                         ON f.company_id = %(company)s AND f.partner_id = %(partner)s
                        AND f.superseded_at IS NULL
                        AND f.month > last.month - make_interval(months => %(count)s)
                        AND f.month <= last.month
                """,
                newest=self._client_360_month_sql(),
                now=first_day(self._client_360_today()),
                company=self.env.company.id,
                partner=self.id,
                count=CHART_MONTHS,
            )
        )
        facts = {(row[1], row[2]): float(row[3]) for row in rows if row[1]}
        return rows[0][0], facts
