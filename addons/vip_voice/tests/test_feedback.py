from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError
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

    # What it came from (REQUIREMENTS V4)

    def decided(self, feedback, cause="vip_voice.cause_people"):
        causes = self.env["vip.case.cause"].with_user(self.manager)
        return causes.create(
            {"ticket_id": feedback.ticket_id.id, "cause_id": self.env.ref(cause).id}
        )

    def test_a_low_grade_is_finished_only_with_a_cause(self):
        feedback = self.feedback(1)
        ticket = feedback.ticket_id.with_user(self.manager)
        self.assertTrue(feedback.lacks_cause)
        with self.assertRaisesRegex(UserError, "came from"):
            with self.env.cr.savepoint():
                ticket.stage_id = self.done
        acts = ticket._sla_bars(["solve"])["solve"]
        self.assertIn("came from", acts[ticket.id])
        self.decided(feedback)
        feedback.invalidate_recordset()
        self.assertFalse(feedback.lacks_cause)
        self.assertNotIn(ticket.id, ticket._sla_bars(["solve"])["solve"])
        ticket.stage_id = self.done
        self.assertTrue(ticket.stage_id.closed)

    def test_words_with_a_good_grade_need_no_cause(self):
        feedback = self.feedback(5, "Kind")
        self.assertFalse(feedback.lacks_cause)
        feedback.ticket_id.with_user(self.manager).stage_id = self.done

    def test_a_client_may_close_what_it_said_and_it_stays_in_sight(self):
        feedback = self.feedback(1)
        feedback.ticket_id.sudo().stage_id = self.done
        lacking = self.env["vip.feedback"].search([("lacks_cause", "=", True)])
        self.assertIn(feedback, lacking)
        decided = self.feedback(2)
        self.decided(decided)
        found = self.env["vip.feedback"].search([("lacks_cause", "=", False)])
        self.assertIn(decided, found)
        self.assertNotIn(feedback, found)

    def test_like_cases_propose_a_cause_and_a_person_decides(self):
        first = self.feedback(1)
        self.assertFalse(first.proposed_cause_id)
        item = self.env["helpdesk.ticket.category"].create({"name": "Item"})
        asked = self.question(category_id=item.id)
        answer = self.give(asked, 1)
        feedback = self.env["vip.feedback"].search([("answer_id", "=", answer.id)])
        self.decided(feedback, "vip_voice.cause_system")
        other = self.give(self.question(category_id=item.id), 1)
        like = self.env["vip.feedback"].search([("answer_id", "=", other.id)])
        self.assertEqual(like.proposed_cause_id, self.env.ref("vip_voice.cause_system"))
        window = like.with_user(self.manager).action_cause()
        self.assertEqual(
            window["context"],
            {
                "default_ticket_id": like.ticket_id.id,
                "default_cause_id": like.proposed_cause_id.id,
            },
        )
        self.assertFalse(like.cause_line_ids)

    def test_the_cause_is_a_next_action_until_it_is_decided(self):
        feedback = self.feedback(1)
        ticket = feedback.ticket_id
        ticket.user_id = self.agent
        mine = ticket.with_user(self.agent)
        verbs = [action["verb"] for action in mine.vip_next_actions]
        self.assertIn("cause", verbs)
        self.decided(feedback)
        mine.invalidate_recordset()
        verbs = [action["verb"] for action in mine.vip_next_actions or []]
        self.assertNotIn("cause", verbs)

    def test_the_client_s_page_shows_what_was_said(self):
        self.feedback(1, "Slow")
        self.give(self.question(), 5)
        self.env.flush_all()
        client = self.asked.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        )
        section = client.client_360_section("voice")
        self.assertEqual((section["asked"], section["answered"]), (2, 2))
        kinds = {line["kind"]: line for line in section["lines"]}
        self.assertEqual(set(kinds), {"vip.feedback", "vip.answer"})
        self.assertEqual(kinds["vip.feedback"]["note"], "Slow")
        self.assertEqual(kinds["vip.feedback"]["tone"], "moving")
        story = client.client_360_section("story")["lines"]
        kinds = [line["kind"] for line in story]
        self.assertIn("voice_feedback", kinds)
