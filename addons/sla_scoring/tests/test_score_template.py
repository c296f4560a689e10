from datetime import timedelta

import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import APRIL, DUE, MARCH, ScoreCase

CLOSING = DUE.replace(month=4, day=2)


@tagged("post_install", "-at_install")
class TestScoreTemplate(ScoreCase):
    """What a card weighs, and what it keeps of it (REQUIREMENTS P4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env["score.card.template"].create(
            {
                "name": "Ours",
                "company_id": cls.company.id,
                "date_from": MARCH,
                "min_tickets": 2,
                "component_ids": [
                    (0, 0, {"key": key, "weight": weight, "floor": low, "target": high})
                    for key, weight, low, high in (
                        ("satisfaction", 50, 50, 100),
                        ("volume", 30, 0, 4),
                        ("total", 20, -1, 0),
                    )
                ],
            }
        )

    def card(self, user=None, month=MARCH):
        self.env["score.card"]._make_drafts(self.company, month)
        return self.env["score.card"].search(
            [("user_id", "=", (user or self.agent).id), ("month", "=", month)]
        )

    def test_the_score_is_the_weighted_mean_of_the_lines(self):
        ticket = self.posted(60).ticket_id
        for value in (5, 5, 5, 1):
            self.rate(ticket, value)
        card = self.card()
        # 75 % satisfied: 50; 1 of 4 tickets: 25; half a point lost: 50.
        self.assertEqual(card.score, 50 * 0.5 + 25 * 0.3 + 50 * 0.2)

    def test_without_ratings_the_other_weights_grow_and_the_card_says_so(self):
        self.posted(60)
        card = self.card()
        self.assertEqual(card.score, (25 * 30 + 50 * 20) / 50)
        part = card.card_page()["parts"][0]
        self.assertEqual((part["key"], part["result"]), ("satisfaction", None))
        self.assertEqual(sum(part["share"] for part in card.details["parts"]), 100)

    def test_too_small_a_sample_is_shown_but_not_ranked(self):
        self.posted(60)
        few = self.card()
        for _number in range(2):
            self.posted(60, holds=[(self.other, 60)])
        many = self.card(self.other)
        self.assertEqual((few.is_scored, few.is_ranked, few.rank), (True, False, 0))
        self.assertEqual((many.is_ranked, many.rank), (True, 1))

    def test_a_template_begins_with_its_month(self):
        self.template.date_from = APRIL
        self.posted(60)
        shipped = self.env.ref("sla_scoring.score_card_template_shipped")
        self.assertEqual(self.card().template_id, shipped)

    def test_editing_a_template_changes_no_closed_card(self):
        self.posted(60)
        card = self.card()
        card._close(CLOSING, by=self.manager)
        known = card.score, card.details
        self.template.component_ids.write({"weight": 1})
        self.card()
        self.assertEqual((card.score, card.details), known)
        self.assertEqual(card.details["template"]["components"][0]["weight"], 50)

    def test_a_closed_card_keeps_the_ids_behind_each_number(self):
        breach = self.breach(60)
        self.charge(breach)._post(DUE + timedelta(days=10))
        rating = self.rate(breach.ticket_id, 5)
        card = self.card()
        card._close(CLOSING, by=self.manager)
        ids = card.details["ids"]
        self.assertEqual(ids["missed"], breach.ids)
        self.assertEqual(ids["solved"], breach.ticket_id.ids)
        self.assertEqual(ids["rated"], rating.ids)
        action = card.action_facts("missed")
        self.assertEqual(action["domain"], [("id", "in", breach.ids)])

    def test_a_ticket_taken_up_again_was_not_solved(self):
        ticket = self.breach(60).ticket_id
        self.breach(60)
        card = self.card()
        self.assertEqual((card.kept_count, card.open_count, card.solving), (2, 0, 100))
        self._span(ticket, DUE + timedelta(days=1), self.agent)
        card = self.card()
        self.assertEqual((card.volume, card.kept_count, card.open_count), (2, 1, 1))
        self.assertEqual(card.solving, 50)

    def test_what_waits_for_the_client_is_not_left_open(self):
        ticket = self.breach(60).ticket_id
        self._span(ticket, DUE + timedelta(days=1), self.agent, waiting_on="client")
        self.assertEqual(self.card().open_count, 0)

    def test_hints_name_what_would_help_most(self):
        self.posted(60)
        page = self.card().with_user(self.agent).card_page()
        self.assertEqual([part["key"] for part in page["hints"]], ["volume", "total"])
        self.assertEqual(page["hints"][0]["gain"], 45)
        self.assertEqual(page["trend"][-1]["score"], page["score"])

    def test_a_team_is_measured_per_agent(self):
        self.posted(60)
        self.posted(60, holds=[(self.other, 60)])
        self.env["score.team.card"]._refresh(self.company, MARCH)
        card = self.env["score.team.card"].search(
            [("team_id", "=", self.team.id), ("month", "=", MARCH)]
        )
        self.assertEqual((card.volume, card.total, card.agent_count), (2, -1, 2))
        values = {part["key"]: part["value"] for part in card.details["parts"]}
        self.assertEqual((values["volume"], values["total"]), (1, -0.5))
        self.assertEqual(card.card_page()["score"], card.score)

    def test_a_template_needs_a_weight_and_two_ends(self):
        with self.assertRaises(ValidationError):
            self.template.component_ids.write({"weight": 0})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
        ):
            self.template.component_ids[0].floor = 100
            self.env.flush_all()
