import math

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import first_day, last_months, month_end

from ...engine.ladder import shade
from ...tools.figures_sql import criteria_of, known_sql

CHART_MONTHS = 12


class ResPartner(models.Model):
    """The section of the client's page with the figures of twelve months."""

    _inherit = "res.partner"

    def _client_360_activity(self):
        """Twelve months of every metric that has figures, up to the newest month.

        Each with the thresholds of the ladder of today that a single month can be
        compared with, the tier that each month's figure alone reaches, and for each month
        the tier that the client held at its end.
        """
        return self._activity_of(self._client_360_figures(), self._client_360_today())

    def _activity_of(self, figures, today):
        """Return the section of :meth:`_client_360_figures` on a day of the company."""
        last, facts = figures["last"], figures["facts"]
        rungs, _gone = self.env["vip.ladder.version"]._judging(
            self.env.company, today, today
        )
        months = last_months(last, CHART_MONTHS)
        *held, now = self._client_360_held(
            figures["memberships"], [*months, first_day(today)], rungs, today
        )
        series = []
        for metric in figures["metrics"]:
            values = [facts.get((metric["id"], month)) for month in months]
            if all(value is None for value in values):
                continue
            lines = self._client_360_lines(metric["id"], rungs, now["id"])
            series.append(
                {
                    "code": metric["code"],
                    "name": metric["name"],
                    "unit": metric["unit"],
                    "currency_id": metric["unit"] == "money"
                    and self._client_360_currency().id,
                    "values": values,
                    "lines": lines,
                    "shades": [_shade_of(value, lines) for value in values],
                }
            )
        return {
            "months": [fields.Date.to_string(month) for month in months],
            "to_date": first_day(today) == last,
            "series": series,
            "held": held,
        }

    def _client_360_lines(self, metric_id, rungs, tier_id):
        """Return the thresholds of a metric, the lowest first.

        Only those of one month: what is asked of a sum of several is no line in a chart
        of months.
        """
        lines = []
        for place, rung in enumerate(rungs):
            for criterion in criteria_of(rung, self.client_type):
                if criterion["metric_id"] != metric_id or not _is_monthly(criterion):
                    continue
                known = {"tier": rung["name"], "shade": shade(place, len(rungs))}
                lines.append({**known, "kind": "rise", "value": criterion["qualify"]})
                # The lowest tier is kept with nothing.
                stays = place and rung["id"] == tier_id
                if stays and criterion["retain"] != criterion["qualify"]:
                    lines.append(
                        {**known, "kind": "stay", "value": criterion["retain"]}
                    )
        return sorted(lines, key=lambda line: line["value"])

    def _client_360_held(self, memberships, months, rungs, today):
        """Return the tier that the client held at the end of each month, or today."""
        held = []
        for month in months:
            day = fields.Date.to_string(min(month_end(month), today))
            found = next(
                (
                    one["tier_id"]
                    for one in memberships
                    if one["date_from"] <= day
                    and (not one["date_to"] or one["date_to"] > day)
                ),
                rungs[0]["id"] if rungs else False,
            )
            place = next((p for p, rung in enumerate(rungs) if rung["id"] == found), 0)
            held.append(
                {
                    "id": found,
                    "name": rungs[place]["name"] if rungs else False,
                    "shade": shade(place, len(rungs)),
                }
            )
        return held

    def _client_360_facts(self):
        """Return (last month, ``{(metric id, month): value}``) of the chart."""
        figures = self._client_360_figures()
        return figures["last"], figures["facts"]

    def _client_360_figures(self, known_at=None, day=None):
        """Return what charts are drawn of, by one statement.

        :param known_at: as it was known then (naive UTC), not as it is known; the
            memberships are then not told
        :param day: the day of the company then

        A dict of ``last``, the newest month with figures; ``facts``, {(metric id, month):
        value}; ``metrics``, dicts of them in order; ``memberships`` of the client, dicts
        of tier and days; ``grouped``: judged together with others.
        """
        for name in "vip.activity", "vip.tier.membership", "vip.client.group.member":
            self.env[name].flush_model()
        metrics = self.env["vip.metric"]
        metrics.flush_model()
        today = day or self._client_360_today()
        newest = self._client_360_month_sql()
        if known_at:
            newest = SQL(
                "(SELECT max(f.month) FROM vip_activity f"
                " WHERE f.company_id = %s AND f.month <= %s AND %s)",
                self.env.company.id,
                first_day(today),
                known_sql(known_at),
            )
        [row] = self.env.execute_query(
            SQL(
                """
                WITH last AS (SELECT COALESCE(%(newest)s, %(now)s) AS month)
                SELECT last.month,
                       (SELECT jsonb_agg(jsonb_build_array(f.metric_id, f.month, f.value))
                          FROM (SELECT f.metric_id, f.month, sum(f.value_company) AS value
                                  FROM vip_activity f
                                 WHERE f.company_id = %(company)s
                                   AND f.partner_id = %(partner)s
                                   AND %(known)s
                                   AND f.month > last.month
                                                 - make_interval(months => %(count)s)
                                   AND f.month <= last.month
                                 GROUP BY f.metric_id, f.month) f),
                       (SELECT jsonb_agg(jsonb_build_object(
                                   'id', m.id, 'name', %(name)s, 'code', m.code,
                                   'unit', m.unit) ORDER BY m.sequence, m.id)
                          FROM vip_metric m WHERE m.active),
                       (SELECT jsonb_agg(jsonb_build_object(
                                   'tier_id', s.tier_id, 'date_from', s.date_from,
                                   'date_to', s.date_to))
                          FROM vip_tier_membership s
                         WHERE s.company_id = %(company)s
                           AND s.partner_id = %(partner)s),
                       EXISTS (SELECT FROM vip_client_group_member g
                                WHERE g.company_id = %(company)s
                                  AND g.partner_id = %(partner)s
                                  AND g.date_from <= %(today)s
                                  AND (g.date_to IS NULL OR g.date_to > %(today)s))
                  FROM last
                """,
                newest=newest,
                known=known_sql(known_at),
                now=first_day(today),
                today=today,
                company=self.env.company.id,
                partner=self.id,
                count=CHART_MONTHS,
                name=metrics._field_to_sql("m", "name"),
            )
        )
        last, facts, known, memberships, grouped = row
        rows = [
            (metric_id, fields.Date.to_date(month), value)
            for metric_id, month, value in facts or []
        ]
        factors = self._client_360_factors(rows)
        return {
            "last": last,
            "facts": {row[:2]: float(row[2]) * factors.get(row[:2], 1) for row in rows},
            "metrics": known or [],
            "memberships": memberships or [],
            "grouped": grouped,
        }

    @api.model
    def _client_360_factors(self, rows):
        """Return {(metric id, month): what money of it counts in today's currency}."""
        steps = self.env.company._vip_currency_steps()
        money = self.env["vip.metric"].search([("unit", "=", "money")]) if steps else ()
        return {
            (metric_id, month): math.prod(
                rate for since, rate in steps if fields.Date.to_string(month) < since
            )
            for metric_id, month, _value in rows
            if metric_id in getattr(money, "ids", ())
        }


def _is_monthly(criterion):
    """Return whether what is asked can be compared with the figure of one month."""
    return criterion["window_months"] == 1 or criterion["aggregate"] != "sum"


def _shade_of(value, lines):
    """Return the shade of the highest tier that a month's figure alone reaches."""
    reached = [
        line["shade"]
        for line in lines
        if line["kind"] == "rise" and value is not None and value >= line["value"]
    ]
    return reached[-1] if reached else 0
