import hmac
import secrets
import time

from odoo.exceptions import UserError
from odoo.http import Controller, request, route
from odoo.tools.misc import get_lang

from odoo.addons.vip_base.tools.times import event_time

from ..engine.answer_link import PATH
from ..engine.tries import Tries
from ..models.answer.vip_question import GRADES

#: What one address may ask of us in ten minutes: links that lead to nothing, and all.
WRONG = Tries(most=20, seconds=600)
ALL = Tries(most=300, seconds=600)
#: How long somebody may think between the first choice and the answer (seconds).
PATIENCE = 2 * 3600
#: Letters of the words of a client.
LONGEST = 4000
#: In the session: what the visitor is about to answer, once a person has chosen something.
ABOUT = "vip_answer"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class AnswerPage(Controller):
    """Where a client answers: by the link in the mail, or signed in to the portal.

    Opening a link answers nothing, by whatever program: the key stands behind the ``#``
    and never reaches the server with the page. The page sends it to see what is asked.
    The first choice that a person makes there gets a word that is kept in the session;
    only with it, and with the session's own mark, an answer is taken.
    """

    @route(PATH, type="http", auth="public", methods=["GET"], sitemap=False)
    def answer(self, **kw):
        """Return the page; what it asks comes with the key."""
        return self._page()

    @route(
        f"{PATH}/<string:name>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def answer_named(self, name, **kw):
        """Return the page for a link as it is written down: it answers nothing."""
        return self._page(note="vip_service.answer_note_copy")

    @route("/my/answer/<int:question_id>", type="http", auth="user", methods=["GET"])
    def answer_signed_in(self, question_id, **kw):
        """Return the page for who was asked and is signed in to the portal."""
        return self._page(question_id=question_id)

    @route(f"{PATH}/open", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer_open(self, key="", question_id="", lang="", grade="", **kw):
        """Return what is asked, or what was answered; nothing is written."""
        question = self._question(key, question_id)
        if isinstance(question, str):
            return self._part(question, lang=lang)
        at = event_time(request.env)
        if question.answer_ids and grade != "more":
            return self._part("vip_service.answer_done", question, lang)
        if not question._is_open(at):
            return self._part("vip_service.answer_note_over", question, lang)
        return self._form(question, lang, grade)

    @route(f"{PATH}/begin", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer_begin(self, key="", question_id="", **kw):
        """Return a word for the answer of the person who has begun to choose."""
        question = self._question(key, question_id)
        if isinstance(question, str):
            return request.make_json_response({})
        word = secrets.token_urlsafe(16)
        request.session[ABOUT] = {
            "question": question.id,
            "word": word,
            "until": time.time() + PATIENCE,
        }
        return request.make_json_response({"word": word})

    @route(f"{PATH}/give", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer_give(self, key="", question_id="", lang="", grade="", words="", **kw):
        """Take an answer of a person; return the thanks, or what was wrong."""
        question = self._question(key, question_id)
        if isinstance(question, str):
            return self._part(question, lang=lang)
        about = request.session.pop(ABOUT, None) or {}
        if not self._is_begun(about, question, kw.get("word") or ""):
            return self._form(question, lang, grade, again=True)
        if grade not in map(str, question._grades()):
            return self._form(question, lang, again=True)
        try:
            request.env["vip.answer"]._give(
                question,
                int(grade),
                "portal" if question_id else "mail",
                event_time(request.env),
                words=words.strip()[:LONGEST],
                dimensions=self._dimensions(question, kw),
            )
        except UserError as error:
            return self._part(
                "vip_service.answer_note", question, lang, note=str(error)
            )
        return self._part("vip_service.answer_done", question, lang)

    def _is_begun(self, about, question, word):
        """Tell whether a person began this very answer in this session."""
        return (
            about.get("question") == question.id
            and hmac.compare_digest(str(about.get("word")), word)
            and time.time() < about["until"]
        )

    def _dimensions(self, question, sent):
        """Return {dimension: grade} of those that are asked for and were graded."""
        asked = question._asked_dimensions()
        graded = {one: sent.get(f"dimension_{one.id}") for one in asked}
        allowed = set(map(str, GRADES))
        return {one: int(grade) for one, grade in graded.items() if grade in allowed}

    # What is asked

    def _question(self, key, question_id):
        """Return the question as superuser, or the name of the note that is shown instead.

        What leads to nothing and what is over look the same, however often one tries.
        """
        caller = request.httprequest.remote_addr
        if not ALL.allowed(caller, time.monotonic()):
            return "vip_service.answer_note_often"
        if request.env.user._is_internal():
            return "vip_service.answer_note_staff"
        question = self._own(question_id) if question_id else self._by_key(key)
        if question:
            return question
        if not WRONG.allowed(caller, time.monotonic()):
            return "vip_service.answer_note_often"
        return "vip_service.answer_note_unknown"

    def _by_key(self, key):
        return key and request.env["vip.question.key"]._question_of(key)

    def _own(self, question_id):
        """Return the question that the portal user who is signed in was asked."""
        # As superuser: only one that this very person was asked.
        questions = request.env["vip.question"].sudo()
        if not question_id.isdecimal() or request.env.user._is_public():
            return questions
        return questions.search(
            [
                ("id", "=", int(question_id)),
                ("asked_partner_id", "=", request.env.user.partner_id.id),
                ("state", "in", ("waiting", "asked", "answered")),
            ]
        )

    # What is shown

    def _page(self, note=None, question_id=None, **values):
        """Return the page without anything that is asked."""
        html = self._render(
            "vip_service.answer_page",
            get_lang(request.env).code,
            {"note": note, "question_id": question_id, **values},
        )
        return request.make_response(html, headers=list(HEADERS.items()))

    def _form(self, question, lang, grade="", again=False):
        return self._part(
            question._answer_form(),
            question,
            lang,
            dimensions=question._asked_dimensions(),
            proposed=grade,
            again=again,
        )

    def _part(self, template, question=None, lang="", **values):
        """Return what the page shows in its middle, in the client's language."""
        languages = request.env["res.lang"].get_installed()
        codes = [code for code, _name in languages]
        own = question.lang if question else get_lang(request.env).code
        used = next((code for code in (lang, own) if code in codes), codes[0])
        if "dimensions" in values:
            values["dimensions"] = values["dimensions"].with_context(lang=used)
        values = {
            **values,
            "question": question and question.with_context(lang=used),
            "languages": languages,
            "used": used,
            "more": question and question._is_open(event_time(request.env)),
        }
        html = self._render(template, used, values)
        return request.make_response(html, headers=list(HEADERS.items()))

    def _render(self, template, lang, values):
        company = values.get("question") and values["question"].company_id
        # As superuser: the look of the page, for who has the link.
        values = {
            **values,
            "company": company or request.env.company.sudo(),
            "lang_tag": lang.replace("_", "-"),
        }
        views = request.env["ir.ui.view"].with_context(lang=lang)
        return views._render_template(template, values)
