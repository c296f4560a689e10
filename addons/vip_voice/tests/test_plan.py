from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .voice_case import VoiceCase


@tagged("post_install", "-at_install")
class TestPlan(VoiceCase):
    """Who is asked by a plan, and who is not."""

    def test_a_closing_is_asked_about_once(self):
        plan = self.plan()
        ticket = self.closed()
        counts, found = self.ask()
        self.assertEqual(counts, (1, 0))
        question = found[ticket]
        self.assertEqual((question.state, question.plan_id), ("waiting", plan))
        self.assertEqual(question.user_id, self.agent)
        self.assertEqual(question.closed_at, self.now - timedelta(minutes=60))
        self.assertEqual(self.ask()[0], (0, 0))

    def test_the_mail_names_its_question_and_has_a_link_for_each_grade(self):
        self.plan()
        ticket = self.closed()
        question = self.ask()[1][ticket]
        question._ask(self.now)
        self.assertEqual(question.state, "asked")
        body = question.message_id.body
        for grade in range(1, 6):
            self.assertIn(f"/answer/question-{question.id}/{grade}", body)

    def test_a_team_of_the_voice_asks_nothing(self):
        self.plan()
        ticket = self.closed(team_id=self.voice.id)
        self.assertEqual(self.ask(), ((0, 0), {}))
        template = self.env.ref("vip_voice.mail_template_closing")
        at = self.now - timedelta(minutes=60)
        self.assertFalse(self.env["vip.question"]._queue(ticket, [template], at))

    def test_where_plans_ask_the_mail_of_a_stage_does_not(self):
        template = self.env.ref("vip_voice.mail_template_closing")
        at = self.now - timedelta(minutes=60)
        plan = self.plan()
        ticket = self.closed()
        queue = self.env["vip.question"]._queue
        self.assertFalse(queue(ticket, [template], at))
        plan.active = False
        self.assertTrue(queue(ticket, [template], at))

    def test_a_plan_may_ask_of_some_only(self):
        item, below, other = self.env["helpdesk.ticket.category"].create(
            [{"name": "Item"}, {"name": "Below"}, {"name": "Other"}]
        )
        below.parent_id = item
        self.plan(category_ids=[(6, 0, item.ids)], rest_days=0)
        self.company.vip_question_rest = 0
        tickets = [
            self.closed(category_id=category.id) for category in (item, below, other)
        ]
        _counts, found = self.ask()
        self.assertEqual(set(found), set(tickets[:2]))

    def test_who_wants_no_questions_is_asked_none_and_it_is_kept(self):
        self.plan()
        self.asked.vip_no_questions = True
        ticket = self.closed()
        question = self.ask()[1][ticket]
        self.assertEqual((question.state, question.not_asked), ("dropped", "opted_out"))
        line = self.env["vip.audit.log"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.asked.id)], limit=1
        )
        self.assertEqual(line.new_values, {"vip_no_questions": True})

    def test_a_client_rests_between_two_questions(self):
        self.plan(rest_days=0)
        first, second = self.closed(minutes=90), self.closed(minutes=60)
        found = self.ask()[1]
        self.assertEqual(found[first].state, "waiting")
        self.assertEqual(found[second].not_asked, "too_soon")
        found[first]._ask(self.now)
        later = self.now + timedelta(days=89)
        third = self.ticket(at=later - timedelta(days=1))
        third._at(later).write({"stage_id": self.done.id, "closed_date": later})
        self.assertEqual(self.ask(later)[1][third].not_asked, "too_soon")

    def test_the_relation_is_asked_about_after_its_rest(self):
        self.plan(
            purpose="relation",
            rest_days=180,
            template_id=self.env.ref("vip_voice.mail_template_relation").id,
        )
        questions = self.env["vip.question"].sudo()
        asked, _not = questions._plan_relation(self.company, self.now)
        self.assertGreater(asked, 0)
        question = questions.search([("partner_id", "=", self.asked.id)])
        self.assertEqual((question.purpose, question.ticket_id.id), ("relation", False))
        question._ask(self.now)
        self.assertIn(f"/answer/question-{question.id}", question.message_id.body)
        again = questions._plan_relation(self.company, self.now + timedelta(days=179))
        self.assertEqual(again, (0, 0))
        asked, _not = questions._plan_relation(
            self.company, self.now + timedelta(days=181)
        )
        self.assertGreater(asked, 0)

    def test_the_relation_is_graded_from_0_to_10_and_is_no_satisfaction(self):
        self.plan(
            purpose="relation",
            rest_days=180,
            template_id=self.env.ref("vip_voice.mail_template_relation").id,
        )
        questions = self.env["vip.question"].sudo()
        questions._plan_relation(self.company, self.now)
        question = questions.search([("partner_id", "=", self.asked.id)])
        self.give(question, 10)
        month = self.company._vip_month(self.now)
        figures = self.env["vip.figure"]._over(
            self.company, ["satisfaction", "nps"], [month]
        )
        self.assertEqual(figures["satisfaction"]["", 0, month].of, 0)
        self.assertEqual(figures["nps"]["", 0, month].value, 100)

    def test_the_relation_needs_a_rest(self):
        with self.assertRaises(ValidationError):
            self.plan(purpose="relation", rest_days=30)

    def test_a_plan_names_no_team_of_the_voice(self):
        with self.assertRaises(ValidationError):
            self.plan(team_ids=[(6, 0, self.voice.ids)])
