"""The client's page as clients meet it: in a real browser, by real taps, or by a program.

A tour cannot do it: the page has none of Odoo's scripts, and it takes an answer only from
taps that the browser itself vouches for.
"""

from contextlib import contextmanager
from datetime import timedelta

from .common import EachWay, real_page
from .story import StoryCase

TOLD = "Quick and kind 很快"
#: What a program does that knows the page well: fill in, tell the page, send.
PROGRAM = """
() => {
    const form = document.getElementById("vip_answer_form");
    for (const field of [form.elements.grade[4], form.elements.words]) {
        field.checked = true;
        field.click();
        for (const name of ["input", "change"]) {
            field.dispatchEvent(new Event(name, { bubbles: true }));
        }
    }
    document.querySelector(".send").click();
    form.requestSubmit();
    form.submit();
}
"""


class TestAnswerPage(EachWay, StoryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        at = cls.now - timedelta(minutes=1)
        done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.open_ticket._at(at).write({"stage_id": done.id, "closed_date": at})

    def test_a_client_answers_by_the_link_of_the_mail(self):
        with self._page() as page:
            page.check("input[name=grade][value='4']", force=True)
            page.fill("textarea[name=words]", TOLD)
            page.click(".send")
            page.wait_for_selector(".given")
        answer = self._answers()
        self.assertEqual((answer.grade, answer.words), (4, TOLD))
        self.assertEqual((answer.channel, answer.counts), ("mail", True))

    def test_a_grade_that_the_link_proposes_is_confirmed_by_sending_it(self):
        with self._page(grade=".5") as page:
            self.assertTrue(page.is_checked("input[name=grade][value='5']"))
            self.assertFalse(self._answers())
            page.click(".send")
            page.wait_for_selector(".given")
        self.assertEqual(self._answers().grade, 5)

    def test_a_program_that_fills_in_the_page_answers_nothing(self):
        with self._page(grade=".1") as page:
            page.evaluate(PROGRAM)
            page.wait_for_load_state("networkidle")
        self.assertFalse(self._answers())

    def _answers(self):
        self.question.invalidate_recordset()
        return self.question.answer_ids

    def _ask(self):
        """Ask the client in the language of this way; return the key of the mail."""
        self.trading.lang = self.way.language
        self.question = self.env["vip.question"]._queue(
            self.open_ticket, [self.env["mail.template"]], self.now
        )
        self.question.write({"state": "asked"})
        key = self.env["vip.question.key"]._issue(self.question)
        self.env.flush_all()
        return key

    @contextmanager
    def _page(self, grade=""):
        """Open the link of the mail as somebody without login; the form is shown."""
        link = f"{self.base_url()}/answer#{self._ask()}{grade}"
        with real_page(self, self.way.width) as page:
            page.goto(link)
            page.wait_for_selector("#vip_answer_form")
            yield page
