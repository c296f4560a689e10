from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.vip_voice.tests.voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestSurvey(VoiceCase):
    """A questionnaire that a client has finished is an answer, once, and by nobody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attitude = cls.env.ref("vip_service.dimension_attitude")
        scale = {"question_type": "scale", "scale_min": 1, "scale_max": 5}
        cls.survey = cls.env["survey.survey"].create(
            {
                "title": "More about it",
                "access_mode": "token",
                "question_and_page_ids": [
                    (0, 0, {"title": "All in all?", **scale}),
                    (0, 0, {"title": "How kind?", **scale}),
                    (0, 0, {"title": "Anything else?", "question_type": "text_box"}),
                ],
            }
        )
        cls.whole, cls.kind, cls.words = cls.survey.question_ids
        cls.kind.vip_dimension_id = cls.attitude
        cls.asked_by = cls.plan(
            survey_id=cls.survey.id,
            survey_grade_id=cls.whole.id,
            dimension_ids=[(6, 0, cls.attitude.ids)],
        )

    def offered(self, grade=4):
        """Return a questionnaire of a client who has answered the one question."""
        ticket = self.closed()
        question = self.ask()[1][ticket]
        question._ask(self.now)
        self.give(question, grade)
        inputs = self.env["survey.user_input"]
        return inputs.search([("vip_question_id", "=", question.id)])

    def finish(self, offered, grade=2, kind=3, words="Too long"):
        for question, answer in ((self.whole, grade), (self.kind, kind)):
            if answer:
                offered._save_lines(question, str(answer))
        if words:
            offered._save_lines(self.words, words)
        at = self.now + timedelta(minutes=1)
        with patch.object(fields.Datetime, "now", lambda *_args: at):
            offered.sudo()._mark_done()

    def answers(self, offered):
        return offered.vip_question_id.answer_ids.sorted("id")

    def test_it_is_offered_to_who_has_answered_by_own_hand(self):
        offered = self.offered()
        self.assertEqual((len(offered), offered.survey_id), (1, self.survey))
        self.assertEqual(offered.partner_id, self.asked)
        link = offered.vip_question_id._survey_link()
        self.assertIn(offered.access_token, link)

    def test_finished_it_stands_beside_the_first_answer_with_its_source(self):
        offered = self.offered()
        self.finish(offered)
        first, second = self.answers(offered)
        self.assertTrue(first.counts)
        self.assertEqual(
            (second.grade, second.channel, second.counts), (2, "survey", False)
        )
        self.assertIn("More about it", second.source)
        self.assertEqual(second.words, "Too long")
        graded = [(one.dimension_id, one.grade) for one in second.grade_ids]
        self.assertEqual(graded, [(self.attitude, 3)])
        self.assertFalse(offered.vip_question_id._survey_link())

    def test_it_is_copied_once(self):
        offered = self.offered()
        self.finish(offered)
        offered.sudo().state = "in_progress"
        self.finish(offered)
        self.assertEqual(len(self.answers(offered)), 2)

    def test_without_a_grade_nothing_is_copied(self):
        offered = self.offered()
        self.finish(offered, grade=None)
        self.assertEqual(len(self.answers(offered)), 1)

    def test_nobody_forges_one(self):
        offered = self.offered()
        officer = new_test_user(
            self.env, "officer", groups="base.group_user,survey.group_survey_manager"
        )
        inputs = self.env["survey.user_input"].with_user(officer)
        self.assertFalse(inputs.search([("id", "=", offered.id)]))
        with self.assertRaises(AccessError):
            inputs.browse(offered.id).read(["access_token"])
        with self.assertRaises(AccessError):
            inputs.create(
                {
                    "survey_id": self.survey.id,
                    "vip_question_id": offered.vip_question_id.id,
                }
            )
        own = inputs.create({"survey_id": self.survey.id})
        with self.assertRaises(AccessError):
            own.write({"vip_question_id": offered.vip_question_id.id})
        own.write({"state": "done"})
        offered.sudo().state = "done"
        self.assertEqual(len(self.answers(offered)), 1)
        self.assertIn(offered, inputs.search([("id", "=", offered.id)]))

    def test_one_of_us_who_finishes_it_answers_nothing(self):
        offered = self.offered()

        class Request:
            env = self.env(user=self.agent)

        where = "odoo.addons.vip_voice_survey.models.survey_user_input.request"
        with patch(where, Request()):
            self.finish(offered)
        self.assertEqual(len(self.answers(offered)), 1)

    def test_a_plan_says_which_question_gives_the_grade(self):
        with self.assertRaises(ValidationError):
            self.asked_by.survey_grade_id = self.words
        self.whole.scale_max = 10
        with self.assertRaises(ValidationError):
            self.asked_by.purpose = "closing"
        with self.assertRaises(ValidationError):
            self.kind.scale_max = 7

    def test_without_a_questionnaire_nothing_is_offered(self):
        self.asked_by.write({"survey_id": False, "survey_grade_id": False})
        self.assertFalse(self.offered())
