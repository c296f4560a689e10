import re
from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers import answer as page
from ..engine.tries import Tries
from .answer_case import AnswerCase


@tagged("post_install", "-at_install")
class TestAnswerPage(HttpCase, AnswerCase):
    """The client answers by the link in the mail; a person confirms, nobody else."""

    def setUp(self):
        super().setUp()
        self.the_question = self.question()
        self.key = self.env["vip.question.key"]._issue(self.the_question)
        for name in ("WRONG", "ALL"):
            tries = Tries(most=1000, seconds=600)
            self.startPatcher(patch.object(page, name, tries))

    def csrf(self):
        return re.search('data-csrf="([^"]+)"', self.url_open("/answer").text)[1]

    def post(self, path, key=None, csrf=None, **values):
        data = {"csrf_token": csrf or self.csrf(), "key": key or self.key, **values}
        return self.url_open(f"/answer/{path}", data=data)

    def confirm(self, grade, csrf=None, **values):
        """Answer as the page does after the first choice of a person."""
        csrf = csrf or self.csrf()
        word = self.post("begin", csrf=csrf, **values).json().get("word", "")
        return self.post("give", csrf=csrf, grade=grade, word=word, **values)

    def grades(self):
        self.the_question.invalidate_recordset()
        return self.the_question.answer_ids.sorted("id").mapped("grade")

    def test_a_client_without_login_answers(self):
        shown = self.post("open")
        self.assertIn("Password", shown.text)
        self.assertIn("Attitude", shown.text)
        self.assertNotIn(self.agent.name, shown.text)
        dimension = self.env.ref("vip_service.dimension_attitude")
        thanks = self.confirm(4, words="Good", **{f"dimension_{dimension.id}": 5})
        self.assertIn("Thank you", thanks.text)
        [answer] = self.the_question.answer_ids
        self.assertEqual((answer.grade, answer.words), (4, "Good"))
        self.assertEqual((answer.channel, answer.counts), ("mail", True))
        self.assertEqual(answer.grade_ids.mapped("grade"), [5])
        self.assertFalse(answer.entered_by_id)

    def test_opening_a_link_answers_nothing(self):
        for address in (
            "/answer",
            f"/answer/{self.key}",
            "/answer/open",
            "/answer/give",
        ):
            for method in ("get", "head"):
                call = getattr(self.opener, method)
                response = call(self.base_url() + address + "?grade=5&key=" + self.key)
                self.assertLess(response.status_code, 500, address)
        self.assertFalse(self.grades())

    def test_a_scanner_that_posts_answers_nothing(self):
        for data in (
            {"key": self.key, "grade": 5},
            {"key": self.key, "grade": 5, "word": "x", "csrf_token": "x"},
        ):
            response = self.url_open("/answer/give", data=data)
            self.assertEqual(response.status_code, 400)
        # Also one that keeps cookies and fills in the form that it is shown.
        csrf = self.csrf()
        self.post("open", csrf=csrf)
        response = self.post("give", csrf=csrf, grade=5)
        self.assertIn("Nothing was sent yet", response.text)
        self.post("give", csrf=csrf, grade=5, word="guessed")
        self.assertFalse(self.grades())

    def test_a_word_is_for_one_answer_of_one_session_to_one_question(self):
        csrf = self.csrf()
        word = self.post("begin", csrf=csrf).json()["word"]
        other = self.question(minutes=50)
        key = self.env["vip.question.key"]._issue(other)
        self.post("give", key=key, csrf=csrf, grade=5, word=word)
        self.assertFalse(other.answer_ids)
        # It was used up by the try.
        self.post("give", csrf=csrf, grade=5, word=word)
        self.assertFalse(self.grades())
        word = self.post("begin", csrf=csrf).json()["word"]
        self.opener.cookies.clear()
        self.post("give", grade=5, word=word)
        self.assertFalse(self.grades())

    def test_the_first_answer_counts_and_the_page_says_so(self):
        self.confirm(5)
        shown = self.post("open")
        self.assertIn("Thank you", shown.text)
        self.assertNotIn("vip_answer_form", shown.text)
        more = self.post("open", grade="more")
        self.assertIn("vip_answer_form", more.text)
        self.confirm(1, words="One thing more")
        self.assertEqual(self.grades(), [5, 1])
        counted = self.the_question.answer_ids.filtered("counts")
        self.assertEqual(counted.grade, 5)
        self.assertIn("first answer counts", self.post("open").text)

    def test_unknown_and_old_links_get_a_friendly_page(self):
        unknown = self.post("open", key="x" * 43)
        self.assertEqual(unknown.status_code, 200)
        self.assertIn("leads nowhere", unknown.text)
        self.assertIn("leads nowhere", self.post("open", key="'; --").text)
        self.the_question.expires_at = self.the_question.closed_at
        self.env.flush_all()
        over = self.post("open")
        self.assertIn("time to answer is over", over.text)
        self.assertIn("time to answer is over", self.confirm(5).text)
        self.assertFalse(self.grades())

    def test_who_tries_keys_is_stopped(self):
        with patch.object(page, "WRONG", Tries(most=3, seconds=600)):
            csrf = self.csrf()
            texts = [self.post("open", key=f"k{n}", csrf=csrf).text for n in range(5)]
            self.assertIn("leads nowhere", texts[2])
            self.assertIn("wait a little", texts[3])
            # Whoever has a key is not kept out by others of the same address.
            self.assertIn("Password", self.post("open", csrf=csrf).text)

    def test_one_of_us_answers_for_nobody(self):
        self.agent.password = "vip_agent"
        self.authenticate("vip_agent", "vip_agent")
        self.assertIn("Only the client", self.confirm(5).text)
        self.assertFalse(self.grades())

    def test_the_page_is_in_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.asked.lang = "zh_CN"
        question = self.question(minutes=40)
        self.assertEqual(question.lang, "zh_CN")
        key = self.env["vip.question.key"]._issue(question)
        shown = self.post("open", key=key)
        self.assertIn("态度", shown.text)
        self.assertIn('aria-pressed="true"', shown.text)
        self.assertIn("Attitude", self.post("open", key=key, lang="en_US").text)

    def test_no_answer_of_the_server_is_kept_or_leads_on(self):
        for response in (self.url_open("/answer"), self.post("open")):
            self.assertEqual(response.headers["Cache-Control"], "no-store")
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertNotIn(self.key, response.text)

    # The portal

    def portal(self, partner):
        user = new_test_user(
            self.env,
            f"portal{partner.id}",
            groups="base.group_portal",
            partner_id=partner.id,
            password=f"portal{partner.id}",
        )
        self.authenticate(user.login, user.login)
        return user

    def test_who_was_asked_answers_in_the_portal_and_sees_the_answer(self):
        self.portal(self.asked)
        ticket = self.the_question.ticket_id
        ticket.message_subscribe(self.asked.ids)
        shown = self.url_open(f"/my/ticket/{ticket.id}").text
        self.assertIn(f"/my/answer/{self.the_question.id}", shown)
        number = str(self.the_question.id)
        self.confirm(3, key="none", question_id=number, words="So so")
        [answer] = self.the_question.answer_ids
        self.assertEqual((answer.channel, answer.grade), ("portal", 3))
        shown = self.url_open(f"/my/ticket/{ticket.id}").text
        self.assertIn("So so", shown)

    def test_a_colleague_neither_sees_nor_answers(self):
        self.give(self.the_question, 2, "Between us")
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "parent_id": self.asked.id}
        )
        self.portal(colleague)
        ticket = self.the_question.ticket_id
        ticket.message_subscribe(colleague.ids)
        shown = self.url_open(f"/my/ticket/{ticket.id}").text
        self.assertIn("Password", shown)
        self.assertNotIn("Between us", shown)
        response = self.post("open", key="none", question_id=str(self.the_question.id))
        self.assertIn("leads nowhere", response.text)
        self.assertNotIn("Password", response.text)
