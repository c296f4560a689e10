from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_day
from odoo.addons.vip_service.tools.portal_card import PortalCard

from ..feedback.vip_feedback import ANSWERED

#: So many of each stand on the card in the portal, and so many requests may be chosen.
SHOWN, CHOSEN = 5, 30
#: Letters of what a client says of a complaint.
LONGEST = 4000


class ResPartner(models.Model):
    """What this person told us, in the portal, and how to tell what was wrong.

    The client reads none of our models: each method is asked as whoever is logged in,
    looks as superuser for what this very person said, and tells texts.
    """

    _inherit = "res.partner"

    @api.model
    def _portal_cards(self):
        return [
            *super()._portal_cards(),
            PortalCard(
                key="vip_voice",
                title=self.env._("What you told us"),
                template="vip_voice.portal_card_voice",
                values=self._portal_voice_card,
                sequence=40,
            ),
        ]

    def _portal_voice_card(self):
        """Return what this person told us and what happens now, texts only."""
        self.ensure_one()
        values = {
            "may_complain": self._portal_may_complain(),
            "complaints": [
                {**self._portal_complaint(one), "link": f"/my/complaint/{one.id}"}
                for one in self._portal_complaints().search(
                    self._portal_complaint_domain(), limit=SHOWN
                )
            ],
            "answers": self._portal_answers(),
        }
        return any(values.values()) and values

    def _portal_answers(self):
        """Return what this person answered lately, and what became of it."""
        # As superuser: only what this very person answered.
        answers = self.env["vip.answer"].sudo()
        answers = answers.search(
            [
                ("question_id.asked_partner_id", "=", self.id),
                ("question_id.purpose", "!=", "verification"),
                ("counts", "=", True),
            ],
            limit=SHOWN,
            order="answered_at desc, id desc",
        )
        # As superuser: as above.
        feedback = self.env["vip.feedback"].sudo()
        followed = {
            one.answer_id: one
            for one in feedback.search([("answer_id", "in", answers.ids)])
        }
        return [
            {
                "at": answer.answered_at,
                "said": self.env._(
                    "%(grade)s of %(best)s",
                    grade=answer.grade,
                    best=answer.question_id._grades()[-1],
                ),
                "about": answer.question_id.ticket_id.name
                or self.env._("us as a whole"),
                "state": self._portal_said(followed.get(answer)),
            }
            for answer in answers
        ]

    @api.model
    def _portal_said(self, feedback):
        if not feedback:
            return self.env._("thank you")
        if feedback.state == ANSWERED:
            return self.env._("answered")
        return self.env._("we are going to answer")

    # Complaints

    def _portal_may_complain(self):
        """Tell whether somebody answers complaints of this person."""
        # As superuser: whether it is a client, and who answers there.
        client, company = self.sudo()._vip_client(), self.env.company.sudo()
        return bool(client.client_type and company.vip_voice_team_id)

    def _portal_complaints(self):
        # As superuser: only by the domain of this very person.
        return self.env["vip.complaint"].sudo()

    def _portal_complaint_domain(self):
        return [("ticket_id.partner_id", "=", self.id)]

    def _portal_complaint_of(self, complaint_id):
        """Return one complaint of this person as superuser, empty: there is none."""
        self.ensure_one()
        mine = [("id", "=", complaint_id), *self._portal_complaint_domain()]
        return self._portal_complaints().search(mine)

    @api.model
    def _portal_complaint(self, complaint):
        return {
            "number": complaint.number,
            "name": complaint.name,
            "state": self._portal_state(complaint),
        }

    @api.model
    def _portal_state(self, complaint):
        """Return how far a complaint is, in words for the client."""
        today = complaint.company_id._vip_local_date(event_time(self.env))

        def day(at):
            return written_day(
                self.env, complaint.company_id._vip_local_date(at), today
            )

        if complaint.closed_at:
            return self.env._("closed, %s", day(complaint.closed_at))
        if complaint.verify_result == "asked":
            return self.env._("we asked you whether it is settled")
        if complaint.answered_at:
            return self.env._("answered in writing, %s", day(complaint.answered_at))
        if complaint.level > 1:
            return self.env._("an upper level examines it again")
        if complaint.owner_id:
            return self.env._("%s looks into it", complaint.owner_id.name)
        return self.env._("received, %s", day(complaint.filed_at))

    def _portal_complaint_page(self, complaint):
        """Return what the page of a complaint shows to who has filed it."""
        at = event_time(self.env)
        ticket = complaint.ticket_id
        question = complaint.verify_question_id
        asks = complaint.verify_result == "asked" and question._is_open(at)
        return {
            **self._portal_complaint(complaint),
            "about": complaint.about_id.name,
            "reason": complaint.reason,
            "remedy": complaint.remedy,
            "filed_at": complaint.filed_at,
            "owner": complaint.owner_id.name,
            "answer": complaint.answered_at and complaint.answer_text,
            "answered_at": complaint.answered_at,
            "closed_at": complaint.closed_at,
            "promises": ticket._client_promises()[ticket.id],
            "zone": ticket._client_zone(),
            "ticket": f"/my/ticket/{ticket.id}",
            "settled": f"/my/answer/{question.id}" if asks else False,
        }

    def _portal_requests_to_choose(self):
        """Return (id, text) of the requests that this person may complain of."""
        # As who is logged in: what the portal shows anyway.
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_id", "=", self.id)],
            limit=CHOSEN,
            order="opened_at desc, id desc",
        )
        # As superuser: which of them are no requests but what was said before.
        ordinary = tickets.filtered(lambda one: not one.sudo().team_id.vip_is_voice)
        return [(one.id, f"{one.number} {one.name}") for one in ordinary]

    def _portal_complain(self, ticket_id, reason, remedy):
        """File what this person says was wrong; return the complaint as superuser.

        Said twice, it is filed once.

        :param ticket_id: of a request of this person; None: of none
        """
        self.ensure_one()
        chosen = dict(self._portal_requests_to_choose())
        reason, remedy = reason.strip()[:LONGEST], remedy.strip()[:LONGEST]
        # As superuser: the client writes none of our models; all is checked here.
        about = self.env["helpdesk.ticket"].sudo()
        about = about.browse(ticket_id if ticket_id in chosen else None)
        complaints = self._portal_complaints()
        same = complaints.search(
            [
                *self._portal_complaint_domain(),
                ("closed_at", "=", False),
                ("about_id", "=", about.id),
                ("reason", "=", reason),
            ],
            limit=1,
        )
        return same or complaints._file_by_client(self, about, reason, remedy)
