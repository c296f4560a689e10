from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
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
        tell = {
            "vip.complaint": self._voice_complaint,
            "vip.feedback": self._voice_feedback,
            "vip.answer": self._voice_answer,
        }
        asked, answered, opted_out = self._voice_asked()
        return {
            "lines": [tell[row["model"]](row) for row in self._voice_rows()],
            "asked": asked,
            "answered": answered,
            "opted_out": opted_out,
        }

    def _voice_rows(self):
        """Return what the reader may see, the newest first, as dicts; one query."""
        parts = [
            SQL("(SELECT %s IN %s ORDER BY at DESC LIMIT %s)", select, ids, SHOWN)
            for model, domain, select in (
                (
                    "vip.complaint",
                    [("partner_id", "=", self.id)],
                    self._voice_complaints_sql(),
                ),
                (
                    "vip.feedback",
                    [("partner_id", "=", self.id)],
                    self._voice_feedback_sql(),
                ),
                (
                    "vip.answer",
                    [
                        ("question_id.partner_id", "=", self.id),
                        ("question_id.purpose", "in", (CLOSING, RELATION)),
                        ("counts", "=", True),
                    ],
                    self._voice_answers_sql(),
                ),
            )
            if self.env[model].has_access("read")
            for ids in [self.env[model]._search(domain).subselect()]
        ]
        if not parts:
            return []
        return self.env.execute_query_dict(
            SQL(
                "%s ORDER BY at DESC, model, id DESC LIMIT %s",
                SQL(" UNION ALL ").join(parts),
                SHOWN,
            )
        )

    @api.model
    def _voice_complaints_sql(self):
        return SQL(
            """
            'vip.complaint' AS model, c.id, c.filed_at AS at, NULL::int AS grade,
            NULL::varchar AS purpose, c.number::varchar AS number, c.name::text AS note,
            CASE WHEN c.closed_at IS NOT NULL THEN 'closed' END::varchar AS state
              FROM vip_complaint c WHERE c.id
            """
        )

    @api.model
    def _voice_feedback_sql(self):
        return SQL(
            """
            'vip.feedback' AS model, f.id, f.opened_at AS at, f.grade::int AS grade,
            q.purpose, NULL::varchar AS number, w.text::text AS note,
            (%s)::varchar AS state
              FROM vip_feedback f
              JOIN vip_answer a ON a.id = f.answer_id
              JOIN vip_question q ON q.id = a.question_id
              LEFT JOIN vip_answer_words w ON w.answer_id = a.id
             WHERE NOT EXISTS (SELECT FROM vip_complaint c
                                WHERE c.ticket_id = f.ticket_id)
               AND f.id
            """,
            self.env["vip.feedback"]._state_sql(),
        )

    @api.model
    def _voice_answers_sql(self):
        return SQL(
            """
            'vip.answer' AS model, a.id, a.answered_at AS at, a.grade::int AS grade,
            q.purpose, NULL::varchar AS number, t.name::text AS note,
            NULL::varchar AS state
              FROM vip_answer a
              JOIN vip_question q ON q.id = a.question_id
              LEFT JOIN helpdesk_ticket t ON t.id = q.ticket_id
             WHERE NOT EXISTS (SELECT FROM vip_feedback f WHERE f.answer_id = a.id)
               AND a.id
            """
        )

    def _voice_complaint(self, row):
        closed = row["state"]
        return self._voice_line(
            row,
            self.env._("Complaint %s", row["number"]),
            row["note"],
            self.env._("closed") if closed else self.env._("open"),
            "done" if closed else "soon",
        )

    def _voice_feedback(self, row):
        state = self.env["vip.feedback"]._fields["state"]
        states = dict(state._description_selection(self.env))
        return self._voice_line(
            row,
            self.env._("Feedback: %s", self._voice_grade(row)),
            row["note"],
            states[row["state"]],
            {ANSWERED: "done", LATE: "late"}.get(row["state"], "moving"),
        )

    def _voice_answer(self, row):
        relation = row["purpose"] == RELATION
        return self._voice_line(
            row,
            self.env._("Answer: %s", self._voice_grade(row)),
            self.env._("the relation") if relation else row["note"],
        )

    def _voice_grade(self, row):
        best = LIKELY[-1] if row["purpose"] == RELATION else 5
        return self.env._("%(grade)s of %(best)s", grade=row["grade"], best=best)

    def _voice_line(self, row, text, note, state="", tone=""):
        model, record_id = row["model"], row["id"]
        return {
            "key": f"{model},{record_id}",
            "kind": model,
            "at": fields.Datetime.to_string(row["at"]),
            "text": text,
            "note": note or "",
            "state": state,
            "tone": tone,
            "link": record_link(model, record_id),
        }

    def _voice_asked(self):
        """Return how often the client was asked in twelve months, how often it answered,
        and whether it wants to be asked nothing; one query.

        Over all teams, and nothing that was said: for whoever meets the client.
        """
        [row] = self.env.execute_query(
            SQL(
                """
                SELECT count(q.id), count(q.id) FILTER (WHERE q.state = 'answered'),
                       COALESCE(p.vip_no_questions, FALSE)
                  FROM res_partner p
                  LEFT JOIN vip_question q
                    ON q.partner_id = p.id AND q.company_id = ANY(%s)
                   AND q.closed_at >= %s AND q.state IN ('asked', 'answered')
                 WHERE p.id = %s GROUP BY p.id
                """,
                self.env.companies.ids,
                event_time(self.env) - relativedelta(months=12),
                self.id,
            )
        )
        return row
