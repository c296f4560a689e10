import time

from odoo.http import request, route

from odoo.addons.rating.controllers.main import Rating
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.controllers.answer import ALL, AnswerPage
from odoo.addons.vip_service.engine.answer_link import PATH, questions_in


class RatingLinks(Rating):
    """The host's links to rate a ticket lead to our page, and answer nothing there.

    Everybody who works here can read the host's keys: by one of these nobody answers, but
    who was asked gets a new mail.
    """

    @route()
    def action_open_rating(self, token, rate, **kwargs):
        return self._leads_to(token) or super().action_open_rating(
            token, rate, **kwargs
        )

    @route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        if request.httprequest.method != "POST" and (page := self._leads_to(token)):
            return page
        return super().action_submit_rating(token, rate=rate, **kwargs)

    @route(f"{PATH}/again", type="http", auth="public", methods=["POST"], sitemap=False)
    def answer_again(self, token="", **kw):
        """Let who was asked get a new mail; whoever asks for it learns nothing."""
        if ALL.allowed(request.httprequest.remote_addr, time.monotonic()):
            question = self._question_of(self._ticket_of(token))
            question._ask_again(event_time(request.env))
        return AnswerPage()._page(note="sla_scoring.answer_note_sent")

    def _leads_to(self, token):
        """Return the page for a link about a ticket; None: the host's."""
        if questions_in(f"{PATH}/{token}"):
            return request.redirect(f"{PATH}/{token}")
        ratings = self._ratings(token)
        if ratings and ratings.res_model != "helpdesk.ticket":
            return None
        question = self._question_of(self._ticket_of(token))
        partner = request.env.user.partner_id
        if question and question.asked_partner_id == partner:
            return request.redirect(f"/my/answer/{question.id}")
        return AnswerPage()._page(note="sla_scoring.answer_note_old", token=token)

    def _ratings(self, token):
        # As superuser: only what the link is about.
        ratings = request.env["rating.rating"].sudo()
        return ratings.search([("access_token", "=", token)], limit=1)

    def _ticket_of(self, token):
        ratings = self._ratings(token)
        about = ratings.filtered(lambda one: one.res_model == "helpdesk.ticket")
        # As superuser: as above.
        return request.env["helpdesk.ticket"].sudo().browse(about.res_id or [])

    def _question_of(self, ticket):
        """Return the last question about a ticket, as superuser."""
        # As superuser: nobody learns anything of it.
        questions = request.env["vip.question"].sudo()
        if not ticket:
            return questions
        return questions.search([("ticket_id", "=", ticket.id)], limit=1)
