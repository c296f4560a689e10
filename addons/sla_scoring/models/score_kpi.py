from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import AUDITOR_GROUP, MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.times import add_months, event_time

#: How each figure is said; the better direction of each.
LOWER_IS_BETTER = ("response",)
MONTHS = 12
#: What is counted for each figure: kinds of facts.
FACTS = {
    "response": ("response",),
    "satisfaction": ("rated",),
    "solved": ("solved", "open"),
    "timeliness": ("met", "missed"),
}
#: The value of a figure over its facts, None where there are none.
VALUE = {
    "response": "AVG(value) / 60.0",
    "satisfaction": "100.0 * SUM(value) / NULLIF(COUNT(*), 0)",
    "solved": "100.0 * COUNT(DISTINCT ticket_id) FILTER (WHERE kind = 'solved'"
    " AND value = 1) / NULLIF(COUNT(DISTINCT ticket_id) FILTER (WHERE kind = 'solved'"
    " AND value = 1) + COUNT(DISTINCT ticket_id) FILTER (WHERE kind = 'open'), 0)",
    "timeliness": "100.0 * COUNT(*) FILTER (WHERE kind = 'met') / NULLIF(COUNT(*), 0)",
}


class ScoreKpi(models.Model):
    """A figure that management follows, with its target (REQUIREMENTS K1).

    Training has no data yet, so it has no figure.
    """

    _name = "score.kpi"
    _description = "KPI"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = NamesMany2one(
        "res.company", help="Empty: every company that has no target of its own."
    )
    key = fields.Selection(
        [
            ("response", "First response, minutes on average"),
            ("satisfaction", "Satisfied, % of those who rated"),
            ("solved", "Solved, % of tickets solved or left open"),
            ("timeliness", "Promises kept, %"),
        ],
        string="Figure",
        required=True,
    )
    target = fields.Float(required=True, digits=(8, 2))

    _key_uniq = models.UniqueIndex(
        "(key, COALESCE(company_id, 0)) WHERE active", "Each figure has one target."
    )
    _target_positive = models.Constraint(
        "CHECK (target > 0)", "A target is above zero."
    )

    @api.model
    def _of(self, company):
        """Return the KPIs of a company, in order: its own instead of shared ones."""
        known = self.search(Domain("company_id", "in", [False, company.id]))
        own = set(known.filtered("company_id").mapped("key"))
        return known.filtered(lambda kpi: kpi.company_id or kpi.key not in own)

    def _is_reached(self, value):
        """Return whether a value reaches the target; None where there is none."""
        if value is None:
            return None
        if self.key in LOWER_IS_BETTER:
            return value <= self.target
        return value >= self.target

    # The board: one statement per figure over twelve months, and the tickets
    # behind.

    @api.model
    def kpi_board(self, scope=None):
        """Return what the board shows.

        :param scope: one of the ``scopes`` of an earlier answer; the widest if not given
        :return: ``scopes`` that the user may choose, the chosen ``scope``, ``kpis`` with
            target, today's value and twelve months each, and the ``podium``
        :raise AccessError: a scope that is not the user's
        """
        company = self.env.company
        scopes = self._scopes(company)
        scope = scope or scopes[0]["key"]
        self._check_scope(scope, scopes)
        at = event_time(self.env)
        return {
            "company": company.name,
            "month": fields.Date.to_string(company._vip_month(at)),
            "scopes": scopes,
            "scope": scope,
            "kpis": [kpi._board_row(company, scope, at) for kpi in self._of(company)],
            "podium": self.env["score.card"]._podium(company),
        }

    def kpi_tickets(self, scope, month):
        """Return the window with the tickets behind a figure of one month.

        :param scope: as for :meth:`kpi_board`
        :param month: first day of the month, a date or its text
        """
        self.ensure_one()
        self.check_access("read")
        company = self.env.company
        month = self._month_in(month)
        self._check_scope(scope, self._scopes(company))
        start, stop = self.env["score.card"]._month_limits(company, month)
        facts = self._facts_of(self.key, company, start, stop, [stop])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ticket_id FROM (%s) fact WHERE %s",
                facts,
                self._scope_filter(scope),
            )
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "helpdesk.ticket",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", [ticket_id for (ticket_id,) in rows])],
            # Closed and archived tickets count as well.
            "context": {"active_test": False},
        }

    @api.model
    def _scopes(self, company):
        """Return what the user may look at, the widest first."""
        scopes = []
        user = self.env.user
        # As superuser: which teams there are; a leader sees those that they lead.
        teams = self.env["helpdesk.ticket.team"].sudo()
        domain = [("company_id", "in", [False, company.id])]
        if user.has_group(MANAGER_GROUP) or user.has_group(AUDITOR_GROUP):
            scopes.append({"key": "company", "name": company.name})
        else:
            domain.append(("user_id", "=", user.id))
        for unit in self._units(company, not scopes):
            scopes.append({"key": f"unit-{unit.id}", "name": unit.complete_name})
        for team in teams.search(domain):
            scopes.append({"key": f"team-{team.id}", "name": team.complete_name})
        return [*scopes, {"key": "own", "name": self.env._("My own figures")}]

    @api.model
    def _units(self, company, only_own=False):
        """Return the units of a company, with ``only_own`` those of which the user is head.

        And all that belong to these.
        """
        # As superuser: which units there are, not what they did.
        units = self.env["vip.unit"].sudo()
        domain = Domain("company_id", "=", company.id)
        if only_own:
            heads = units.search(domain & Domain("head_id", "=", self.env.uid))
            domain &= Domain("id", "child_of", heads.ids)
        return units.search(domain)

    def _month_in(self, text):
        try:
            month = fields.Date.to_date(text)
        except (TypeError, ValueError):
            month = None
        if not month:
            raise UserError(self.env._("This is no month."))
        return month

    def _check_scope(self, scope, scopes):
        if scope not in [known["key"] for known in scopes]:
            raise AccessError(self.env._("These figures are not yours to see."))

    def _scope_filter(self, scope):
        """Return the condition on facts of a scope."""
        if scope == "company":
            return SQL("TRUE")
        if scope == "own":
            return SQL("user_id = %s", self.env.uid)
        what, record_id = scope.split("-")
        if what == "unit":
            path = self._unit_path()
            return SQL("%s = ANY(COALESCE(%s, '{}'))", int(record_id), path)
        return SQL("team_id = %s", int(record_id))

    def _unit_path(self):
        """Return the SQL of the units, as an array of ids, that a fact counts for."""
        return self.env["vip.unit"]._path_at(SQL("fact.team_id"), SQL("fact.at"))

    def _board_row(self, company, scope, at):
        series = self._series(company, scope, at)
        today = series[-1]
        return {
            "id": self.id,
            "key": self.key,
            "name": self.name,
            "target": self.target,
            "lower_is_better": self.key == "response",
            "unit": self.env._("min") if self.key == "response" else "%",
            "value": today["value"],
            "count": today["count"],
            "is_reached": self._is_reached(today["value"]),
            "series": series,
        }

    def _series(self, company, scope, at):
        """Return twelve months, the present one last: value and number of tickets.

        Months that are over are read where they are kept; the others are counted.
        """
        now = company._vip_month(at)
        months = [add_months(now, back) for back in range(1 - MONTHS, 1)]
        # As superuser: the scope is checked to be the user's.
        kept = self.env["score.kpi.month"].sudo()
        own = f"user-{self.env.uid}" if scope == "own" else scope
        known = kept._read_months(company, self.key, own, months[:-1])
        if scope.startswith("unit-"):
            for month in kept._without_units(company, self.key, list(known)):
                del known[month]
        open_months = [month for month in months if month not in known]
        known |= self._count_months(company, scope, open_months)
        series = []
        for month in months:
            value, count = known.get(month, (None, 0))
            value = None if value is None else round(float(value), 2)
            label = fields.Date.to_string(month)
            series.append({"month": label, "value": value, "count": count})
        return series

    def _count_months(self, company, scope, months):
        """Return {month: (value, number of tickets)} where there is any."""
        limits = [self.env["score.card"]._month_limits(company, m) for m in months]
        ends = [stop for _start, stop in limits]
        rows = self.env.execute_query(
            SQL(
                """
        SELECT date_trunc('month', at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date,
               %s, COUNT(DISTINCT ticket_id)
          FROM (%s) fact
         WHERE %s
      GROUP BY 1
                """,
                company._vip_zone(),
                SQL(VALUE[self.key]),
                self._facts_of(self.key, company, limits[0][0], ends[-1], ends),
                self._scope_filter(scope),
            )
        )
        return {month: tuple(rest) for month, *rest in rows if month in months}

    @api.model
    def _facts_of(self, key, company, start, stop, ends):
        """Return the ``SELECT`` of the facts of a figure, with their kind.

        :param ends: naive UTC datetimes at which the open tickets are counted
        """
        self.env.flush_all()
        # As superuser: figures only; whose may be asked for is checked.
        facts = self.env["score.facts"].sudo()
        zone = company._vip_zone()
        month_end = SQL(
            "(date_trunc('month', span.start AT TIME ZONE 'UTC' AT TIME ZONE %s)"
            " + INTERVAL '1 month') AT TIME ZONE %s AT TIME ZONE 'UTC'",
            zone,
            zone,
        )
        options = {"solved": {"until": month_end}, "open": {"ends": ends}}
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS kind, f.* FROM (%s) f",
                kind,
                getattr(facts, f"_fact_{kind}")(
                    company, start, stop, **options.get(kind, {})
                ),
            )
            for kind in FACTS[key]
        )

    # A figure by unit, team and month, side by side (REQUIREMENTS K1, S3, S4).

    def kpi_teams(self):
        """Return the figure of each unit and team that the user may look at, by month.

        Few statements, however many there are: one reads the months that are kept, one
        counts the others by team, one by unit.

        :return: ``months``, and ``teams`` with their ``scope``, ``name`` and a cell per
            month: ``value``, ``count`` (tickets behind it) and ``is_reached``
        """
        self.ensure_one()
        self.check_access("read")
        company = self.env.company
        scopes = [scope for scope in self._scopes(company) if scope["key"] != "own"]
        now = company._vip_month(event_time(self.env))
        months = [add_months(now, back) for back in range(1 - MONTHS, 1)]
        by_unit = any(scope["key"].startswith("unit-") for scope in scopes)
        known = self._team_values(company, months, by_unit)
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

    def _team_values(self, company, months, by_unit):
        """Return {(scope, month): (value, number of tickets)}, the company's too.

        :param by_unit: whether there are units to be counted
        """
        # As superuser: what is shown of it are the user's own scopes.
        kept = self.env["score.kpi.month"].sudo()
        known = kept._read_teams(company, self.key, months[:-1])
        open_months = [month for month in months if ("company", month) not in known]
        known |= self._count_teams(company, open_months)
        if by_unit:
            over = [month for month in months if month not in open_months]
            lacking = kept._without_units(company, self.key, over)
            known |= self._count_units(company, open_months + lacking)
        return known

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

    def _count_units(self, company, months):
        limits = [self.env["score.card"]._month_limits(company, m) for m in months]
        ends = [stop for _start, stop in limits]
        rows = self.env.execute_query(
            SQL(
                """
        SELECT 'unit-' || unit.id, fact.month, %(value)s, COUNT(DISTINCT ticket_id)
          FROM (SELECT fact.*, date_trunc(
                           'month', at AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s
                       )::date AS month
                  FROM (%(facts)s) fact) fact
    CROSS JOIN LATERAL unnest(%(path)s) unit (id)
         WHERE fact.month = ANY(%(months)s)
      GROUP BY unit.id, fact.month
                """,
                value=SQL(VALUE[self.key]),
                zone=company._vip_zone(),
                facts=self._facts_of(self.key, company, limits[0][0], ends[-1], ends),
                path=self._unit_path(),
                months=months,
            )
        )
        return {(scope, month): (value, count) for scope, month, value, count in rows}
