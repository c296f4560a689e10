import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import LooseMany2one, array
from odoo.addons.vip_base.tools.times import event_time

from ...tools.automatic import AUTOMATIC

_logger = logging.getLogger(__name__)

#: In the context while the mail of a question is written: its id.
ASKING = "vip_question"
#: One that could not be asked is tried again after so many minutes, then twice that,
#: and so on.
BACK_OFF = 10
MOST_TRIES = 5
#: So many questions are looked at together by the job.
BATCH = 500
#: What was closed longer ago is history: its clients are not asked any more.
OLDEST = timedelta(days=7)
#: So many times the one who was asked gets a mail with a link.
MOST_MAILS = 3
#: What was true when the request was closed; the database keeps it.
AS_OF_CLOSING = (
    *("purpose", "ticket_id", "company_id", "user_id", "team_id"),
    *("category_id", "tier_id", "closed_at", "recorded_at"),
)
#: What a client may grade, 5 is best.
GRADES = range(1, 6)
#: What is read of tickets to ask.
TAKEN = ("partner_id", "commercial_partner_id", "company_id", "user_id", "team_id")


class VipQuestion(models.Model):
    """A client is asked how satisfied they are with a request that was closed.

    One question for each closing. It keeps who held the request, in which team, for
    which service item and tier, as of that closing: whatever becomes of the ticket
    later, an answer belongs there. It is also the outbox of the mails that ask: a row
    waits for the job, so closing thousands at once waits for none of them.

    An answer needs no mail: what was asked by phone or SMS gets its question when the
    answer is imported.
    """

    _name = "vip.question"
    _description = "Question to a Client"
    _inherit = ["vip.hands.off.mixin"]
    _log_access = False
    _order = "closed_at desc, id desc"
    _rec_name = "ticket_id"

    purpose = fields.Selection(
        [("closing", "A request was closed")],
        required=True,
        readonly=True,
        default="closing",
    )
    ticket_id = LooseMany2one("helpdesk.ticket", readonly=True, index=True)
    asked_partner_id = LooseMany2one("res.partner", string="Asked", readonly=True)
    partner_id = LooseMany2one("res.partner", string="Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    user_id = LooseMany2one(
        "res.users",
        string="Held by",
        readonly=True,
        help="Who held the request when it was closed. Handing it over later changes "
        "nothing.",
    )
    team_id = LooseMany2one("helpdesk.ticket.team", readonly=True)
    category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    tier_id = LooseMany2one("vip.tier", readonly=True, help="On the day of closing.")
    closed_at = fields.Datetime(string="Closed at", required=True, readonly=True)
    recorded_at = fields.Datetime(string="Recorded at", required=True, readonly=True)
    state = fields.Selection(
        [
            ("waiting", "To be asked"),
            ("asked", "Asked"),
            ("answered", "Answered"),
            ("dropped", "Not asked"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        help="Not asked: work went on before the mail left, or the address is that of "
        "one of us. Failed: no mail could be made; see the server's log.",
    )
    lang = fields.Char(string="Language", readonly=True)
    template_id = LooseMany2one("mail.template", readonly=True)
    message_id = LooseMany2one("mail.message", readonly=True, index="btree_not_null")
    asked_at = fields.Datetime(string="Asked at", readonly=True)
    expires_at = fields.Datetime(
        string="To be answered until",
        required=True,
        readonly=True,
        help="By its link, or in the portal.",
    )
    mails = fields.Integer(readonly=True, help="So many mails asked.")
    tries = fields.Integer(readonly=True)
    try_at = fields.Datetime(string="Try at", readonly=True)
    answer_ids = fields.One2many("vip.answer", "question_id", readonly=True)

    _closing_uniq = models.UniqueIndex("(ticket_id, closed_at)")
    _waiting_idx = models.Index("(try_at) WHERE state = 'waiting'")
    _user_idx = models.Index("(user_id, closed_at)")
    _partner_idx = models.Index("(partner_id, closed_at)")

    def init(self):
        """Make the database itself keep what was true at the closing."""
        frozen_rows.freeze(self.env.cr, self._table, columns=AS_OF_CLOSING)

    def _guarded_fields(self):
        return self._all_but(())

    def _hands_off(self, names):
        return AccessError(self.env._("Questions are asked by the system."))

    # ------------------------------------------------------------------
    # To be asked
    # ------------------------------------------------------------------

    @api.model
    def _queue(self, tickets, templates, at):
        """Let the clients of tickets that were closed be asked by mail, each once.

        Nobody is asked about history that is loaded now.

        :param templates: one for each ticket
        :param at: naive UTC, when they were closed
        :return: the new questions, as superuser
        """
        # As superuser: an outbox that nobody writes; who may close a ticket asks.
        questions = self.sudo()
        if not tickets or self._is_history(at):
            return questions.browse()
        closings = [
            (ticket.id, at, template.id, ticket.user_id.id, ticket.team_id.id)
            + (ticket.category_id.id,)
            for ticket, template in zip(tickets.sudo(), templates, strict=True)
        ]
        asked = questions._note_closings(closings, at, state="waiting")
        if asked:
            self.env.ref("vip_service.ir_cron_question").sudo()._trigger()
        return asked

    @api.model
    def _note_closings(self, closings, at, state, purpose="closing"):
        """Write down questions about closings that have none yet; one statement.

        :param closings: (ticket id, closed at, template id, user id, team id, category id)
        :param at: naive UTC, when this is recorded
        :param purpose: of the questions: what is asked about these tickets
        :return: the new ones
        """
        if not closings:
            return self.browse()
        self.env["helpdesk.ticket"].flush_model([*TAKEN, "category_id"])
        self.env["res.partner"].flush_model(["lang"])
        self.env["res.company"].flush_model(["vip_answer_days"])
        tickets, times, templates, *held = zip(*closings, strict=True)
        rows = self.env.execute_query(
            SQL(
                """
        INSERT INTO vip_question (
               purpose, ticket_id, asked_partner_id, partner_id, company_id, user_id,
               team_id, category_id, tier_id, closed_at, recorded_at, state, lang,
               template_id, try_at, tries, mails, expires_at)
        SELECT %(purpose)s, ticket.id, ticket.partner_id, ticket.commercial_partner_id,
               ticket.company_id, NULLIF(closing.user_id, 0),
               NULLIF(closing.team_id, 0), NULLIF(closing.category_id, 0), tier.id,
               closing.at, %(at)s, %(state)s, partner.lang,
               NULLIF(closing.template_id, 0), %(at)s, 0, 0,
               closing.at + company.vip_answer_days * interval '1 day'
          FROM unnest(%(tickets)s, %(times)s::timestamp[], %(templates)s, %(users)s,
                      %(teams)s, %(categories)s, %(tiers)s)
               closing (ticket_id, at, template_id, user_id, team_id, category_id, tier_id)
          JOIN helpdesk_ticket ticket ON ticket.id = closing.ticket_id
          JOIN res_company company ON company.id = ticket.company_id
     LEFT JOIN res_partner partner ON partner.id = ticket.partner_id
     LEFT JOIN vip_tier tier ON tier.id = closing.tier_id
         ORDER BY closing.at, ticket.id
            ON CONFLICT (ticket_id, closed_at) DO NOTHING
     RETURNING id
                """,
                purpose=purpose,
                at=at,
                state=state,
                tickets=array(tickets),
                times=list(times),
                templates=array(map(int, templates)),
                **{
                    name: array(map(int, column))
                    for name, column in zip(
                        ("users", "teams", "categories"), held, strict=True
                    )
                },
                tiers=array(self._tiers_at(tickets, times)),
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _tiers_at(self, ticket_ids, times):
        """Return the tier ids of the clients of tickets on the days of instants."""
        tickets = self.env["helpdesk.ticket"].browse(ticket_ids)
        keys = [
            (
                ticket.partner_id.id,
                ticket.company_id.id,
                ticket.company_id._vip_local_date(at),
            )
            for ticket, at in zip(tickets, times, strict=True)
        ]
        known = {key for key in keys if all(key)}
        rows = self.env["res.partner"]._tier_rows(sorted(known))
        tiers = {tuple(row[:3]): row[3] for row in rows}
        return [tiers.get(key) for key in keys]

    @api.model
    def _is_history(self, at):
        """Tell whether what happened at ``at`` (naive UTC) is too old to ask about."""
        return self.env.cr.now() - at > OLDEST

    @api.model
    def _closing_sql(self, ticket, at):
        """Return the SQL of the closing of a ticket at or before an instant; a hook.

        One row or none, to be joined ``LATERAL``: ``closed_at``, ``user_id``,
        ``team_id``, ``category_id``. Who knows how a ticket went answers by that.

        :param ticket: SQL text of a row of tickets, such as ``"t"``
        :param at: SQL text of the instant, a timestamp
        """
        return SQL(
            """
            SELECT %(ticket)s.closed_date AS closed_at, %(ticket)s.user_id,
                   %(ticket)s.team_id, %(ticket)s.category_id
             WHERE %(ticket)s.closed_date <= %(at)s
            """,
            ticket=SQL(ticket),
            at=SQL(at),
        )

    @api.model
    def _answered_sql(self, answered):
        """Return the SQL of the questions that answers from elsewhere belong to.

        A row for each answer that has a closing before it: ``line``, ``question_id``
        (NULL: it has none yet), ``ticket_id``, ``closed_at``, ``user_id``, ``team_id``,
        ``category_id``. A minute is what people say: an answer is not too early for
        its seconds.

        :param answered: SQL of (line, ticket_id, at)
        """
        return SQL(
            """
            SELECT a.line, q.id AS question_id, t.id AS ticket_id,
                   COALESCE(q.closed_at, c.closed_at) AS closed_at,
                   COALESCE(q.user_id, c.user_id) AS user_id,
                   c.team_id, c.category_id
              FROM (%(answered)s) a (line, ticket_id, at)
              JOIN helpdesk_ticket t ON t.id = a.ticket_id
              LEFT JOIN LATERAL (%(closing)s) c ON TRUE
              LEFT JOIN LATERAL (
                   SELECT q.id, q.closed_at, q.user_id FROM vip_question q
                    WHERE q.ticket_id = t.id
                      AND q.closed_at <= a.at + interval '59 seconds'
                      AND (c.closed_at IS NULL OR q.closed_at >= c.closed_at)
                    ORDER BY q.closed_at DESC LIMIT 1) q ON TRUE
             WHERE q.id IS NOT NULL OR c.closed_at IS NOT NULL
            """,
            answered=answered,
            closing=self._closing_sql("t", "(a.at + interval '59 seconds')"),
        )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _cron_ask(self):
        """Ask what is due; one that fails waits and stops no other.

        In batches, so that what it holds in memory does not grow with what waits. A
        question and its mail are committed together: killed, nobody is asked twice.
        """
        at = event_time(self.env)
        cron = self.env["ir.cron"]
        due = [("state", "=", "waiting"), ("try_at", "<=", at)]
        # As superuser: the job asks what anybody's move wanted to be asked.
        queue = self.sudo()
        cron._commit_progress(remaining=queue.search_count(due))
        last = 0
        while questions := queue.search(
            [*due, ("id", ">", last)], order="id", limit=BATCH
        ):
            last = questions[-1:].id
            for question in questions:
                question = question.try_lock_for_update().filtered_domain(due)
                if question:
                    question._ask(at)
                if not cron._commit_progress(1):
                    return
            self.env.invalidate_all()

    def _ask(self, at):
        """Put the mail of a question into the mail queue.

        :param at: naive UTC
        """
        try:
            with self.env.cr.savepoint():
                self._become(**self._asked(at))
        except Exception:  # pylint: disable=broad-except
            _logger.exception("The question about ticket %s", self.ticket_id.id)
            tries = self.tries + 1
            self._become(
                "waiting" if tries < MOST_TRIES else "failed",
                tries=tries,
                try_at=at + timedelta(minutes=BACK_OFF * 2**self.tries),
            )

    def _become(self, state, **values):
        """Let questions be in a state from now on, with what else is then true."""
        self.write({"state": state, **values})

    def _asked(self, at):
        """Write the mail; return what is then true of the question."""
        answered = self.answer_ids and "answered"
        if not self._is_to_be_asked():
            # The links of mails that have left stay alive.
            return {"state": answered or ("asked" if self.mails else "dropped")}
        return {
            "state": answered or "asked",
            "message_id": self._write_mail().id,
            "mails": self.mails + 1,
            "asked_at": self.asked_at or at,
        }

    def _is_to_be_asked(self):
        """Tell whether the request is still closed and its client none of us."""
        ticket, stage = self.ticket_id, self.ticket_id.stage_id
        if not ticket or not self.template_id or not self._address():
            return False
        newer = [("ticket_id", "=", ticket.id), ("closed_at", ">", self.closed_at)]
        if self.search_count(newer, limit=1):
            return False
        return self._is_closing(stage) and not self._is_ours()

    @api.model
    def _is_closing(self, stage):
        """Tell whether a stage closes a request; a hook."""
        return stage.closed

    def _address(self):
        return self.asked_partner_id.email_normalized

    def _is_ours(self):
        """Tell whether a mail to the client would come to one of us."""
        users = self.env["res.users"].with_context(active_test=False)
        mine = ("partner_id.email_normalized", "=", self._address())
        one = ("partner_id", "=", self.asked_partner_id.id)
        return bool(
            users.search_count([("share", "=", False), "|", mine, one], limit=1)
        )

    def _write_mail(self):
        """Post the mail on the ticket, with links that name the question, and no key."""
        # It asks by itself: no contact with the client. The template is read anew on the
        # way, so language and question go with the ticket.
        ticket = self.ticket_id.with_context(
            lang=self.lang or self.company_id.partner_id.lang,
            mail_notify_force_send=False,
            **{AUTOMATIC: True, ASKING: self.id},
        )
        return ticket.message_post_with_source(
            self.template_id,
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
            subtype_xmlid="mail.mt_note",
        )

    def _ask_again(self, at):
        """Let who was asked get another mail with a link, unless there were enough.

        :param at: naive UTC
        """
        again = self.filtered(
            lambda question: (
                question._is_open(at)
                and question.state == "asked"
                and question.mails < MOST_MAILS
            )
        )
        if again:
            again._become("waiting", try_at=at, tries=0)
            # As superuser: the queue runs soon, no more.
            self.env.ref("vip_service.ir_cron_question").sudo()._trigger()

    # ------------------------------------------------------------------
    # Being answered
    # ------------------------------------------------------------------

    def _grades(self):
        """Return the range of grades that answer this question; a door.

        The last one is the best.
        """
        return GRADES

    def _answer_form(self):
        """Return the xmlid of the form in which this is answered; a door.

        As ``vip_service.answer_form``: it has a field ``grade``, and others of its.
        """
        return "vip_service.answer_form"

    def _asked_dimensions(self):
        """Return what may be graded beside the whole, as superuser; a door."""
        # As superuser: the client reads no model of ours.
        return self.env["vip.dimension"].sudo().search([("active", "=", True)])

    def _is_open(self, at):
        """Tell whether the link of a question still takes an answer."""
        return at <= self.expires_at

    def _is_for(self, partner, emails):
        """Tell whether a mail goes to the one who was asked and to nobody else.

        :param partner: the receiver, if it is a contact that we know
        :param emails: normalized addresses
        """
        if partner:
            return partner == self.asked_partner_id
        return set(emails) == {self._address()}
