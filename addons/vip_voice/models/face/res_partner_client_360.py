from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.times import event_time

from ..feedback.vip_feedback import ANSWERED, LATE
from ..plan.vip_question import LIKELY
from ..plan.vip_question_plan import CLOSING, RELATION

#: So many lines stand in the section, the newest first.
SHOWN = 6


class ResPartner(models.Model):
    """What the client told us, on its page: complaints, feedback, answers."""

    _inherit = "res.partner"

    def _client_360_sections(self):
        return super()._client_360_sections() + [
            {
                "key": "voice",
                "title": self.env._("What the client told us"),
                "sequence": 33,
                "lazy": True,
            }
        ]

    def _client_360_voice(self):
        """Return what the reader may see of it, and how often the client was asked."""
        self.env.flush_all()
        lines = [
            *self._voice_complaints(),
            *self._voice_feedback(),
            *self._voice_answers(),
        ]
        lines.sort(key=lambda line: line["at"], reverse=True)
        asked, answered = self._voice_asked()
        # As superuser: that it is asked nothing, to who meets the client.
        return {
            "lines": [
                {**line, "at": fields.Datetime.to_string(line["at"])}
                for line in lines[:SHOWN]
            ],
            "asked": asked,
            "answered": answered,
            "opted_out": self.sudo().vip_no_questions,
        }

    def _voice_rows(self, model, domain, select):
        """Return rows of those of a model that the reader may see, as dicts."""
        records = self.env[model]
        if not records.has_access("read"):
            return []
        query = records._search(domain, order="id desc", limit=SHOWN)
        return self.env.execute_query_dict(SQL("%s %s", select, query.subselect()))

    def _voice_complaints(self):
        rows = self._voice_rows(
            "vip.complaint",
            [("partner_id", "=", self.id)],
            SQL(
                "SELECT id, number, name, filed_at, closed_at"
                " FROM vip_complaint WHERE id IN"
            ),
        )
        for row in rows:
            closed = row["closed_at"]
            yield self._voice_line(
                "vip.complaint",
                row["id"],
                row["filed_at"],
                self.env._("Complaint %s", row["number"]),
                row["name"],
                self.env._("closed") if closed else self.env._("open"),
                "done" if closed else "soon",
            )

    def _voice_feedback(self):
        feedback = self.env["vip.feedback"]
        states = dict(feedback._fields["state"]._description_selection(self.env))
        tones = {ANSWERED: "done", LATE: "late"}
        rows = self._voice_rows(
            "vip.feedback",
            [("partner_id", "=", self.id)],
            SQL(
                """
                SELECT f.id, f.grade, f.opened_at, q.purpose, w.text AS words,
                       %s AS state
                  FROM vip_feedback f
                  JOIN vip_answer a ON a.id = f.answer_id
                  JOIN vip_question q ON q.id = a.question_id
                  LEFT JOIN vip_answer_words w ON w.answer_id = a.id
                 WHERE NOT EXISTS (SELECT FROM vip_complaint c
                                    WHERE c.ticket_id = f.ticket_id)
                   AND f.id IN""",
                feedback._state_sql(),
            ),
        )
        for row in rows:
            yield self._voice_line(
                "vip.feedback",
                row["id"],
                row["opened_at"],
                self.env._("Feedback: %s", self._voice_grade(row)),
                row["words"],
                states[row["state"]],
                tones.get(row["state"], "moving"),
            )

    def _voice_answers(self):
        rows = self._voice_rows(
            "vip.answer",
            [
                ("question_id.partner_id", "=", self.id),
                ("question_id.purpose", "in", (CLOSING, RELATION)),
                ("counts", "=", True),
            ],
            SQL(
                """
                SELECT a.id, a.grade, a.answered_at, q.purpose, t.name AS ticket
                  FROM vip_answer a
                  JOIN vip_question q ON q.id = a.question_id
                  LEFT JOIN helpdesk_ticket t ON t.id = q.ticket_id
                 WHERE NOT EXISTS (SELECT FROM vip_feedback f WHERE f.answer_id = a.id)
                   AND a.id IN"""
            ),
        )
        for row in rows:
            about = self.env._("the relation")
            yield self._voice_line(
                "vip.answer",
                row["id"],
                row["answered_at"],
                self.env._("Answer: %s", self._voice_grade(row)),
                about if row["purpose"] == RELATION else row["ticket"],
            )

    def _voice_grade(self, row):
        best = LIKELY[-1] if row["purpose"] == RELATION else 5
        return self.env._("%(grade)s of %(best)s", grade=row["grade"], best=best)

    def _voice_line(self, model, record_id, at, text, note, state="", tone=""):
        return {
            "key": f"{model},{record_id}",
            "kind": model,
            "at": at,
            "text": text,
            "note": note or "",
            "state": state,
            "tone": tone,
            "link": record_link(model, record_id),
        }

    def _voice_asked(self):
        """Return how often the client was asked in twelve months, and answered."""
        since = event_time(self.env) - relativedelta(months=12)
        # As superuser: how often, over all teams; nothing that was said.
        questions = self.env["vip.question"].sudo()
        counts = questions._read_group(
            [
                ("partner_id", "=", self.id),
                ("company_id", "in", self.env.companies.ids),
                ("closed_at", ">=", since),
                ("state", "in", ("asked", "answered")),
            ],
            ["state"],
            ["__count"],
        )
        count = dict(counts)
        return sum(count.values()), count.get("answered", 0)
