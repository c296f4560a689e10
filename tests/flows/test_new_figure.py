"""A new figure is a class of the addon that knows it, and nothing else is touched.

Here it is the share of urgent requests, of which nobody else knows: cards weigh it, awards
and limits compare it, the board follows it, the workbook shows it, months keep it.
"""

import io
from datetime import datetime, timedelta

import openpyxl

from odoo import api, models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sla_scoring.tests.common import DUE, MARCH, ScoreCase
from odoo.addons.vip_base.engine.figure import Count, Share
from odoo.addons.vip_base.tools.times import at_context


class Requested(models.AbstractModel):
    """A request, of who holds it; value 1: an urgent one."""

    _module = None
    _name = "vip.occurrence.requested"
    _inherit = "vip.occurrence"
    _description = "Request"
    _kind = "requested"
    _rows_of = "helpdesk.ticket"
    _dimensions = ("user_id", "team_id", "ticket_id")

    @api.model
    def _label(self):
        return "Requests"

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT t.opened_at AS at, t.user_id, t.team_id, t.id AS record_id,
               t.id AS ticket_id, (t.priority = '3')::integer AS value
          FROM helpdesk_ticket t WHERE t.company_id = %s AND %s""",
            stretch.company.id,
            stretch.during(SQL("t.opened_at")),
        )


class Urgency(models.AbstractModel):
    """Of all requests, the urgent ones."""

    _module = None
    _name = "vip.figure.urgency"
    _inherit = "vip.figure"
    _description = "Urgency"
    _key = "urgency"
    _formula = Share(Count("requested", only="value = 1"), of=(Count("requested"),))
    _unit = "percent"
    _least = 4

    @api.model
    def _label(self):
        return "Urgent %"


@tagged("post_install", "-at_install")
class TestNewFigure(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for model in (Requested, Urgency):
            add_to_registry(cls.registry, model)
            cls.addClassCleanup(cls._forget, model)
        cls.registry._setup_models__(cls.env.cr, [])
        cls.registry.clear_cache()
        cls.env["score.card.template"].search([]).active = False
        cls.template = cls.env["score.card.template"].create(
            {
                "name": "Urgent",
                "date_from": "2000-01-01",
                "component_ids": [
                    (0, 0, {"key": "urgency", "weight": 1, "floor": 0, "target": 100})
                ],
            }
        )
        cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": "Request",
                    "description": "Request",
                    "user_id": user.id,
                    "team_id": cls.team.id,
                    "priority": priority,
                    "opened_at": DUE,
                }
                for user, priority in (
                    *((cls.agent, "3"), (cls.agent, "3"), (cls.agent, "1")),
                    *((cls.other, "1"), (cls.other, "3")),
                )
            ]
        )
        cls.env.flush_all()

    @classmethod
    def _forget(cls, model):
        for parent in model._inherit:
            cls.registry[parent]._inherit_children.discard(model._name)
        del cls.registry.models[model._name]
        cls.registry._setup_models__(cls.env.cr, [])
        cls.registry.clear_cache()

    def card(self, user=None):
        self.env["score.card"]._refresh(self.company, MARCH)
        return self.env["score.card"].search(
            [("user_id", "=", (user or self.agent).id), ("month", "=", MARCH)]
        )

    def test_a_card_weighs_it_and_opens_its_rows(self):
        card = self.card()
        [part] = card.card_page()["parts"]
        self.assertEqual((part["name"], part["value"]), ("Urgent %", 66.6667))
        self.assertEqual(
            (card.score, part["facts"]), (66.67, [("requested", "Requests")])
        )
        action = card.action_facts("requested")
        rows = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(rows), 3)

    def test_a_team_has_it_too(self):
        self.env["score.team.card"]._refresh(self.company, MARCH)
        domain = [("team_id", "=", self.team.id), ("month", "=", MARCH)]
        card = self.env["score.team.card"].search(domain)
        self.assertEqual((card.score, card._measured("urgency")), (60, 60))

    def test_awards_and_limits_compare_it(self):
        award = self.env["score.award.rule"].create(
            {
                "name": "Urgent",
                "points": 1,
                "min_promises": 0,
                "criterion_ids": [(0, 0, {"key": "urgency"})],
            }
        )
        limit = self.env["score.measure.rule"].create(
            {"name": "Calm", "basis": "urgency", "threshold": 60}
        )
        cards = self.card() | self.card(self.other)
        figures = [award.criterion_ids._figure(card) for card in cards]
        self.assertEqual(figures, [66.6667, 50])
        self.assertEqual(award._told([50]), "Urgent % 50.00")
        self.assertEqual(limit._passed(cards, MARCH), [(cards[1], 50)])

    def test_the_board_follows_it_and_months_keep_it(self):
        kpi = self.env["score.kpi"].create(
            {"name": "Urgent", "key": "urgency", "target": 50}
        )
        at = at_context(datetime(2024, 4, 2))

        def told():
            found = kpi.with_context(**at).kpi_board("company")["kpis"]
            row = next(row for row in found if row["id"] == kpi.id)
            return row["series"][-2], kpi.with_context(**at).kpi_teams()["teams"]

        march, teams = told()
        self.assertEqual((march["value"], march["of"], march["is_few"]), (60, 5, False))
        self.assertEqual(teams[1]["cells"][-2]["value"], 60)
        self.env["vip.figure.month"]._keep(self.company, MARCH)
        self.assertEqual(told(), (march, teams))
        action = kpi.kpi_tickets("company", MARCH)
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        self.assertEqual(len(action["domain"][0][2]), 5)

    def test_the_workbook_shows_it(self):
        close = self.env["score.close"].create({"month": MARCH})
        book = openpyxl.load_workbook(io.BytesIO(close._workbook()))
        heads, *rows = book.worksheets[0].values
        place = heads.index("Urgent %")
        shown = {row[1]: row[place] for row in rows}
        self.assertEqual((shown["score_agent"], shown["score_other"]), (66.7, 50))

    def test_of_too_few_it_is_not_judged_and_says_how_sure_it_is(self):
        kpi = self.env["score.kpi"].create(
            {"name": "Urgent", "key": "urgency", "target": 50}
        )
        at = at_context(DUE + timedelta(days=1))
        own = kpi.with_user(self.agent).with_context(**at).kpi_board("own")["kpis"]
        row = next(row for row in own if row["id"] == kpi.id)
        self.assertEqual((row["of"], row["least"], row["is_few"]), (3, 4, True))
        low, high = row["interval"]
        self.assertTrue(0 < low < row["value"] < high < 100)

    def test_what_names_a_figure_that_is_gone_goes_on_without_it(self):
        self.env["score.kpi"].create({"name": "Gone", "key": "urgency", "target": 50})
        self.env.flush_all()
        self.env.cr.execute("UPDATE score_kpi SET key = 'gone' WHERE key = 'urgency'")
        self.env.cr.execute(
            "UPDATE score_card_component SET key = 'gone' WHERE template_id = %s",
            [self.template.id],
        )
        self.env.invalidate_all()
        kpis = self.env["score.kpi"].kpi_board("company")["kpis"]
        self.assertTrue(kpis)
        self.assertNotIn("gone", [row["key"] for row in kpis])
        card = self.card()
        self.assertFalse(card.is_scored)
        self.assertEqual(card.card_page()["parts"][0]["name"], "gone")
