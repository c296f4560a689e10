from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestFeedback(VoiceCase):
    """What is said with words or a low grade gets a limit and an answer of its own."""

    def feedback(self, grade, words="", at=None):
        answer = self.give(self.question(), grade, words, at)
        return self.env["vip.feedback"].search([("answer_id", "=", answer.id)])

    def test_a_low_grade_opens_a_ticket_with_a_limit(self):
        feedback = self.feedback(2)
        ticket = feedback.ticket_id
        self.assertEqual((ticket.team_id, ticket.partner_id), (self.voice, self.asked))
        self.assertIn("2 of 5", ticket.name)
        [clock] = ticket.clock_ids
        self.assertEqual((clock.metric, clock.state), ("vip_voice.reply", "running"))
        self.assertEqual(clock.started_at, self.now)
        self.assertEqual(feedback.state, "open")

    def test_words_are_answered_also_with_a_good_grade(self):
        self.assertIn("Too slow", self.feedback(5, "Too slow").ticket_id.description)
        self.assertFalse(self.feedback(5))

    def test_what_a_client_writes_is_text(self):
        ticket = self.feedback(1, "<script>alert(1)</script>").ticket_id
        self.assertIn("&lt;script&gt;", ticket.description)

    def test_a_call_that_reaches_the_client_answers_it(self):
        feedback = self.feedback(1)
        at = self.now + timedelta(minutes=10)
        ticket = feedback.ticket_id._at(at)
        ticket._log_contact_by_hand("call", at, "Said sorry")
        feedback.invalidate_recordset()
        self.assertEqual(feedback.state, "answered")
        self.assertEqual(feedback.ticket_id.clock_ids.state, "met")
        states = self.env["vip.feedback"].search([("state", "in", ["answered"])])
        self.assertIn(feedback, states)

    def test_late_is_said(self):
        feedback = self.feedback(1)
        due = feedback.ticket_id.clock_ids.due_at
        later = feedback.with_context(
            **self.env["helpdesk.ticket"]._at(due + timedelta(hours=1)).env.context
        )
        self.assertEqual(later.state, "late")

    def test_nobody_opens_or_changes_feedback_by_hand(self):
        feedback = self.feedback(1)
        for role in ("agent", "manager", "admin"):
            mine = feedback.with_user(self.users[role])
            with self.assertRaises(AccessError):
                mine.write({"grade": 5})
            with self.assertRaises(AccessError):
                mine.create({"answer_id": feedback.answer_id.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(psycopg2.Error):
            with self.env.cr.savepoint():
                self.sql("UPDATE vip_feedback SET grade = 5 WHERE id = %s", feedback.id)

    def test_history_is_counted_and_opens_nothing(self):
        question = self.question()
        answers = self.env["vip.answer"]._write_down(
            [
                {
                    "question_id": question.id,
                    "grade": 1,
                    "channel": "sms",
                    "source": "List",
                    "answered_at": self.now - timedelta(days=30),
                    "words": "",
                    "dimensions": {},
                }
            ],
            self.now,
        )
        self.assertTrue(answers.counts)
        found = self.env["vip.feedback"].search([("answer_id", "=", answers.id)])
        self.assertFalse(found)

    def test_without_a_team_nothing_is_opened(self):
        self.company.vip_voice_team_id = False
        self.assertFalse(self.feedback(1))

    def test_the_threshold_is_the_company_s(self):
        self.company.vip_low_grade = 1
        self.assertFalse(self.feedback(2))

    def test_a_home_counts_what_waits(self):
        self.feedback(1)
        home = self.env["vip.home"].with_user(self.manager)
        home = home.with_context(allowed_company_ids=self.company.ids)
        tiles = {tile["key"]: tile for tile in home.page("manager")["tiles"]}
        self.assertEqual(tiles["vip_voice/feedback"]["count"], 1)
