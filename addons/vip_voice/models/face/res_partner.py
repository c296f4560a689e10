from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_service.tools.story import StoryPart

from ..feedback.vip_answer import DETRACTS


class ResPartner(models.Model):
    """What the client's voice adds to the client's page."""

    _inherit = "res.partner"

    def _client_story_parts(self):
        return [*super()._client_story_parts(), *self._story_relation()]

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
