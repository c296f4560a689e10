from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.vip_base.engine.figure import Numbers
from odoo.addons.vip_base.models.figure.vip_figure import LOWER
from odoo.addons.vip_base.models.figure.vip_figure_month import MONTHS
from odoo.addons.vip_base.tools.groups import AUDITOR_GROUP, MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.times import event_time, last_months

#: What of a month the trend shows.
SHOWN = ("value", "count", "of", "is_few", "is_reached", "interval")


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
        lambda self: self.env["vip.figure"]._selection_counted(),
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

    def _figure(self):
        """Return the figure, None where its addon is gone."""
        return self.env["vip.figure"]._counted().get(self.key)

    def _is_reached(self, value):
        """Return whether a value reaches the target; None where there is none."""
        if value is None:
            return None
        return not self._figure()._is_worse(value, self.target)

    # The board: one statement for all months, and the tickets behind.

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
        kpis = self._of(company).filtered(lambda kpi: kpi._figure() is not None)
        series = kpis._series(company, scope, at)
        return {
            "company": company.name,
            "month": fields.Date.to_string(company._vip_month(at)),
            "scopes": scopes,
            "scope": scope,
            "months": [
                fields.Date.to_string(month)
                for month in last_months(company._vip_month(at), MONTHS)
            ],
            "kpis": [kpi._board_row(series[kpi.key]) for kpi in kpis],
            "podium": self.env["score.card"]._podium(company),
        }

    def kpi_tickets(self, scope, month):
        """Return the window with the rows (tickets mostly) behind a figure of one month.

        :param scope: as for :meth:`kpi_board`
        :param month: first day of the month, a date or its text
        """
        self.ensure_one()
        self.check_access("read")
        company = self.env.company
        month = self._month_in(month)
        self._check_scope(scope, self._scopes(company))
        model, ids = self._figure()._behind(company, month, *self._whose(scope))
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
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

    def _whose(self, scope):
        """Return dimension and record id of a scope."""
        if scope == "company":
            return "", 0
        if scope == "own":
            return "user_id", self.env.uid
        what, record_id = scope.split("-")
        return f"{what}_id", int(record_id)

    def _board_row(self, series):
        """Return what the board shows of a KPI.

        :param series: pairs of month and numbers, the present month last
        """
        figure = self._figure()
        today = self._cell(series[-1][1])
        return {
            "id": self.id,
            "key": self.key,
            "name": self.name,
            "target": self.target,
            "lower_is_better": figure._better == LOWER,
            "unit": figure._unit_text(),
            "least": figure._least,
            **today,
            "series": [
                {
                    "month": fields.Date.to_string(month),
                    **{k: v for k, v in self._cell(numbers).items() if k in SHOWN},
                }
                for month, numbers in series
            ],
        }

    def _cell(self, numbers):
        """Return the numbers of a figure as they are shown.

        :return: ``value``; ``count`` (tickets behind it); ``of`` how many it is, and
            whether these are too few to judge by (``is_few``); between which values the
            true one is to be reckoned with (``interval``); ``is_reached``
        """
        figure, value = self._figure(), numbers.value
        value = None if value is None else round(float(value), 2)
        interval = figure._interval(numbers)
        return {
            "value": value,
            "count": numbers.about,
            "of": numbers.of,
            "is_few": figure._is_few(numbers),
            "interval": interval and [round(float(end), 2) for end in interval],
            "is_reached": self._is_reached(value),
        }

    def _series(self, company, scope, at):
        """Return {key: pairs of month and numbers} of twelve months, the present last."""
        months = last_months(company._vip_month(at), MONTHS)
        dimension, record_id = self._whose(scope)
        known = self.env["vip.figure"]._over(
            company, self.mapped("key"), months, (dimension,), record_id
        )
        return {
            key: [
                (month, numbers.get((dimension, record_id, month), Numbers()))
                for month in months
            ]
            for key, numbers in known.items()
        }

    # A figure by unit, team and month, side by side (REQUIREMENTS K1, S3, S4).

    def kpi_teams(self):
        """Return the figure of each unit and team that the user may look at, by month.

        Few statements, however many there are: two read the months that are kept, one
        counts the others by team, one by unit.

        :return: ``months``, and ``teams`` with their ``scope``, ``name`` and a cell per
            month, as :meth:`_cell`
        """
        self.ensure_one()
        self.check_access("read")
        company = self.env.company
        scopes = [scope for scope in self._scopes(company) if scope["key"] != "own"]
        months = last_months(company._vip_month(event_time(self.env)), MONTHS)
        by = ["", "team_id"]
        if any(scope["key"].startswith("unit-") for scope in scopes):
            by.append("unit_id")
        known = self.env["vip.figure"]._over(company, [self.key], months, by)[self.key]
        rows = [
            {
                "scope": scope["key"],
                "name": scope["name"],
                "cells": [
                    self._cell(
                        known.get((*self._whose(scope["key"]), month), Numbers())
                    )
                    for month in months
                ],
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
