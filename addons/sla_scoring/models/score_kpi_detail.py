from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.engine.figure import Numbers
from odoo.addons.vip_base.models.figure.vip_figure_month import MONTHS
from odoo.addons.vip_base.tools.times import (
    add_months,
    event_time,
    last_months,
    month_end,
)

#: The share of promises kept: net of what is excused, and gross.
NET, GROSS = "timeliness", "timeliness_gross"
#: What the two call a promise that was missed.
MISSED = {NET: "missed", GROSS: "missed_gross"}
#: So many things that moved the figure are told.
MOVERS = 4
#: Ages of open tickets in seconds of working time: each up to this, the last beyond.
HOUR = 3600
AGES = (HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR)
#: What a row behind a number may be asked by.
CELL = ("category_id", "tier_id", "team_id")


class Open(NamedTuple):
    """A ticket that is open: since when (epoch), who holds it, whether it waits."""

    id: int
    opened: int | None
    user_id: int | None
    waits: bool


class ScoreKpi(models.Model):
    """Promises kept, in detail: by item and tier, by team, and what moved the figure.

    All of it comes from the figures and what they count; what is open is counted now.
    """

    _inherit = "score.kpi"

    @api.model
    def kpi_detail(self, scope, month, gross=False):
        """Return what the board shows of promises in a month.

        :param scope: as for :meth:`kpi_board`
        :param month: first day of the month, a date or its text
        :param gross: with what is excused
        :return: ``target``, ``tiers``, ``items`` with their cells, ``series`` net and
            gross, ``marks``, ``moved``, ``teams``, ``open``
        :raise AccessError: a scope that is not the user's
        """
        company = self.env.company
        month = self._month_in(month)
        self._check_scope(scope, self._scopes(company))
        key = GROSS if gross else NET
        whose = self._whose(scope)
        before = add_months(month, -1)
        figures = self.env["vip.figure"]
        matrix = figures._matrix(
            company, key, [month], "category_id", "tier_id", *whose
        )
        by_team = figures._matrix(
            company, key, [before, month], "category_id", "team_id", *whose
        )
        kpi = self._of(company).filtered(lambda one: one.key == NET)[:1]
        return {
            "net": NET,
            "target": kpi.target or None,
            "least": figures._all()[key]._least,
            **self._detail_matrix(key, month, matrix),
            "series": self._detail_series(company, scope),
            "marks": self._detail_marks(company),
            "moved": self._detail_moved(key, month, before, by_team),
            "before": fields.Date.to_string(before),
            "teams": self._detail_teams(key, month, by_team),
            "open": self._detail_open(company, whose),
        }

    # Kept by item and tier

    def _detail_matrix(self, key, month, matrix):
        """Return the tiers, highest first, and the items with a cell for each."""
        tier_ids = {column for _month, _row, column in matrix if column is not None}
        item_ids = {row for _month, row, _column in matrix if row is not None}
        # As superuser: names alone, also of what is archived by now.
        tiers = self.env["vip.tier"].sudo().browse(tier_ids - {0}).exists()
        tiers = tiers.sorted("rank", reverse=True)
        items = self.env["helpdesk.ticket.category"].sudo().browse(item_ids - {0})
        names = {item.id: item.display_name for item in items.exists()}
        names[0] = self.env._("No service item")
        columns = [*tiers.ids, *([0] if 0 in tier_ids else []), None]

        def cells(row):
            return [
                {
                    **self._detail_cell(key, matrix.get((month, row, column))),
                    "id": column,
                }
                for column in columns
            ]

        rows = [
            {"id": row, "name": names[row], "cells": cells(row)}
            for row in item_ids
            if row in names
        ]
        rows.sort(key=lambda one: (-one["cells"][-1]["of"], one["name"]))
        return {
            "tiers": [
                *(tier._client_360_badge() for tier in tiers),
                *([{"id": 0, "name": self.env._("No tier")}] if 0 in tier_ids else []),
            ],
            "items": rows,
            "all": cells(None),
        }

    @api.model
    def _detail_cell(self, key, numbers):
        """Return a number of the figure as it is shown."""
        numbers = numbers or Numbers()
        figure = self.env["vip.figure"]._all()[key]
        value = numbers.value
        return {
            "value": None if value is None else round(float(value), 1),
            "of": numbers.of,
            "count": numbers.about,
            "is_few": figure._is_few(numbers),
        }

    # Twelve months, with what began in them

    def _detail_series(self, company, scope):
        """Return net and gross of twelve months, the present last."""
        months = last_months(company._vip_month(event_time(self.env)), MONTHS)
        dimension, record_id = self._whose(scope)
        known = self.env["vip.figure"]._over(
            company, [NET, GROSS], months, (dimension,), record_id
        )
        return [
            {
                "month": fields.Date.to_string(month),
                **{
                    name: self._detail_cell(
                        key, known[key].get((dimension, record_id, month))
                    )
                    for name, key in (("net", NET), ("gross", GROSS))
                },
            }
            for month in months
        ]

    def _detail_marks(self, company):
        """Return what began in one of the months that another judgement comes of.

        To be extended: ``month`` (text of its first day), ``text``.
        """
        months = last_months(company._vip_month(event_time(self.env)), MONTHS)
        first, last = months[0], month_end(months[-1])
        during = [("date_from", ">=", first), ("date_from", "<=", last)]
        own = [("company_id", "in", [False, company.id])]
        # As superuser: names and days alone, which are no secret in the service.
        policies = self.env["sla.policy"].sudo()
        policies = policies.search([*during, *own, ("is_draft", "=", False)])
        ladders = self.env["vip.ladder.version"].sudo()
        ladders = ladders.search([*during, *own, ("state", "=", "in_force")])
        found = {}
        for record, text in (
            *((one, self.env._("policy %s", one.name)) for one in policies),
            *((one, one.display_name) for one in ladders),
        ):
            month = fields.Date.to_string(record.date_from.replace(day=1))
            found.setdefault(month, []).append(text)
        return [
            {"month": month, "text": " · ".join(sorted(texts))}
            for month, texts in sorted(found.items())
        ]

    # What moved it

    def _detail_moved(self, key, month, before, by_team):
        """Return what moved the figure most since the month before, in its points.

        The share missed of an item in a team, of all that was promised: these differences
        add up exactly to that of the figure.
        """
        total = {
            one: by_team.get((one, None, None), Numbers()) for one in (before, month)
        }
        if not all(numbers.of for numbers in total.values()):
            return []
        places = {
            (row, column)
            for _month, row, column in by_team
            if row is not None and column is not None
        }
        moved = []
        for row, column in places:
            now, then = (
                by_team.get((one, row, column), Numbers()) for one in (month, before)
            )
            missed, was = (numbers.of - (numbers.part or 0) for numbers in (now, then))
            points = 100 * (was / total[before].of - missed / total[month].of)
            if round(points, 1):
                moved.append(
                    {
                        "points": round(points, 1),
                        "category_id": row,
                        "team_id": column,
                        "missed": missed,
                        "of": now.of,
                        "missed_before": was,
                        "of_before": then.of,
                    }
                )
        moved.sort(key=lambda one: -abs(one["points"]))
        return [{**one, "name": self._place_name(one)} for one in moved[:MOVERS]]

    def _place_name(self, place):
        # As superuser: names alone.
        item = self.env["helpdesk.ticket.category"].sudo()
        item = item.browse(place["category_id"]).exists()
        team = self.env["helpdesk.ticket.team"].sudo().browse(place["team_id"]).exists()
        names = [
            item.display_name or self.env._("No service item"),
            team.display_name or self.env._("No team"),
        ]
        return " · ".join(names)

    # By team, and what is open

    def _detail_teams(self, key, month, by_team):
        """Return the figure of each team, those below first."""
        ids = {column for one, _row, column in by_team if one == month and column}
        # As superuser: names alone.
        teams = self.env["helpdesk.ticket.team"].sudo().browse(ids).exists()
        rows = [
            {
                "id": team.id,
                "name": team.display_name,
                **self._detail_cell(key, by_team.get((month, None, team.id))),
            }
            for team in teams
        ]
        rows.sort(key=lambda row: (row["is_few"], row["value"] or 0, row["name"]))
        return rows

    def _detail_open(self, company, whose):
        """Return the tickets that are open now: ages, who has them, which wait or are late."""
        at = event_time(self.env)
        of_scope = self._scope_domain(company, whose)
        rows = self._open_rows(of_scope)
        now = to_epoch(at)
        # As superuser: working hours are no secret, agents may not read calendars.
        calendar = company.sudo().resource_calendar_id
        begun = [row.opened for row in rows if row.opened]
        worked = calendar._certain_worktime(company, min(begun, default=now))
        ids = [[] for _age in (*AGES, None)]
        for row in rows:
            age = 0
            if row.opened and row.opened < now:
                age = worked.between(row.opened, now)
            ids[sum(age >= limit for limit in AGES)].append(row.id)
        # As superuser: as those that are open; what is late is what the queue calls so.
        late = self.env["helpdesk.ticket"].sudo()
        late = late.search(of_scope & Domain("sla_due_at", "<", at))
        return {
            "ages": [{"ids": found} for found in ids],
            "ids": [row.id for row in rows],
            "waiting": [row.id for row in rows if row.waits],
            "late": late.ids,
            "longest": fields.Datetime.to_string(
                min(filter(None, late.mapped("sla_due_at")), default=None)
            ),
            "people": self._open_people(rows, set(late.ids)),
        }

    def _open_people(self, rows, late):
        """Return who holds what is open, who has most that is late first.

        :param rows: :class:`Open` of the tickets
        :param late: ids of those that are late
        """
        held = {}
        for row in rows:
            held.setdefault(row.user_id or 0, []).append(row.id)
        # As superuser: names alone, of whom is gone as well.
        users = self.env["res.users"].sudo().browse(held.keys() - {0})
        names = {user.id: user.name for user in users.exists()}
        people = [
            {
                "id": user_id,
                "name": names.get(user_id) or self.env._("Nobody"),
                "ids": ids,
                "late": [one for one in ids if one in late],
            }
            for user_id, ids in held.items()
        ]
        people.sort(key=lambda one: (-len(one["late"]), -len(one["ids"]), one["name"]))
        return people

    @api.model
    def _scope_domain(self, company, whose):
        """Return the domain of the tickets of a company that count for a scope."""
        dimension, record_id = whose
        domain = Domain("company_id", "=", company.id)
        if dimension == "unit_id":
            # As superuser: which units belong to one; the scope was checked.
            units = self.env["vip.unit"].sudo().search([("id", "child_of", record_id)])
            return domain & Domain("team_id.unit_id", "in", units.ids)
        return domain & Domain(dimension, "=", record_id) if dimension else domain

    @api.model
    def _open_rows(self, of_scope):
        """Return :class:`Open` of the tickets that somebody still has to solve."""
        domain = (
            of_scope
            & Domain("stage_id", "in", self.env["helpdesk.ticket.stage"]._open_ids())
            & Domain("stage_id.cancels", "=", False)
            & Domain("stage_id.solved", "=", False)
        )
        # As superuser: ids and ages; the scope was checked, and rows open by own rights.
        tickets = self.env["helpdesk.ticket"].sudo()
        waits = tickets.env["helpdesk.ticket.stage"].search(
            Domain("waiting_on", "!=", False)
        )
        query = tickets._search(domain)
        ticket, opened, user, stage = (
            tickets._field_to_sql(query.table, name, query)
            for name in ("id", "opened_at", "user_id", "stage_id")
        )
        rows = self.env.execute_query(
            query.select(
                ticket,
                SQL("EXTRACT(EPOCH FROM %s)::bigint", opened),
                user,
                SQL("%s = ANY(%s)", stage, waits.ids),
            )
        )
        return [Open(*row) for row in sorted(rows)]

    # The rows behind

    @api.model
    def kpi_rows(self, scope, month, cell, gross=False, missed=False):
        """Return the window with the tickets behind one number of the details.

        :param scope: as for :meth:`kpi_board`
        :param month: first day of the month, a date or its text
        :param cell: {``category_id``, ``tier_id`` or ``team_id``: id}; 0 is none
        :param missed: only those with a promise missed
        """
        company = self.env.company
        month = self._month_in(month)
        self._check_scope(scope, self._scopes(company))
        if not isinstance(cell, dict) or not cell.keys() <= set(CELL):
            raise UserError(self.env._("This is no number of the board."))
        key = GROSS if gross else NET
        figure = self.env["vip.figure"]._all()[key]
        kinds = [MISSED[key]] if missed else None
        cell = {name: int(value) for name, value in cell.items()}
        model, ids = figure._behind_cell(
            company, month, cell, kinds, self._whose(scope)
        )
        return {
            "type": "ir.actions.act_window",
            "name": figure._label(),
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", ids)],
            # Closed and archived tickets count as well.
            "context": {"active_test": False},
        }
