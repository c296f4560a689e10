from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_service.tools.story import StoryPart

from ..feedback.vip_answer import DETRACTS

#: Whose name stands beside a line, joined when it is read.
NAME = """
    (SELECT p.name FROM res_users u JOIN res_partner p ON p.id = u.partner_id
      WHERE u.id = %s)"""

#: The same of whom a ticket names.
HOLDER = """
    (SELECT p.name FROM helpdesk_ticket t JOIN res_users u ON u.id = t.%s
       JOIN res_partner p ON p.id = u.partner_id WHERE t.id = %s)"""


def name_of(table, column):
    """Return the SQL of the name of whom a column names."""
    return SQL(NAME, SQL.identifier(table, column))


class ResPartner(models.Model):
    """What the client's voice adds to the client's story: each station of it."""

    _inherit = "res.partner"

    def _client_story_parts(self):
        return [
            *super()._client_story_parts(),
            *self._story_relation(),
            *self._story_feedback(),
            *self._story_complaints(),
            *self._story_causes(),
            *self._story_actions(),
        ]

    def _story_query(self, model, *domain):
        """Return the query of those of a model that the reader may see; None: none."""
        records = self.env[model]
        return records._search(list(domain)) if records.has_access("read") else None

    def _story_feedback(self):
        query = self._story_query("vip.feedback", ("partner_id", "=", self.id))
        if query is not None:
            yield StoryPart(
                "voice_feedback",
                query,
                SQL.identifier(query.table, "opened_at"),
                lambda row: {
                    "text": self.env._("Feedback that asks for an answer"),
                    "note": row["by"],
                    "link": record_link("vip.feedback", row["id"]),
                    "tone": row["low"] and "warning",
                },
                {
                    "low": SQL.identifier(query.table, "is_low"),
                    "by": SQL(
                        HOLDER, SQL("user_id"), SQL.identifier(query.table, "ticket_id")
                    ),
                },
                icon="fa-commenting-o",
                group="words",
            )

    def _story_complaints(self):
        """Yield the stations of complaints: filed, decided, answered, verified, closed."""
        stations = {
            "filed_at": (self.env._("Complaint: %s"), "filed_by_id", "fa-bullhorn"),
            "decided_at": (
                self.env._("Complaint decided: %s"),
                "decided_by_id",
                "fa-gavel",
            ),
            "answered_at": (
                self.env._("Complaint answered: %s"),
                None,
                "fa-envelope-o",
            ),
            "verified_at": (
                self.env._("Complaint verified: %s"),
                "verified_by_id",
                "fa-check",
            ),
            "closed_at": (self.env._("Complaint closed: %s"), None, "fa-lock"),
        }
        for column, (text, by, icon) in stations.items():
            query = self._story_query(
                "vip.complaint", ("partner_id", "=", self.id), (column, "!=", False)
            )
            if query is not None:
                yield self._story_station(query, column, text, by, icon)

    def _story_station(self, query, column, text, by, icon):
        owner = SQL(
            HOLDER, SQL("vip_owner_id"), SQL.identifier(query.table, "ticket_id")
        )
        filed = column == "filed_at"
        return StoryPart(
            "complaint" if filed else f"complaint_{column}",
            query,
            SQL.identifier(query.table, column),
            lambda row: {
                "text": text % row["name"],
                "note": " · ".join(filter(None, (row["number"], row["by"]))),
                "link": record_link("vip.complaint", row["id"]),
                "tone": filed and not row["closed"] and "danger",
            },
            {
                "name": SQL.identifier(query.table, "name"),
                "number": SQL.identifier(query.table, "number"),
                "closed": SQL.identifier(query.table, "closed_at"),
                "by": name_of(query.table, by) if by else owner,
            },
            icon=icon,
            group="words",
            searched=(SQL.identifier(query.table, "name"),),
        )

    def _story_causes(self):
        query = self._story_query(
            "vip.case.cause", ("ticket_id.commercial_partner_id", "=", self.id)
        )
        if query is not None:
            cause = self.env["vip.cause"]._field_to_sql("k", "name")
            yield StoryPart(
                "case_cause",
                query,
                SQL.identifier(query.table, "decided_at"),
                lambda row: {
                    "text": self.env._("It came from: %s", row["cause"]),
                    "note": row["by"],
                    "link": record_link("vip.case.cause", row["id"]),
                },
                {
                    "cause": SQL(
                        "(SELECT %s FROM vip_cause k WHERE k.id = %s)",
                        cause,
                        SQL.identifier(query.table, "cause_id"),
                    ),
                    "by": name_of(query.table, "decided_by_id"),
                },
                icon="fa-sitemap",
            )

    def _story_actions(self):
        query = self._story_query(
            "vip.complaint.action",
            ("complaint_id.partner_id", "=", self.id),
            ("done_at", "!=", False),
        )
        if query is not None:
            yield StoryPart(
                "complaint_action",
                query,
                SQL.identifier(query.table, "done_at"),
                lambda row: {
                    "text": self.env._("Done: %s", row["name"]),
                    "note": row["by"],
                    "link": record_link("vip.complaint", row["complaint"]),
                },
                {
                    "name": SQL.identifier(query.table, "name"),
                    "complaint": SQL.identifier(query.table, "complaint_id"),
                    "by": name_of(query.table, "done_by_id"),
                },
                icon="fa-wrench",
            )

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
