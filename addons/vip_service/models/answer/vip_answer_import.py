from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

from .vip_answer import ENTERED

GRADE = "^[1-5]$"
#: What people write over the columns; the last one is that of a sample.
WORDS = {
    "ticket": (
        "ticket number",
        "request",
        "request number",
        "工单",
        "工单编号",
        "工单号",
    ),
    "answered_at": ("time", "answer time", "回复时间", "评价时间", "回答时间"),
    "grade": ("score", "rating", "满意度", "分数", "评分"),
    "channel": ("way", "方式", "渠道"),
    "source": ("from", "出处", "来源"),
    "words": ("comment", "remark", "意见", "备注", "留言"),
}
#: So many answers are written at a time.
BATCH = 1000


class VipAnswerImport(models.Model):
    """A file of answers that clients gave elsewhere: by SMS, by phone, in a survey.

    Columns: ``ticket`` (its number), ``answered_at`` (YYYY-MM-DD HH:MM, the company's
    time), ``grade`` (1 to 5), ``channel`` (sms, phone, survey), ``source`` (from where
    it is known), ``words``, and one for each dimension, by its code. All but the last
    two are always needed. The same file twice changes nothing.

    An answer belongs to the closing before it, and to who held the request then.
    """

    _name = "vip.answer.import"
    _description = "Import of Answers"
    _inherit = ["vip.import.mixin", "vip.audited"]
    _cron_xmlid = "vip_service.ir_cron_answer_import"

    name = fields.Char(default=lambda self: self.env._("Answers of clients"))
    changed_count = fields.Integer(string="New answers")

    def _audited_fields(self):
        return {"state", "row_count", "accepted_count", "changed_count", "user_id"}

    def _known_columns(self):
        return [*self._needed(), "words", *self._dimensions()]

    def _needed(self):
        return ["ticket", "answered_at", "grade", "channel", "source"]

    def _missing_columns(self, columns):
        return [name for name in self._needed() if name not in columns]

    @api.model
    def _dimensions(self):
        """Return {code: dimension} of what may be graded."""
        # As superuser: names of columns; all of them, as old files name old ones.
        dimensions = self.env["vip.dimension"].sudo().with_context(active_test=False)
        return {one.code: one for one in dimensions.search([])}

    def _heading_words(self):
        names = {code: (one.name,) for code, one in self._dimensions().items()}
        return {**names, **WORDS}

    def _kinds(self):
        return {"answered_at": "instant"}

    def _column_labels(self):
        return {
            "ticket": self.env._("Ticket"),
            "answered_at": self.env._("Answered at"),
            "grade": self.env._("Grade"),
            "channel": self.env._("Channel"),
            "source": self.env._("Source"),
            "words": self.env._("Words"),
            **{code: one.name for code, one in self._dimensions().items()},
        }

    def _sample_rows(self, language):
        names = [*self._needed(), "words"]
        heads = [WORDS[name][-1] for name in names] if language == "zh" else names
        at = self.company_id._vip_local_date(event_time(self.env))
        return [heads, ["HT00001", f"{at} 09:30", "5", "phone", "call list", ""]]

    def _lock_target(self):
        [[free]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext('vip.answer'), %s)",
                self.company_id.id,
            )
        )
        if not free:
            raise UserError(
                self.env._("Another file of answers is being imported; try again soon.")
            )

    # Checking

    def _check_rows(self, columns):
        """Resolve every line into ``vip_import_row``: what it says, or why not."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                CREATE TEMP TABLE vip_import_row ON COMMIT DROP AS
                SELECT r.*, q.question_id, q.closed_at, q.user_id, q.team_id,
                       q.category_id,
                       EXISTS (SELECT FROM vip_answer k
                                WHERE k.question_id = q.question_id
                                  AND k.answered_at = r.at AND k.channel = r.channel
                                  AND k.source = r.source) AS known,
                       NULL::text AS reason
                  FROM (%(resolved)s) r
                  LEFT JOIN (%(questions)s) q ON q.line = r.line
                """,
                resolved=self._resolved_sql(columns),
                questions=self.env["vip.question"]._answered_sql(
                    SQL(
                        "SELECT line, ticket_id, at FROM (%s) r"
                        " WHERE ticket_id IS NOT NULL AND at IS NOT NULL",
                        self._resolved_sql(columns),
                    )
                ),
            )
        )
        self.env.cr.execute(
            SQL("UPDATE vip_import_row r SET reason = %s", self._reason_sql())
        )
        self._reject_duplicates()

    def _resolved_sql(self, columns):
        """Return the query for each line with its ticket and instant (naive UTC)."""
        return SQL(
            """
            SELECT s.*, t.id AS ticket_id,
                   (%(at)s) AT TIME ZONE %(zone)s AT TIME ZONE 'UTC' AS at
              FROM (SELECT line, flaw, %(cells)s FROM vip_import_line) s
              LEFT JOIN LATERAL (
                   SELECT min(t.id) AS id FROM helpdesk_ticket t
                    WHERE t.number = s.ticket AND t.company_id = %(company)s
                   HAVING count(*) = 1) t ON TRUE
            """,
            cells=SQL(", ").join(
                SQL("%s AS %s", self._answer_cell(name, columns), SQL.identifier(name))
                for name in self._known_columns()
            ),
            company=self.company_id.id,
            zone=self.company_id._vip_zone(),
            at=self._instant_sql(SQL("s.answered_at"), "answered_at"),
        )

    def _answer_cell(self, name, columns):
        """Return the text of a cell; that of a grade in the digits of a keyboard."""
        cell = self._cell(name, columns)
        if name == "grade" or name in self._dimensions():
            return SQL("normalize(%s, NFKC)", cell)
        return SQL("lower(%s)", cell) if name == "channel" else cell

    def _reason_sql(self):
        """Return the expression for the first reason to refuse a line, or NULL."""
        bad = [
            SQL("r.%s !~ %s", SQL.identifier(code), GRADE)
            for code in self._dimensions()
        ]
        return SQL(
            """
            CASE WHEN flaw IS NOT NULL THEN flaw
                 WHEN ticket IS NULL THEN 'no_ticket'
                 WHEN ticket_id IS NULL THEN 'bad_ticket'
                 WHEN answered_at IS NULL OR at IS NULL THEN 'bad_time'
                 WHEN at > %(now)s + interval '59 seconds' THEN 'future'
                 WHEN grade IS NULL OR grade !~ %(grade)s THEN 'bad_grade'
                 WHEN COALESCE(%(dimensions)s, FALSE) THEN 'bad_dimension'
                 WHEN channel IS NULL OR channel <> ALL(%(channels)s) THEN 'bad_channel'
                 WHEN source IS NULL THEN 'no_source'
                 WHEN closed_at IS NULL THEN 'not_closed'
                 WHEN user_id = %(user)s THEN 'own' END
            """,
            now=event_time(self.env),
            grade=GRADE,
            dimensions=SQL(" OR ").join(
                SQL("COALESCE(%s, FALSE)", one) for one in [SQL("FALSE"), *bad]
            ),
            channels=[key for key, _label in ENTERED],
            user=self.env.uid,
        )

    def _reject_duplicates(self):
        """Refuse all rows that say the same more than once."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET reason = 'duplicate'
                  FROM (SELECT ticket_id, at, channel, source FROM vip_import_row
                         WHERE reason IS NULL GROUP BY 1, 2, 3, 4
                        HAVING count(*) > 1) d
                 WHERE (r.ticket_id, r.at, r.channel, r.source)
                       = (d.ticket_id, d.at, d.channel, d.source) AND r.reason IS NULL
                """
            )
        )

    def _find_changes(self, columns):
        """Return how many answers are new."""
        [[changed]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM vip_import_row WHERE reason IS NULL AND NOT known"
            )
        )
        return changed

    # Booking

    def _book(self, columns):
        """Write the new answers down, in the order of the file; return how many."""
        at = event_time(self.env)
        self._note_closings(at)
        changed = 0
        while rows := self._next_rows(changed):
            answers = [self._answer(row) for row in rows]
            self.env["vip.answer"]._write_down(answers, at)
            changed += len(rows)
            self.env.flush_all()
            self._report_progress(60)
        return changed

    def _note_closings(self, at):
        """Give the closings that nobody asked about their questions."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ticket_id, closed_at, 0, COALESCE(user_id, 0),
                       COALESCE(team_id, 0), COALESCE(category_id, 0)
                  FROM vip_import_row
                 WHERE reason IS NULL AND NOT known AND question_id IS NULL
                """
            )
        )
        # As superuser: questions are written here and by the queue only.
        self.env["vip.question"].sudo()._note_closings(rows, at, state="asked")
        self.env.cr.execute(
            SQL(
                """
                UPDATE vip_import_row r SET question_id = q.id FROM vip_question q
                 WHERE r.question_id IS NULL AND r.reason IS NULL
                   AND q.ticket_id = r.ticket_id AND q.closed_at = r.closed_at
                """
            )
        )

    def _next_rows(self, done):
        self.env.cr.execute(
            SQL(
                "SELECT * FROM vip_import_row WHERE reason IS NULL AND NOT known"
                " ORDER BY line LIMIT %s OFFSET %s",
                BATCH,
                done,
            )
        )
        return self.env.cr.dictfetchall()

    def _answer(self, row):
        return {
            "question_id": row["question_id"],
            "grade": int(row["grade"]),
            "channel": row["channel"],
            "source": row["source"],
            "answered_at": row["at"],
            "words": row["words"],
            "dimensions": {
                dimension: int(row[code])
                for code, dimension in self._dimensions().items()
                if row[code]
            },
            "entered_by_id": self.env.uid,
            "import_id": self.id,
        }

    # Result

    def _reject_reasons(self):
        channels = ", ".join(key for key, _label in ENTERED)
        return {
            **super()._reject_reasons(),
            "no_ticket": self.env._("The ticket is missing."),
            "bad_ticket": self.env._("No ticket of this company has this number."),
            "bad_time": self.env._("The time is not written as YYYY-MM-DD HH:MM."),
            "future": self.env._("The time lies in the future."),
            "bad_grade": self.env._("The grade is not from 1 to 5."),
            "bad_dimension": self.env._("The grade of a dimension is not from 1 to 5."),
            "bad_channel": self.env._("The channel is none of: %s.", channels),
            "no_source": self.env._("Say from where the answer is known: the source."),
            "not_closed": self.env._(
                "The request was not closed by then: there is nothing to answer."
            ),
            "own": self.env._(
                "You held this request: another service manager imports its answer."
            ),
            "duplicate": self.env._("This answer comes more than once in the file."),
        }

    def _cells_at_fault(self):
        return {
            **super()._cells_at_fault(),
            **{
                code: [name]
                for code, name in {
                    "bad_ticket": "ticket",
                    "not_closed": "ticket",
                    "own": "ticket",
                    "bad_time": "answered_at",
                    "future": "answered_at",
                    "bad_grade": "grade",
                    "bad_channel": "channel",
                }.items()
            },
            "bad_dimension": list(self._dimensions()),
            "duplicate": ["ticket", "answered_at"],
        }
