from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.times import at_context, event_time
from odoo.addons.vip_service.models.contact.vip_contact import COUNTS

from .sla_obligation import REPLY

#: What was heard, and when: the database keeps it.
HEARD = ("answer_id", "company_id", "grade", "is_low", "opened_at")
OPEN, LATE, ANSWERED = "open", "late", "answered"


class VipFeedback(models.Model):
    """What a client said that gets an answer of its own, within a limit (V1).

    An ordinary ticket of the team that answers clients: its clocks, levels and points are
    those of all tickets. It is answered by the next message or call that reaches the
    client; nobody ticks that.
    """

    _name = "vip.feedback"
    _description = "Feedback of a Client"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _order = "opened_at desc, id desc"
    _rec_name = "ticket_id"

    answer_id = fields.Many2one(
        "vip.answer", required=True, readonly=True, ondelete="restrict"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Followed up by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    grade = fields.Integer(readonly=True, aggregator="avg")
    is_low = fields.Boolean(string="Low grade", readonly=True)
    opened_at = fields.Datetime(string="Opened at", required=True, readonly=True)
    words = fields.Text(related="answer_id.words", string="Words")
    purpose = fields.Selection(related="answer_id.purpose")
    partner_id = fields.Many2one(
        related="answer_id.question_id.partner_id", string="Client"
    )
    about_id = fields.Many2one(
        related="answer_id.question_id.ticket_id", string="About"
    )
    grade_ids = fields.One2many(related="answer_id.grade_ids", string="In detail")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Answered by")
    complaint_id = fields.Many2one("vip.complaint", compute="_compute_cause")
    said = fields.Char(string="Graded", compute="_compute_said")
    cause_line_ids = fields.One2many(
        "vip.case.cause", compute="_compute_cause", string="Causes"
    )
    proposed_cause_id = fields.Many2one(
        "vip.cause", string="Like cases came from", compute="_compute_cause"
    )
    lacks_cause = fields.Boolean(
        string="Without a cause",
        compute="_compute_cause",
        search="_search_lacks_cause",
        help="A low grade is finished only once a person has decided what it came from.",
    )
    state = fields.Selection(
        [
            (OPEN, "To be answered"),
            (LATE, "Late"),
            (ANSWERED, "Answered"),
        ],
        compute="_compute_state",
        search="_search_state",
        help="Answered: a message or a call has reached the client since.",
    )

    _answer_uniq = models.UniqueIndex("(answer_id)")
    _company_idx = models.Index("(company_id, opened_at)")

    def init(self):
        """Make the database itself keep what was heard."""
        frozen_rows.freeze(self.env.cr, self._table, columns=HEARD)

    def _guarded_fields(self):
        return self._all_but(())

    def _hands_off(self, names):
        return AccessError(
            self.env._("Feedback is opened by what a client has answered.")
        )

    @api.model
    def _state_sql(self):
        """Return the SQL of the state of a row ``f``, as of the event time."""
        return SQL(
            """
            CASE WHEN EXISTS (
                      SELECT FROM vip_contact c
                       WHERE c.ticket_id = f.ticket_id AND c.outgoing AND %(counts)s
                         AND c.at >= f.opened_at) THEN 'answered'
                 WHEN EXISTS (
                      SELECT FROM sla_clock k
                       WHERE k.ticket_id = f.ticket_id AND k.metric = %(reply)s
                         AND k.stopped_at IS NULL AND k.due_at < %(now)s) THEN 'late'
                 ELSE 'open' END""",
            counts=COUNTS,
            reply=REPLY,
            now=event_time(self.env),
        )

    @api.depends_context("uid")
    def _compute_state(self):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT f.id, %s FROM vip_feedback f WHERE f.id = ANY(%s)",
                self._state_sql(),
                self.ids,
            )
        )
        states = dict(rows)
        for feedback in self:
            feedback.state = states.get(feedback.id, OPEN)

    @api.model
    def _search_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        self.env.flush_all()
        found = SQL(
            "(SELECT f.id FROM vip_feedback f WHERE %s = ANY(%s))",
            self._state_sql(),
            list(value),
        )
        return [("id", operator, found)]

    def _compute_said(self):
        # As superuser: by which scale was graded, to who may read the feedback.
        for feedback in self.sudo():
            feedback.said = self.env._(
                "%(grade)s of %(best)s",
                grade=feedback.grade,
                best=feedback.answer_id.question_id._grades()[-1],
            )

    # What it came from

    def _compute_cause(self):
        causes, complaints = self.env["vip.case.cause"], self.env["vip.complaint"]
        for feedback in self:
            lines = causes.search([("ticket_id", "=", feedback.ticket_id.id)])
            feedback.cause_line_ids = lines
            feedback.complaint_id = complaints._of_ticket(feedback.ticket_id)
            # As superuser: which item it is about; another team may hold the request.
            item = feedback.sudo().about_id.category_id
            feedback.proposed_cause_id = causes._proposed(
                feedback.company_id, item, self.env["vip.process.step"]
            )
            feedback.lacks_cause = (
                feedback.is_low and bool(feedback.ticket_id) and not lines
            )

    @api.model
    def _search_lacks_cause(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        self.env["vip.case.cause"].flush_model(["ticket_id"])
        lacking = SQL(
            "(SELECT f.id FROM vip_feedback f WHERE f.is_low AND f.ticket_id IS NOT NULL"
            " AND NOT EXISTS (SELECT FROM vip_case_cause k"
            " WHERE k.ticket_id = f.ticket_id))"
        )
        return [
            ("id", "in" if (operator == "in") == (True in value) else "not in", lacking)
        ]

    @api.model
    def _lacking_cause(self, tickets):
        """Return those of these tickets whose low grade has no cause yet; one query."""
        if not tickets.ids:
            return tickets.browse()
        self.env["vip.case.cause"].flush_model(["ticket_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.ticket_id FROM vip_feedback f
                 WHERE f.ticket_id = ANY(%s) AND f.is_low
                   AND NOT EXISTS (SELECT FROM vip_case_cause k
                                    WHERE k.ticket_id = f.ticket_id)
                """,
                tickets.ids,
            )
        )
        return tickets.browse(ticket for (ticket,) in rows)

    def action_cause(self):
        """Open where a person decides what this came from; like cases propose."""
        self.ensure_one()
        return self.env["vip.case.cause"]._decide(
            self.ticket_id, self.proposed_cause_id
        )

    def action_complaint(self):
        """Open the complaint that this became, or where a person makes it one."""
        self.ensure_one()
        return self.ticket_id.action_vip_complaint()

    def action_open_ticket(self):
        """Open the ticket by which this is answered."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }

    # Opening

    @api.model
    def _open(self, answers, at):
        """Open a ticket for each of these answers, where a team answers clients.

        :param answers: as superuser
        :param at: naive UTC
        :return: the feedback, as superuser
        """
        asking = answers.filtered(lambda answer: answer.company_id.vip_voice_team_id)
        # As superuser: what a client says opens its ticket, whoever wrote it down.
        feedback = self.sudo()
        if not asking:
            return feedback.browse()
        tickets = self.env["helpdesk.ticket"].sudo().with_context(**at_context(at))
        tickets = tickets.create([self._ticket_of(answer) for answer in asking])
        made = feedback.create(
            [
                {
                    "answer_id": answer.id,
                    "ticket_id": ticket.id,
                    "company_id": answer.company_id.id,
                    "grade": answer.grade,
                    "is_low": answer._is_low(),
                    "opened_at": at,
                }
                for answer, ticket in zip(asking, tickets, strict=True)
            ]
        )
        self.env["sla.obligation"].with_context(**at_context(at))._owe(
            REPLY, tickets, {one.ticket_id.id: one for one in made}
        )
        return made

    @api.model
    def _ticket_of(self, answer):
        """Return the values of the ticket by which an answer is answered."""
        question, company = answer.question_id, answer.company_id
        lang = company.partner_id.lang or self.env.lang
        env = self.with_context(lang=lang).env
        best = question._grades()[-1]
        about = question.ticket_id.name or env._("the relation")
        said = env._("%(grade)s of %(best)s", grade=answer.grade, best=best)
        category = env.ref("vip_voice.category_feedback", raise_if_not_found=False)
        return {
            "name": env._("Feedback, %(said)s: %(about)s", said=said, about=about),
            "description": Markup("<p>%s</p><p>%s</p>")
            % (
                env._("The client answered %s.", said),
                answer.words or env._("Without words."),
            ),
            "partner_id": question.asked_partner_id.id,
            "company_id": company.id,
            "team_id": company.vip_voice_team_id.id,
            "category_id": category and category.id,
            "user_id": False,
            "priority": "2" if answer._is_low() else "1",
        }
