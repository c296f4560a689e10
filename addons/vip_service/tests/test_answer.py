from datetime import timedelta

import psycopg2

from odoo.exceptions import AccessError, UserError

from .answer_case import AnswerCase


class TestAnswer(AnswerCase):
    """An answer of a client is the client's: it only grows, and the first one counts."""

    def test_an_answer_keeps_what_was_true_at_the_closing(self):
        self.promote(self.asked, self.platinum)
        question = self.question()
        ticket = question.ticket_id
        other = self.users["leader"]
        ticket.write({"user_id": other.id, "team_id": False})
        answer = self.give(question, 4, "Fast")
        self.assertEqual((answer.user_id, answer.team_id), (self.agent, self.team))
        self.assertEqual(answer.tier_id, self.platinum)
        self.assertEqual((answer.words, answer.counts), ("Fast", True))
        self.assertEqual(question.state, "answered")
        ticket.unlink()
        self.assertEqual(answer.grade, 4)

    def test_the_first_answer_counts_and_later_ones_stand_beside_it(self):
        question = self.question()
        first, second = self.give(question, 5), self.give(question, 1)
        self.assertEqual((first.counts, second.counts), (True, False))
        self.assertEqual(first.grade, 5)

    def test_one_that_is_known_later_does_not_displace_the_first(self):
        question = self.question()
        first = self.give(question, 2)
        earlier = self.enter(question.ticket_id, grade="5", minutes=30)
        self.assertTrue(first.counts)
        self.assertEqual((earlier.counts, earlier.grade), (False, 5))

    def test_after_its_time_nothing_is_taken(self):
        question = self.question()
        late = question.expires_at + timedelta(seconds=1)
        with self.assertRaisesRegex(UserError, "over"):
            self.give(question, 5, at=late)
        self.assertTrue(self.give(question, 5, at=question.expires_at))

    def test_enough_is_enough(self):
        question = self.question()
        for _number in range(5):
            self.give(question, 3)
        with self.assertRaisesRegex(UserError, "often enough"):
            self.give(question, 3)

    def test_no_grade_beyond_five(self):
        question = self.question()
        for grade in (0, 6, -1):
            with self.assertRaises(UserError):
                self.give(question, grade)
        attitude = self.env.ref("vip_service.dimension_attitude")
        with self.assertRaises(UserError):
            self.give(question, 5, dimensions={attitude: 9})
        self.assertFalse(question.answer_ids)

    def test_the_database_keeps_what_was_answered(self):
        attitude = self.env.ref("vip_service.dimension_attitude")
        answer = self.give(self.question(), 1, "Bad", {attitude: 2})
        self.env.flush_all()
        for statement in (
            "UPDATE vip_answer SET grade = 5",
            "UPDATE vip_answer SET counts = FALSE",
            "DELETE FROM vip_answer",
            "UPDATE vip_answer_grade SET grade = 5",
            "DELETE FROM vip_answer_grade",
            "UPDATE vip_answer_words SET text = 'Good'",
            "DELETE FROM vip_answer_words",
            "UPDATE vip_question SET user_id = 1",
            "UPDATE vip_question SET team_id = NULL",
            "DELETE FROM vip_question",
            "TRUNCATE vip_answer CASCADE",
        ):
            with (
                self.subTest(statement),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)
        self.assertEqual((answer.grade, answer.words), (1, "Bad"))

    def test_nobody_writes_answers_by_hand(self):
        question = self.question()
        answer = self.give(question, 1)
        values = {
            "question_id": question.id,
            "grade": 5,
            "answered_at": self.now,
            "recorded_at": self.now,
            "counted_at": self.now,
            "channel": "mail",
        }
        self.env["ir.model.access"].create(
            {
                "name": "Given to oneself",
                "model_id": self.env["ir.model"]._get_id("vip.answer"),
                "group_id": self.env.ref("vip_base.group_vip_admin").id,
                **dict.fromkeys(("perm_write", "perm_create", "perm_unlink"), True),
            }
        )
        for role in ("agent", "manager", "admin", "auditor", "portal"):
            answers = answer.with_user(self.users[role])
            with self.subTest(role):
                with self.assertRaises(AccessError):
                    answers.create(values)
                with self.assertRaises(AccessError):
                    answers.write({"grade": 5})
                with self.assertRaises(AccessError):
                    question.with_user(self.users[role]).write({"state": "asked"})
        with (
            self.assertRaises(psycopg2.errors.RestrictViolation),
            self.env.cr.savepoint(),
        ):
            answer.with_user(self.users["admin"]).unlink()

    def test_words_are_erased_and_the_answer_stays(self):
        answer = self.give(self.question(), 2, "Call me: 555-0199")
        with self.assertRaises(AccessError):
            answer.with_user(self.users["manager"]).action_erase_words()
        answer.with_user(self.users["admin"]).action_erase_words()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((answer.words, answer.grade), (False, 2))
        self.env.cr.execute(
            "SELECT words_hash FROM vip_answer WHERE id = %s", answer.ids
        )
        self.assertEqual(len(self.env.cr.fetchone()[0]), 64)
        line = self.env["vip.audit.log"].search(
            [("model", "=", "vip.answer"), ("res_id", "=", answer.id)]
        )
        self.assertEqual(line.user_id, self.users["admin"].id)

    def test_a_dimension_that_was_graded_is_archived_and_not_deleted(self):
        dimension = self.env["vip.dimension"].create({"name": "Tone", "code": "tone"})
        self.give(self.question(), 4, dimensions={dimension: 3})
        with self.assertRaisesRegex(UserError, "Archive"):
            dimension.unlink()
        dimension.active = False

    def test_questions_follow_a_client_that_is_merged(self):
        question = self.question()
        left = self.client("LEFT", email="left@example.com")
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard.with_user(self.env.ref("base.user_root"))._merge(
            (self.asked | left).ids, left, extra_checks=False
        )
        question.invalidate_recordset()
        self.assertEqual((question.partner_id, question.asked_partner_id), (left, left))

    # Entering for the client

    def enter(self, ticket, grade="4", minutes=0, role="manager", **values):
        entry = self.env["vip.answer.entry"].with_user(self.users[role])
        entry = entry.create(
            {
                "ticket_id": ticket.id,
                "grade": grade,
                "channel": "phone",
                "source": "Recording 7",
                "answered_at": self.now - timedelta(minutes=minutes),
                **values,
            }
        )
        entry.action_enter()
        return self.env["vip.answer"].search([], order="id desc", limit=1)

    def test_a_manager_enters_what_was_said_on_the_phone(self):
        ticket = self.closed(minutes=60)
        answer = self.enter(ticket, grade="2", minutes=10, words="Too slow")
        self.assertEqual(answer.entered_by_id, self.users["manager"])
        self.assertEqual((answer.channel, answer.source), ("phone", "Recording 7"))
        self.assertEqual(answer.answered_at, self.now - timedelta(minutes=10))
        self.assertEqual(answer.recorded_at, self.now)
        self.assertEqual((answer.user_id, answer.team_id), (self.agent, self.team))
        self.assertEqual(answer.words, "Too slow")
        again = self.enter(ticket, grade="5")
        self.assertEqual(again.question_id, answer.question_id)
        self.assertFalse(again.counts)

    def test_nobody_enters_answers_about_himself(self):
        ticket = self.closed(user_id=self.users["manager"].id)
        ticket.user_id = self.agent
        with self.assertRaisesRegex(AccessError, "held"):
            self.enter(ticket)
        self.assertTrue(self.enter(ticket, role="admin"))

    def test_nobody_else_enters_answers(self):
        for role in ("agent", "adviser", "auditor", "portal"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.enter(self.closed(), role=role)

    def test_an_answer_is_not_before_its_closing_nor_ahead(self):
        ticket = self.closed(minutes=60)
        with self.assertRaisesRegex(UserError, "not closed by then"):
            self.enter(ticket, minutes=120)
        with self.assertRaisesRegex(UserError, "future"):
            self.enter(ticket, minutes=-30)

    def test_an_agent_reads_what_is_said_of_own_requests_only(self):
        mine = self.give(self.question(), 5, "Thanks")
        leader = self.users["leader"]
        theirs = self.give(self.question(self.closed(user_id=leader.id)), 1, "No")
        answers = self.env["vip.answer"].with_user(self.agent)
        self.assertEqual(answers.search([]), mine)
        self.assertEqual(mine.with_user(self.agent).words, "Thanks")
        with self.assertRaises(AccessError):
            theirs.with_user(self.agent).read(["grade"])
        words = self.env["vip.answer.words"].with_user(self.agent)
        self.assertEqual(words.search([]).mapped("text"), ["Thanks"])
