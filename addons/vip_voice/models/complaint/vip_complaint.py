from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.models.contact.vip_contact import COUNTS

from ..feedback.sla_obligation import ANSWER, DECISION, REPORT

#: What a person says when a complaint is filed, and may correct until it is closed.
BY_HAND = {
    *("name", "kind_id", "step_id", "severity", "regulator_ids", "amount"),
    *("currency_id", "remedy", "decision", "decision_reason", "answer_text"),
    *("repeat_of_id", "action_ids"),
}
AT_FILING = {"ticket_id", "about_id", "reason", "company_id", *BY_HAND}
#: What was filed, and when: the database keeps it.
FILED = ("number", "company_id", "filed_at", "reason")
STATES = [
    ("logged", "Logged"),
    ("owned", "Owned"),
    ("cause", "Cause"),
    ("action", "Action"),
    ("verified", "Verified"),
    ("closed", "Closed"),
]


class VipComplaint(models.Model):
    """A complaint: the file of a ticket of the client's voice (REQUIREMENTS V3).

    The ticket has its clocks, messages and holders as every ticket; the file adds what a
    complaint needs: kind, step, severity, what is asked for, who is told beside the
    client. Its state is what is done of it, read from the data: nobody ticks it. Nobody
    handles it who held the request complained of.
    """

    _name = "vip.complaint"
    _description = "Complaint"
    _inherit = ["mail.thread", "vip.hands.off.mixin"]
    _order = "filed_at desc, id desc"
    _rec_name = "number"

    number = fields.Char(readonly=True)
    name = fields.Char(string="Matter", required=True)
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="restrict")
    about_id = fields.Many2one(
        "helpdesk.ticket",
        string="Complains of",
        ondelete="set null",
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, ondelete="restrict", index=True
    )
    partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id",
        string="Client",
        store=True,
        index=True,
    )
    reason = fields.Text(
        string="Why it is a complaint",
        required=True,
        help="What the client said, or why a feedback became a complaint.",
    )
    kind_id = fields.Many2one("vip.complaint.kind", ondelete="restrict")
    step_id = fields.Many2one(
        "vip.process.step", string="Process step", ondelete="restrict", index=True
    )
    category_id = fields.Many2one(related="about_id.category_id", string="Product")
    channel_id = fields.Many2one(related="ticket_id.channel_id", string="Came by")
    severity = fields.Selection(
        [("1", "Minor"), ("2", "Serious"), ("3", "Urgent")],
        required=True,
        default="2",
        help="Urgent: its handling starts within 15 minutes.",
    )
    regulator_ids = fields.Many2many("vip.regulator", string="Also told to")
    amount = fields.Monetary(string="Amount in dispute")
    currency_id = fields.Many2one(
        "res.currency", default=lambda self: self.env.company.currency_id
    )
    remedy = fields.Text(string="Asks for")
    owner_id = fields.Many2one(related="ticket_id.vip_owner_id", string="Owner")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Handled by")
    filed_by_id = fields.Many2one("res.users", string="Filed by", readonly=True)
    filed_at = fields.Datetime(string="Filed at", required=True, readonly=True)
    decision = fields.Selection(
        [("upheld", "Upheld"), ("partly", "Upheld in part"), ("refused", "Refused")],
        help="Whether the client is right.",
    )
    decision_reason = fields.Text(string="Why so")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    answer_text = fields.Html(string="Answer to the client")
    answered_at = fields.Datetime(string="Answered at", readonly=True)
    level = fields.Integer(
        readonly=True,
        default=1,
        help="1: as it was filed. 2: examined again by an upper level.",
    )
    closed_at = fields.Datetime(string="Closed at", readonly=True, index=True)
    state = fields.Selection(STATES, compute="_compute_state")
    lacking = fields.Text(
        string="Still needed", compute="_compute_state", help="Before it is closed."
    )
    due_at = fields.Datetime(related="ticket_id.sla_due_at", string="Due next")
    cause_line_ids = fields.One2many(
        "vip.case.cause", compute="_compute_cause_line_ids", string="Causes"
    )
    proposed_cause_id = fields.Many2one(
        "vip.cause", string="Like cases came from", compute="_compute_cause_line_ids"
    )
    complaint_count = fields.Integer(
        string="Complaints in 12 months", compute="_compute_complaint_count"
    )

    _ticket_uniq = models.UniqueIndex(
        "(ticket_id)", "This ticket is the file of a complaint already."
    )
    _open_idx = models.Index("(partner_id) WHERE closed_at IS NULL")

    def init(self):
        """Make the database itself keep what was filed."""
        frozen_rows.freeze(self.env.cr, self._table, columns=FILED)

    @api.depends("number", "name")
    def _compute_display_name(self):
        for complaint in self:
            texts = (complaint.number, complaint.name)
            complaint.display_name = " · ".join(filter(None, texts))

    # ------------------------------------------------------------------
    # How far it is
    # ------------------------------------------------------------------

    @api.depends(
        *(
            "owner_id",
            "action_ids.done_at",
            "answered_at",
            "verify_result",
            "closed_at",
        ),
        *("ticket_id", "decision"),
    )
    def _compute_state(self):
        for complaint in self:
            lacks = complaint._lacks()
            complaint.lacking = "; ".join(lacks.values())
            complaint.state = complaint._state_of(lacks)

    def _state_of(self, lacks):
        """Return what is worked on now, given what lacks."""
        if self.closed_at:
            return "closed"
        if "owner" in lacks:
            return "logged"
        if "cause" in lacks:
            return "owned"
        if not self.action_ids:
            return "cause"
        return "verified" if lacks.keys() <= {"verification"} else "action"

    def _lacks(self):
        """Return {key: text} of what is needed before this is closed."""
        self.ensure_one()
        words = {
            "owner": (self.owner_id, self.env._("an owner")),
            "acknowledged": (
                self._is_acknowledged(),
                self.env._("a first word to the client"),
            ),
            "cause": (self._causes(), self.env._("a cause")),
            "decision": (self.decision, self.env._("whether the client is right")),
            "action": (self._are_actions_done(), self.env._("an action that is done")),
            "answer": (self.answered_at, self.env._("the answer to the client")),
            "verification": (
                self._is_verified(),
                self.env._("verification with the client"),
            ),
        }
        return {key: text for key, (there, text) in words.items() if not there}

    def _is_acknowledged(self):
        """Tell whether a message or call has reached the client since it was filed."""
        if not self.ticket_id or not self.filed_at:
            return False
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT FROM vip_contact c
                 WHERE c.ticket_id = %s AND c.outgoing AND %s AND c.at >= %s LIMIT 1
                """,
                self.ticket_id.id,
                COUNTS,
                self.filed_at,
            )
        )
        return bool(rows)

    def _causes(self):
        lines = self.env["vip.case.cause"]
        return lines.search([("ticket_id", "=", self.ticket_id.id)])

    def _compute_cause_line_ids(self):
        cases = self.env["vip.case.cause"]
        for complaint in self:
            complaint.cause_line_ids = complaint._causes()
            # As superuser: which item it is about; another team may hold the request.
            item = complaint.sudo().about_id.category_id
            complaint.proposed_cause_id = cases._proposed(
                complaint.company_id, item, complaint.step_id
            )

    def _compute_complaint_count(self):
        for complaint in self:
            complaint.complaint_count = len(complaint._of_client_lately())

    @api.model
    def _of_ticket(self, ticket):
        """Return the complaint whose file belongs to a ticket, if it has one."""
        return self.search([("ticket_id", "=", ticket.id)], limit=1)

    # ------------------------------------------------------------------
    # Filing
    # ------------------------------------------------------------------

    def _guarded_fields(self):
        if not self:
            return self._all_but(AT_FILING)
        if self.closed_at:
            return set(self._fields)
        return self._all_but(BY_HAND)

    def _hands_off(self, names):
        if self.closed_at:
            return AccessError(self.env._("The file is closed: it stays as it is."))
        return super()._hands_off(names)

    def _by_hand(self, vals):
        tickets = self.env["helpdesk.ticket"]
        for name in ("ticket_id", "about_id"):
            ticket = tickets.browse(vals.get(name)).exists()
            ticket.check_access("read")
        return {**vals, "filed_by_id": self.env.uid}

    @api.model_create_multi
    def create(self, vals_list):
        """File complaints: each gets its ticket, number and what is owed."""
        complaints = super().create(vals_list)
        # As superuser: who files a complaint has been checked; its ticket is of a team
        # that the filer may not be in.
        for complaint in complaints.sudo():
            complaint._file()
        return complaints

    def _edited_by_hand(self, vals):
        """Keep who decided whether the client is right, and when."""
        if "decision" not in vals:
            return vals
        self._check_disinterested(self.env.user)
        return {
            **vals,
            "decided_by_id": self.env.uid,
            "decided_at": event_time(self.env),
        }

    def write(self, vals):
        """Let what is decided be met, and what is told to somebody else be owed."""
        told = {complaint: complaint.regulator_ids for complaint in self}
        result = super().write(vals)
        for complaint, before in told.items():
            if vals.get("decision"):
                complaint._obligations()._meet(DECISION, complaint.ticket_id, complaint)
            if not before and complaint.regulator_ids:
                complaint._obligations()._owe(REPORT, complaint.ticket_id, complaint)
        return result

    def _obligations(self):
        return self.env["sla.obligation"]

    # ------------------------------------------------------------------
    # Who may handle it
    # ------------------------------------------------------------------

    def _interested(self):
        """Return who has an interest: who held the request complained of, at any time.

        Read from the timeline; of a complaint that is examined again also who held it.
        """
        self.ensure_one()
        tickets = self.about_id.ids + (self.ticket_id.ids if self.level > 1 else [])
        if not tickets:
            return self.env["res.users"]
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT s.user_id FROM sla_span s
                 WHERE s.ticket_id = ANY(%s) AND s.user_id IS NOT NULL
                   AND s.start <= %s
                """,
                tickets,
                self.reexamined_at or event_time(self.env),
            )
        )
        return self.env["res.users"].browse(user for (user,) in rows)

    def _check_disinterested(self, user):
        """Check that a user may handle these.

        :raise AccessError: who held the request complained of
        """
        for complaint in self:
            # As superuser: who held what, whoever asks.
            bars = complaint.sudo()._bars(user)
            if bars:
                raise AccessError(" ".join(bars))

    def _bars(self, user):
        """Return why a user may not handle this, none if nothing bars."""
        bars = []
        if user in self._interested()._same_person():
            bars.append(
                self.env._("%s held the request that is complained of.", user.name)
            )
        if self.level > 1 and not user.has_group(MANAGER_GROUP):
            bars.append(
                self.env._(
                    "A service manager examines it again; %s is none.", user.name
                )
            )
        return bars

    def action_own(self):
        """Become the owner of these complaints, and who handles them if nobody does."""
        self._check_disinterested(self.env.user)
        for complaint in self:
            # As superuser: a complaint that nobody owns is taken as an unassigned
            # ticket is.
            ticket = complaint.ticket_id.sudo()
            if ticket.vip_owner_id and ticket.vip_owner_id != self.env.user:
                raise UserError(
                    self.env._("%s owns this complaint.", ticket.vip_owner_id.name)
                )
            values = {"vip_owner_id": self.env.uid}
            if not ticket.user_id:
                values["user_id"] = self.env.uid
            ticket.write(values)
        self.invalidate_recordset(["owner_id", "user_id", "state", "lacking"])

    # ------------------------------------------------------------------
    # The answer, and the end
    # ------------------------------------------------------------------

    def action_answer(self):
        """Send the written answer to the client."""
        self.ensure_one()
        self.check_access("write")
        self._check_disinterested(self.env.user)
        if not html2plaintext(self.answer_text or "").strip():
            raise UserError(self.env._("Write the answer first."))
        if not self.decision:
            raise UserError(self.env._("Say first whether the client is right."))
        message = self.ticket_id.message_post(
            body=self.answer_text,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.ticket_id.partner_id.ids,
            attachments=self._letter(),
        )
        # As superuser: that it was sent, which nobody writes by hand.
        self.sudo().write({"answered_at": event_time(self.env)})
        self._obligations()._meet(ANSWER, self.ticket_id, message)

    def action_report(self):
        """Take note that the regulators were told."""
        self.ensure_one()
        self.check_access("write")
        self._check_disinterested(self.env.user)
        self._obligations()._meet(REPORT, self.ticket_id, self)

    def action_close(self):
        """Close the file; it is frozen.

        :raise UserError: with what is still needed
        """
        for complaint in self:
            complaint.check_access("write")
            complaint._check_disinterested(self.env.user)
            if lacks := complaint._lacks():
                raise UserError(
                    self.env._("Still needed: %s.", "; ".join(lacks.values()))
                )
            # As superuser: after the checks; the file is frozen here only.
            complaint.sudo()._close(event_time(self.env))

    def _close(self, at):
        self._freeze_file(at)
        self.write({"closed_at": at})
        self.env["vip.audit.log"]._record(
            self, "closed", new={"decision": self.decision}
        )
