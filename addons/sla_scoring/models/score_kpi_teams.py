from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.months import add_months

from .score_kpi_board import MONTHS, VALUE


class ScoreKpiTeams(models.Model):
    """A figure by team and month, side by side (REQUIREMENTS K1, S3)."""

    _inherit = "score.kpi"

    def kpi_teams(self):
        """Return the figure of each team that the user may look at, month by month.

        Two statements, however many teams there are: one reads the months that are kept,
        one counts the others.

        :return: ``months``, and ``teams`` with their ``scope``, ``name`` and a cell per
            month: ``value``, ``count`` (tickets behind it) and ``is_reached``
        """
        self.ensure_one()
        self.check_access("read")
        company = self.env.company
        scopes = [scope for scope in self._scopes(company) if scope["key"] != "own"]
        now = company._vip_month(event_time(self.env))
        months = [add_months(now, back) for back in range(1 - MONTHS, 1)]
        known = self._team_values(company, months)
        rows = [
            {
                "scope": scope["key"],
                "name": scope["name"],
                "cells": [self._team_cell(known, scope["key"], m) for m in months],
            }
            for scope in scopes
        ]
        return {
            "months": [fields.Date.to_string(month) for month in months],
            "teams": [
                row
                for row in rows
                if row["scope"] == "company"
                or any(cell["count"] for cell in row["cells"])
            ],
        }

    def _team_cell(self, known, scope, month):
        value, count = known.get((scope, month), (None, 0))
        value = None if value is None else round(float(value), 2)
        return {"value": value, "count": count, "is_reached": self._is_reached(value)}

    def _team_values(self, company, months):
        """Return {(scope, month): (value, number of tickets)}, the company's too."""
        # As superuser: what is shown of it are the user's own scopes.
        kept = self.env["score.kpi.month"].sudo()
        known = kept._read_teams(company, self.key, months[:-1])
        open_months = [month for month in months if ("company", month) not in known]
        return known | self._count_teams(company, open_months)

    def _count_teams(self, company, months):
        limits = [self.env["score.card"]._month_limits(company, m) for m in months]
        ends = [stop for _start, stop in limits]
        rows = self.env.execute_query(
            SQL(
                """
        SELECT CASE WHEN GROUPING(team_id) = 1 THEN 'company'
                    ELSE 'team-' || team_id END, month, %(value)s,
               COUNT(DISTINCT ticket_id)
          FROM (SELECT fact.*, date_trunc(
                           'month', at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s
                       )::date AS month
                  FROM (%(facts)s) fact) fact
         WHERE month = ANY(%(months)s)
      GROUP BY GROUPING SETS ((month), (month, team_id))
                """,
                value=SQL(VALUE[self.key]),
                zone=company._vip_zone(),
                facts=self._facts_of(self.key, company, limits[0][0], ends[-1], ends),
                months=months,
            )
        )
        return {(scope, month): (value, count) for scope, month, value, count in rows}
