from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.groups import ADMIN_GROUP
from odoo.addons.vip_base.tools.sql import LooseMany2one

from .vip_answer_words import kept
from .vip_question import GRADES

#: From this grade on a client is satisfied.
SATISFIED = 4
#: How an answer came. By these the client gives it alone; others are entered for it.
OWN_HAND = [("mail", "Link in a mail"), ("portal", "Portal")]
ENTERED = [("sms", "SMS"), ("phone", "Phone"), ("survey", "Outside survey")]
#: So many answers stand beside each other at a question.
MOST = 5
#: A minute is what people say: an answer is not refused for its seconds.
MINUTE = timedelta(minutes=1)


class VipAnswer(models.Model):
    """What a client said of our service: the only thing that satisfaction is read from.

    It comes by the client's own link, from the portal, or through a service manager who
    has it from elsewhere and says from where; never through whom it is about. It only
    grows: the database refuses to change or delete a row. The first answer to a question
    counts, in the order in which they became known; later ones stand beside it.
    """

    _name = "vip.answer"
    _description = "Answer of a Client"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _order = "recorded_at desc, id desc"
    _rec_name = "question_id"

    question_id = fields.Many2one(
        "vip.question", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    grade = fields.Integer(
        required=True,
        readonly=True,
        aggregator="avg",
        help="1 to 5, 5 is best. Questions of another kind have a scale of their own.",
    )
    counts = fields.Boolean(
        readonly=True, help="The first answer to its question: figures read this one."
    )
    answered_at = fields.Datetime(string="Answered at", required=True, readonly=True)
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)
    counted_at = fields.Datetime(
        string="Counts at",
        required=True,
        readonly=True,
        help="When it was given, or the beginning of the first month that was not "
        "closed by then.",
    )
    channel = fields.Selection(
        [*OWN_HAND, *ENTERED], required=True, readonly=True, string="Came by"
    )
    source = fields.Char(
        readonly=True,
        help="Where one that was entered comes from: a list, a recording.",
    )
    entered_by_id = LooseMany2one("res.users", string="Entered by", readonly=True)
    import_id = LooseMany2one("vip.answer.import", string="Import", readonly=True)
    words_salt = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    words_hash = fields.Char(readonly=True, groups=fields.NO_ACCESS)
    words_ids = fields.One2many("vip.answer.words", "answer_id", readonly=True)
    words = fields.Text(related="words_ids.text")
    grade_ids = fields.One2many("vip.answer.grade", "answer_id", readonly=True)

    purpose = fields.Selection(related="question_id.purpose")
    ticket_id = fields.Many2one(related="question_id.ticket_id")
    partner_id = fields.Many2one(related="question_id.partner_id", string="Client")
    user_id = fields.Many2one(related="question_id.user_id")
    team_id = fields.Many2one(related="question_id.team_id")
    category_id = fields.Many2one(related="question_id.category_id")
    tier_id = fields.Many2one(related="question_id.tier_id")
    closed_at = fields.Datetime(related="question_id.closed_at")

    _counts_uniq = models.UniqueIndex("(question_id) WHERE counts")
    _figures_idx = models.Index("(company_id, counted_at) WHERE counts")
    # Which of these a question takes, it says itself.
    _grade_range = models.Constraint(
        "CHECK (grade BETWEEN 0 AND 10)", "A grade is from 0 to 10."
    )

    def init(self):
        """Make the database itself refuse to change or delete an answer."""
        frozen_rows.freeze(self.env.cr, self._table)

    def _auto_init(self):
        # A new column with a default is filled in old answers too.
        frozen_rows.thaw(self.env.cr, self._table)
        return super()._auto_init()

    def _guarded_fields(self):
        return self._all_but(())

    def _hands_off(self, names):
        return AccessError(
            self.env._("An answer is the client's: nobody writes or changes it.")
        )

    # ------------------------------------------------------------------
    # Giving
    # ------------------------------------------------------------------

    @api.model
    def _give(self, question, grade, channel, at, words="", dimensions=None):
        """Write down what a client answered by own hand.

        :param channel: ``mail`` or ``portal``
        :param at: naive UTC
        :param dimensions: {dimension: grade}
        :return: the answer, as superuser
        :raise UserError: there are enough answers, it is too late, or no such grade
        """
        question.lock_for_update()
        if not question._is_open(at):
            raise UserError(self.env._("The time to answer is over."))
        if len(question.answer_ids) >= MOST:
            raise UserError(self.env._("You have answered often enough. Thank you."))
        return self._write_down(
            [
                {
                    "question_id": question.id,
                    "grade": grade,
                    "channel": channel,
                    "answered_at": at,
                    "words": words,
                    "dimensions": dimensions or {},
                }
            ],
            at,
        )

    @api.model
    def _write_down(self, answers, at):
        """Write down answers, in order: the first one of a question counts.

        :param answers: values of the rows, with ``words`` (a text) and ``dimensions``
            ({dimension: grade}); their grades are from 1 to 5
        :param at: naive UTC, when they became known
        :return: the answers, as superuser
        """
        # As superuser: nobody makes these by hand; who calls has checked who may.
        questions = self.env["vip.question"].sudo()
        questions = questions.browse({row["question_id"] for row in answers})
        questions.lock_for_update()
        questions.invalidate_recordset(["answer_ids"])
        counted = set(questions.answer_ids.filtered("counts").question_id.ids)
        since = {
            company: self._counts_since(company) for company in questions.company_id
        }
        rows = []
        for answer in answers:
            question = questions.browse(answer["question_id"])
            rows.append(
                {
                    **self._row(answer, question, at),
                    "counted_at": max(
                        answer["answered_at"], since[question.company_id]
                    ),
                    "counts": question.id not in counted,
                }
            )
            counted.add(question.id)
        made = self.sudo().create(rows)
        questions._become("answered")
        made._heard(at)
        return made

    def _heard(self, at):
        """Do what follows when these answers have become known; a door.

        As superuser.

        :param at: naive UTC
        """

    def _row(self, answer, question, at):
        """Return the values of one answer: its words and dimensions in rows of theirs."""
        scale = question._grades()
        if answer["grade"] not in scale:
            raise UserError(
                self.env._(
                    "A grade is from %(first)s to %(last)s.",
                    first=scale[0],
                    last=scale[-1],
                )
            )
        if not all(grade in GRADES for grade in answer["dimensions"].values()):
            raise UserError(
                self.env._(
                    "A grade is from %(first)s to %(last)s.",
                    first=GRADES[0],
                    last=GRADES[-1],
                )
            )
        plain = {key: answer[key] for key in answer.keys() - {"words", "dimensions"}}
        return {
            **plain,
            **kept(answer["words"]),
            "company_id": question.company_id.id,
            "recorded_at": at,
            "grade_ids": [
                (0, 0, {"dimension_id": dimension.id, "grade": grade})
                for dimension, grade in answer["dimensions"].items()
            ],
        }

    @api.model
    def _counts_since(self, company):
        """Return from when on answers count, naive UTC; a hook for closed months."""
        return datetime.min

    # ------------------------------------------------------------------
    # Entering
    # ------------------------------------------------------------------

    @api.model
    def _enter(self, ticket, values, at):
        """Write down an answer that the current user has from elsewhere.

        :param values: grade, channel, source, answered_at, words and dimensions
        :param at: naive UTC
        :raise UserError: the request was not closed by then, or the user held it
        """
        answered_at = values["answered_at"]
        if answered_at > at + MINUTE:
            raise UserError(self.env._("The answer lies in the future."))
        question = self._question_at(ticket, answered_at, at)
        if not question:
            raise UserError(
                self.env._(
                    "The request was not closed by then: there is nothing to answer."
                )
            )
        if question.user_id == self.env.user:
            raise AccessError(
                self.env._(
                    "You held this request: another service manager enters its answer."
                )
            )
        entered = {"question_id": question.id, "entered_by_id": self.env.uid}
        return self._write_down([{**values, **entered}], at)

    @api.model
    def _question_at(self, ticket, answered_at, at):
        """Return the question about the closing before an answer, as superuser."""
        # As superuser: the question belongs to nobody yet.
        questions = self.env["vip.question"].sudo()
        self.env.flush_all()
        answered = SQL("SELECT 1, %s, %s::timestamp", ticket.id, answered_at)
        rows = self.env.execute_query(questions._answered_sql(answered))
        if not rows:
            return questions.browse()
        [(_line, question_id, *closing)] = rows
        if question_id:
            return questions.browse(question_id)
        ticket_id, closed_at, *held = closing
        row = (ticket_id, closed_at, 0, *(value or 0 for value in held))
        return questions._note_closings([row], at, state="asked")

    def action_erase_words(self):
        """Empty the words of these answers for good; the grades stay.

        :raise AccessError: the user is no administrator
        """
        if not self.env.user.has_group(ADMIN_GROUP):
            raise AccessError(self.env._("Only an administrator erases words."))
        self.check_access("read")
        # As superuser: the words are written here only.
        words = self.sudo().words_ids.filtered("text")
        words._erase()
        self.env["vip.audit.log"]._record(words.answer_id, "changed")


class VipAnswerGrade(models.Model):
    """What a client graded beside the whole."""

    _name = "vip.answer.grade"
    _description = "Grade of a Dimension"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _order = "id"
    _rec_name = "dimension_id"

    answer_id = fields.Many2one(
        "vip.answer", required=True, readonly=True, ondelete="restrict", index=True
    )
    dimension_id = fields.Many2one(
        "vip.dimension", required=True, readonly=True, ondelete="restrict"
    )
    grade = fields.Integer(required=True, readonly=True, aggregator="avg")

    _dimension_uniq = models.UniqueIndex("(answer_id, dimension_id)")
    _grade_range = models.Constraint(
        "CHECK (grade BETWEEN 1 AND 5)", "A grade is from 1 to 5."
    )

    def init(self):
        """Make the database itself refuse to change or delete a grade."""
        frozen_rows.freeze(self.env.cr, self._table)

    def _guarded_fields(self):
        return self._all_but(())
