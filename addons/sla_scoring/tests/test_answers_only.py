import re
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.vip_service.controllers import answer as page
from odoo.addons.vip_service.engine.tries import Tries

from .common import APRIL, DUE, MARCH
from .test_question import AskingCase


@tagged("post_install", "-at_install")
class TestAnswersOnly(AskingCase):
    """Satisfaction is read from answers of clients, and host ratings feed nothing (B1)."""

    def setUp(self):
        super().setUp()
        self.held = self.breach(60).ticket_id
        self.rate(self.held, 1)

    def satisfaction(self):
        """Return what cards, team cards and KPI board say: all the same figure."""
        self.env["score.card"]._make_drafts(self.company, MARCH)
        self.env["score.team.card"]._make_drafts(self.company, MARCH)
        card = self.env["score.card"].search(
            [("user_id", "=", self.agent.id), ("month", "=", MARCH)]
        )
        team = self.env["score.team.card"].search(
            [("team_id", "=", self.team.id), ("month", "=", MARCH)]
        )
        return (card.satisfaction, card.rated_count), (
            team.satisfaction,
            team.rated_count,
        )

    def test_forged_ratings_move_no_figure(self):
        before = self.satisfaction()
        self.assertEqual(before, ((0, 1), (0, 1)))
        ratings = self.env["rating.rating"].with_user(self.agent)
        for number in range(6):
            forged = ratings.create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": self.held.id,
                    "rated_partner_id": self.agent.partner_id.id,
                    "partner_id": self.held.partner_id.id,
                    "rating": 5,
                    "consumed": True,
                }
            )
            forged.write({"rated_on": DUE + timedelta(minutes=number)})
        self.held.with_user(self.agent).message_post(body="Thanks!", rating_value=5)
        self.held.with_user(self.agent).rating_apply(5, rating=forged)
        self.env.flush_all()
        self.env.cr.execute("UPDATE rating_rating SET rated_on = %s", [DUE])
        self.assertEqual(self.satisfaction(), before)

    def test_a_second_answer_moves_no_figure(self):
        before = self.satisfaction()
        question = self.questions.search([("ticket_id", "=", self.held.id)])
        answer = {
            "question_id": question.id,
            "grade": 5,
            "channel": "mail",
            "answered_at": DUE,
            "words": "",
            "dimensions": {},
        }
        self.env["vip.answer"]._write_down([answer], DUE)
        self.assertEqual(self.satisfaction(), before)

    def test_moving_the_ticket_later_moves_no_answer(self):
        before = self.satisfaction()
        elsewhere = self.env["helpdesk.ticket.team"].create(
            {"name": "Elsewhere", "user_ids": [(6, 0, self.other.ids)]}
        )
        self.held.write({"team_id": elsewhere.id, "user_id": self.other.id})
        self.assertEqual(self.satisfaction(), before)
        self.env["score.team.card"]._make_drafts(self.company, MARCH)
        moved = self.env["score.team.card"].search([("team_id", "=", elsewhere.id)])
        self.assertFalse(sum(moved.mapped("rated_count")))

    def test_a_deleted_ticket_takes_no_answer_along(self):
        before = self.satisfaction()
        self.held.unlink()
        self.assertEqual(self.satisfaction()[0], before[0])

    def test_the_rows_behind_the_figure_are_answers(self):
        self.satisfaction()
        card = self.env["score.card"].search(
            [("user_id", "=", self.agent.id), ("month", "=", MARCH)]
        )
        action = card.action_facts("rated")
        self.assertEqual(action["res_model"], "vip.answer")
        rows = self.env["vip.answer"].search(action["domain"])
        self.assertEqual(rows.mapped("grade"), [1])

    def test_an_answer_to_a_closed_month_counts_in_the_next(self):
        self.company.score_locked_month = MARCH
        late = self.rate(self.breach(60).ticket_id, 5)
        self.assertEqual(late.answered_at, DUE)
        self.assertEqual(late.counted_at, datetime.combine(APRIL, datetime.min.time()))
        self.assertEqual(
            self.rate(self.held, 5, at=late.counted_at).counted_at.month, 4
        )


@tagged("post_install", "-at_install")
class TestLinksOfTheHost(HttpCase, AskingCase):
    """Links to rate, in old mails and in the portal, lead to our page and answer nothing."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(page, "ALL", Tries(most=1000, seconds=600)))
        self.ticket = self.tickets(1)
        self.ticket.stage_id = self.solved
        self.job()
        self.token = self.ticket.rating_ids.sudo().access_token

    def consumed(self):
        self.env.invalidate_all()
        return self.ticket.rating_ids.sudo().filtered("consumed")

    def test_a_link_of_the_host_answers_nothing_and_offers_a_new_mail(self):
        for grade in (1, 3, 5, 9):
            shown = self.url_open(f"/rate/{self.token}/{grade}")
            self.assertIn("Send me the link", shown.text)
        shown = self.url_open(f"/rate/{self.token}/submit_feedback?rate=5")
        self.assertIn("Send me the link", shown.text)
        self.assertFalse(self.consumed() or self.of(self.ticket).answer_ids)
        csrf = re.search('name="csrf_token" value="([^"]+)"', shown.text)[1]
        data = {"csrf_token": csrf, "token": self.token}
        for _number in range(5):
            response = self.url_open("/answer/again", data=data)
            self.assertIn("look into your mail", response.text)
            self.env.invalidate_all()
            self.job()
        self.assertEqual(self.of(self.ticket).mails, 3)
        self.assertEqual(len(self.asked(self.ticket)), 3)
        receivers = self.mails(self.ticket).recipient_ids
        self.assertEqual(receivers, self.ticket.partner_id)

    def test_an_unknown_link_of_the_host_looks_the_same(self):
        shown = self.url_open("/rate/unknown/5")
        self.assertIn("Send me the link", shown.text)
        csrf = re.search('name="csrf_token" value="([^"]+)"', shown.text)[1]
        data = {"csrf_token": csrf, "token": "unknown"}
        response = self.url_open("/answer/again", data=data)
        self.assertIn("look into your mail", response.text)

    def test_a_link_in_the_chatter_opens_nothing(self):
        name = f"question-{self.of(self.ticket).id}"
        shown = self.url_open(f"/rate/{name}/5")
        self.assertIn("Only the client can answer", shown.text)

    def test_who_was_asked_and_is_signed_in_goes_on_to_answer(self):
        partner = self.ticket.partner_id
        user = new_test_user(
            self.env,
            "asked_in_portal",
            groups="base.group_portal",
            partner_id=partner.id,
            password="asked_in_portal",
        )
        self.authenticate(user.login, user.login)
        response = self.url_open(f"/rate/{self.token}/5")
        self.assertTrue(
            response.url.endswith(f"/my/answer/{self.of(self.ticket).id}"), response.url
        )

    def test_ratings_of_other_records_stay_the_hosts(self):
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.ticket.partner_id.id,
                "partner_id": self.ticket.partner_id.id,
            }
        )
        shown = self.url_open(f"/rate/{rating.access_token}/5")
        self.assertIn("submit_feedback", shown.text)
