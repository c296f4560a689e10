from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.times import event_time

BY_REQUESTER = {"breach_id", "reason_id", "evidence", "attachment_ids"}
BY_DECIDER = {"answer"}

#: What was asked, and what was decided: the database itself refuses to change either.
ASKED = ("breach_id", "reason_id", "evidence", "requested_by_id", "requested_at")
DECIDED = ("state", "answer", "decided_by_id", "decided_at")


class SlaExcuse(models.Model):
    """Somebody asks to excuse a breach, with evidence; somebody else decides.

    The decider is neither who asked nor who held the ticket when the promise was
    missed. What was asked and decided never changes.
    """

    _name = "sla.excuse"
    _description = "Excuse"
    _inherit = [
        "vip.decision.mixin",
        "vip.hands.off.mixin",
        "vip.evidence.mixin",
        "mail.thread",
    ]
    _mail_post_access = "read"
    _order = "requested_at desc, id desc"
    _rec_name = "breach_id"
    _undecided = ("requested",)
    _proposer_field = "requested_by_id"
    _answer_field = "answer"
    _decisions_action = "sla_promise.sla_excuse_action"
    _decisions_since = "requested_at"

    breach_id = fields.Many2one(
        "sla.breach", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="breach_id.company_id", store=True)
    user_id = fields.Many2one(related="breach_id.user_id", string="Held by")
    team_id = fields.Many2one(related="breach_id.team_id")
    breached_at = fields.Datetime(related="breach_id.breached_at")
    reason_id = fields.Many2one(
        "sla.breach.reason",
        required=True,
        ondelete="restrict",
        domain="[('excusable', '=', True)]",
    )
    evidence = fields.Text(
        required=True, help="What happened, and how it can be checked."
    )
    attachment_ids = fields.Many2many(string="Attachments")
    requested_by_id = fields.Many2one(
        "res.users", string="Requested by", required=True, readonly=True, index=True
    )
    requested_at = fields.Datetime(string="Requested at", required=True, readonly=True)
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Taken back"),
        ],
        required=True,
        default="requested",
        readonly=True,
        tracking=True,
    )
    answer = fields.Text(help="What was decided, and why. Needed for a rejection.")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, tracking=True
    )
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    can_take_back = fields.Boolean(
        string="Can take back", compute="_compute_can_take_back"
    )

    _open_uniq = models.UniqueIndex(
        "(breach_id) WHERE state = 'requested'",
        "Somebody has asked to excuse this breach already.",
    )

    def init(self):
        """Make the database itself keep what was asked, and what was decided."""
        decided = SQL("OLD.state <> 'requested'"), DECIDED
        frozen_rows.freeze(self.env.cr, self._table, columns=ASKED, when=[decided])

    @api.depends_context("uid")
    @api.depends("state", "requested_by_id")
    def _compute_can_take_back(self):
        for excuse in self:
            asked = excuse.state == "requested"
            excuse.can_take_back = asked and excuse.requested_by_id == self.env.user

    @api.constrains("reason_id", "breach_id")
    def _check_reason(self):
        for excuse in self:
            company = excuse.reason_id.company_id
            if not excuse.reason_id.excusable or (
                company and company != excuse.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” explains a breach but excuses nobody.",
                        excuse.reason_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # Rows go in before updates: what was just decided must not count as open.
        self.flush_model(["state"])
        return super().create(vals_list)

    def _guarded_fields(self):
        return self._all_but(BY_DECIDER if self else BY_REQUESTER)

    def _hands_off(self, names):
        if self:
            return AccessError(
                self.env._("A request to excuse is decided, not edited.")
            )
        return AccessError(self.env._("A request says which breach, and why."))

    def _by_hand(self, vals):
        """Return the values of a request by the current user.

        :raise AccessError: a breach one may not see
        :raise UserError: the breach is decided
        """
        breach = self.env["sla.breach"].browse(vals.get("breach_id")).exists()
        breach.check_access("read")
        if breach.state != "open":
            raise UserError(self.env._("Only an open breach can be excused."))
        return {
            **vals,
            "requested_by_id": self.env.uid,
            "requested_at": event_time(self.env),
        }

    def _edited_by_hand(self, vals):
        self._check_can_decide()
        return vals

    # Who decides.

    @api.model
    def _can_decide_depends(self):
        return [*super()._can_decide_depends(), "breach_id.user_id"]

    def _parties(self):
        """Return who must not decide: who asked, and who held the ticket.

        Then, or at any time of the promise: the points may be shared by all of them.
        """
        # As superuser: who held it, whoever may see the breach.
        breach = self.breach_id.sudo()
        held = breach.ticket_id._held_between(
            breach.clock_id.started_at, breach.clock_id.stopped_at
        )
        return super()._parties() | breach.user_id | held

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "An excuse is decided by a service manager who neither asked for it "
                "nor held the ticket."
            )
        )

    def _decided_already(self):
        return UserError(self.env._("This request is decided already."))

    def _lack(self, state):
        if state == "rejected" and not self._decision_words():
            return UserError(self.env._("Answer who asked: why is it not excused?"))
        return None

    # What a decision does.

    def action_approve(self):
        """Excuse the breaches: nobody is charged for them."""
        return self._decide("approved")

    def action_reject(self):
        """Leave the breaches as they are. Needs an answer on each."""
        return self._decide("rejected")

    def action_take_back(self):
        """Take an own request back before it is decided."""
        for excuse in self:
            if not excuse.can_take_back:
                raise AccessError(
                    self.env._("Only who asked takes a request back, while it is open.")
                )
        self._close_undecided("cancelled", event_time(self.env))

    def _carry_out(self, state, at, by):
        self._write_decision(state, at, by)
        for excuse in self:
            if state == "approved":
                excuse.breach_id._excuse(excuse, at, by)
            if excuse.answer:
                excuse.message_post(body=excuse.answer, subtype_xmlid="mail.mt_comment")

    def _settle(self, answer):
        """Close open requests whose breach is withdrawn: there is nothing to excuse."""
        self._close_undecided("cancelled", event_time(self.env), answer=answer)
