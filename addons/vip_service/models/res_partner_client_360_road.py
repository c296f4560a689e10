from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.months import add_months, reviews_left

from ..tools.figures_sql import figures_sql, rolled_up_sql
from ..tools.measure_sql import criteria_of, measures
from ..tools.review_sql import last_review_sql


class ResPartner(models.Model):
    """The section of the client's page on the road to the next tier."""

    _inherit = "res.partner"

    def _client_360_road(self):
        """What is missing to the next tier, and whether the present one is at risk."""
        month, shortfalls, reviewed, groups = self._client_360_standing()
        rules = self.env["vip.tier"]._rules(
            self.env.company, month or self._client_360_today(), groups
        )
        tier = self.vip_tier_id
        values, group = self._client_360_measures(rules) if month else ({}, False)
        next_month = add_months(reviewed, 1) if reviewed else month
        # Only what judges this type of client: the rest cannot be reached or lost.
        ladder = [
            {**rule, "criteria": criteria_of(rule, self.client_type)}
            for rule in rules["tiers"]
        ]
        above = [r for r in ladder if r["rank"] > tier.rank and r["criteria"]]
        own = next((r for r in ladder if r["id"] == tier.id), None)
        retain = own and own["criteria"] and own != ladder[0]
        return {
            "tier": tier._client_360_badge(),
            "month": fields.Date.to_string(month) if month else False,
            "group": group,
            "next": self._client_360_goal(above[0], "qualify", values)
            if above
            else False,
            "retain": {
                **self._client_360_goal(own, "retain", values),
                "shortfalls": shortfalls,
                "grace_left": reviews_left(
                    own["grace_reviews"],
                    shortfalls,
                    next_month.month if next_month else 1,
                    rules["falls_every"],
                ),
            }
            if retain
            else False,
        }

    def _client_360_goal(self, rule, threshold, values):
        """Return how far the client is from a tier's thresholds."""
        criteria = [
            self._client_360_step(c, threshold, values) for c in rule["criteria"]
        ]
        reached = all if rule["match"] == "all" else any
        goal = {"match": rule["match"], "criteria": criteria}
        if threshold == "retain":
            return {**goal, "at_risk": not reached(c["passed"] for c in criteria)}
        return {
            **goal,
            "tier": self.env["vip.tier"].browse(rule["id"])._client_360_badge(),
        }

    def _client_360_step(self, criterion, threshold, values):
        metric = self.env["vip.metric"].browse(criterion["metric_id"])
        key = (metric.id, criterion["window_months"], criterion["aggregate"])
        value, needed = float(values.get(key) or 0), criterion[threshold]
        money = metric.unit == "money"
        return {
            "metric": metric.code,
            "name": metric.name,
            "unit": metric.unit,
            "currency_id": self._client_360_currency().id if money else False,
            "window_months": criterion["window_months"],
            "aggregate": criterion["aggregate"],
            "value": value,
            "needed": needed,
            "missing": max(needed - value, 0),
            "percent": min(100.0, 100 * value / needed) if needed > 0 else 100.0,
            "passed": value >= needed,
        }

    def _client_360_measures(self, rules):
        """Return how a review would judge: the figures, and the group that they are of.

        The figures as ``{(metric id, window, aggregate): value}``, the group by its name
        and how many are judged together; False: the client is judged alone.
        """
        self.env["vip.activity"].flush_model()
        company = self.env.company.id
        # As superuser: the section itself is given only to who may see the figures.
        rows = self.env.execute_query(
            SQL(
                "SELECT f.*, %s FROM (%s) f",
                rolled_up_sql(company, rules, SQL("f.partner_id")),
                figures_sql(company, rules, among=self.ids),
            )
        )
        if not rows:
            return {}, False
        _id, *values, group = rows[0]
        count = len(group["members"]) if group else 0
        return (
            dict(zip(measures(rules), values, strict=False)),
            bool(group) and {"name": group["name"], "count": count},
        )

    def _client_360_standing(self):
        """Return (newest month with figures, shortfalls in a row, last month reviewed,
        whether anybody has consented to be judged with others)."""
        self.env["vip.tier.verdict"].flush_model()
        # As superuser: the section itself is given only to who may see the figures.
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT %s, COALESCE((
                       SELECT streak FROM vip_tier_verdict
                        WHERE partner_id = %s AND tier_id = %s AND review_id = %s), 0),
                       (SELECT max(month) FROM vip_tier_review
                         WHERE company_id = %s AND state = 'done'), %s
                """,
                self._client_360_month_sql(),
                self.id,
                self.vip_tier_id.id,
                last_review_sql(self.env.company.id),
                self.env.company.id,
                self.env["vip.client.group.member"]._any_in_sql(
                    self.env.company, self._client_360_today()
                ),
            )
        )
        return row
