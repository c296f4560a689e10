from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link, rows_link
from odoo.addons.vip_service.tools.portal_card import PortalCard
from odoo.addons.vip_service.tools.story import StoryPart

from ..feedback.vip_answer import DETRACTS
from ..feedback.vip_feedback import ANSWERED

#: So many of each stand on the card in the portal.
SHOWN = 5


class ResPartner(models.Model):
    """What the client's voice adds to the client's page."""

    _inherit = "res.partner"

    def _client_story_parts(self):
        return [
            *super()._client_story_parts(),
            *self._story_relation(),
            *self._story_complaints(),
        ]

    def _story_complaints(self):
        complaints = self.env["vip.complaint"]
        if not complaints.has_access("read"):
            return
        query = complaints._search([("partner_id", "=", self.id)])
        yield StoryPart(
            "complaint",
            query,
            SQL.identifier(query.table, "filed_at"),
            lambda row: {
                "text": self.env._("Complaint: %s", row["name"]),
                "note": row["number"],
                "link": record_link("vip.complaint", row["id"]),
                "tone": not row["closed"] and "danger",
            },
            {
                "name": SQL.identifier(query.table, "name"),
                "number": SQL.identifier(query.table, "number"),
                "closed": SQL.identifier(query.table, "closed_at"),
            },
            icon="fa-bullhorn",
        )

    # Key points

    def _client_key_points(self):
        """Add open complaints: whoever serves the client must know.

        Counted over all, also what the reader may not see; no words of the client.
        """
        # As superuser: how many, whoever meets the client.
        complaints = self.env["vip.complaint"].sudo()
        of_client = [("partner_id", "=", self.id), ("closed_at", "=", False)]
        count = complaints.search_count(
            [*of_client, ("company_id", "in", self.env.companies.ids)]
        )
        points = super()._client_key_points()
        if not count:
            return points
        return [
            *points,
            self._key_point(
                "complaint",
                self.env._("Open complaints: %s", count),
                5,
                level="danger",
                link=rows_link(
                    "vip.complaint",
                    self.env._("Open complaints"),
                    [list(condition) for condition in of_client],
                ),
                source=self.env._("from the complaints of all teams"),
            ),
        ]

    # Portal

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
        # As superuser: the client reads none of our models; only what this person said.
        feedback = self.env["vip.feedback"].sudo()
        said = feedback.search(
            [("answer_id.question_id.asked_partner_id", "=", self.id)], limit=SHOWN
        )
        complaints = self.env["vip.complaint"].sudo()
        filed = complaints.search([("ticket_id.partner_id", "=", self.id)], limit=SHOWN)
        return (said or filed) and {
            "feedback": [
                {
                    "at": one.opened_at,
                    "said": self.env._(
                        "%(grade)s of %(best)s",
                        grade=one.grade,
                        best=one.answer_id.question_id._grades()[-1],
                    ),
                    "state": self._portal_said(one.state == ANSWERED),
                }
                for one in said
                if one.ticket_id not in filed.ticket_id
            ],
            "complaints": [
                {
                    "number": one.number,
                    "name": one.name,
                    "state": self._portal_state(one),
                }
                for one in filed
            ],
        }

    @api.model
    def _portal_said(self, is_answered):
        if is_answered:
            return self.env._("answered")
        return self.env._("we are going to answer")

    @api.model
    def _portal_state(self, complaint):
        """Return how far a complaint is, in words for the client."""
        if complaint.closed_at:
            return self.env._("closed")
        if complaint.verify_result == "asked":
            return self.env._("we asked you whether it is settled")
        if complaint.answered_at:
            return self.env._("answered in writing")
        if complaint.owner_id:
            return self.env._("%s looks into it", complaint.owner_id.name)
        return self.env._("received")

    def _story_relation(self):
        answers = self.env["vip.answer"]
        if not answers.has_access("read"):
            return
        query = answers._search(
            [
                ("question_id.partner_id", "=", self.id),
                ("question_id.purpose", "=", "relation"),
                ("counts", "=", True),
            ]
        )
        yield StoryPart(
            "relation_answer",
            query,
            SQL.identifier(query.table, "answered_at"),
            lambda row: {
                "text": self.env._("Would recommend us: %s of 10", row["grade"]),
                "link": record_link("vip.answer", row["id"]),
                "tone": row["grade"] <= DETRACTS and "warning",
            },
            {"grade": SQL.identifier(query.table, "grade")},
            icon="fa-bullhorn",
        )
