from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import Part
from odoo.addons.vip_base.tools.times import CONTEXT_KEY, event_time
from odoo.addons.vip_base.tools.written import written_moment

from ..tools.stake import points_at_stake

BY_AGENT = {"entry_id", "reason_code", "reason", "right_user_id", "attachment_ids"}
BY_DECIDER = {"points_returned", "comment", "right_user_id"}
WRONG_PERSON = "wrong_person"
#: How long before its due time an open appeal is brought to mind.
NOTICE = timedelta(days=1)


class ScoreAppeal(models.Model):
    """An agent contests an own entry; another person decides."""

    _name = "score.appeal"
    _description = "Appeal"
    _inherit = [
        "vip.decision.mixin",
        "vip.hands.off.mixin",
        "vip.evidence.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _mail_post_access = "read"
    _order = "id desc"
    _rec_name = "entry_id"
    _undecided = ("submitted",)
    _proposer_field = "user_id"
    _answer_field = "comment"
    _decisions_action = "sla_scoring.score_appeal_action"
    _decisions_since = "submitted_at"

    entry_id = fields.Many2one(
        "score.entry", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="entry_id.company_id", store=True)
    rule_id = fields.Many2one(related="entry_id.rule_id", store=True)
    team_id = fields.Many2one(related="entry_id.team_id", store=True)
    kind = fields.Selection(related="entry_id.kind", store=True)
    user_id = fields.Many2one(
        "res.users", string="Agent", required=True, readonly=True, index=True
    )
    points = fields.Float(
        related="entry_id.points", string="Points contested", store=True
    )
    ticket_number = fields.Char(related="entry_id.ticket_number")
    why_html = fields.Html(related="entry_id.why_html")
    reason_code = fields.Selection(
        [
            (WRONG_PERSON, "It was not me"),
            ("excused", "There was a good reason"),
            ("wrong_time", "The times are wrong"),
            ("other", "Something else"),
        ],
        string="Ground",
        required=True,
        default=WRONG_PERSON,
        tracking=True,
    )
    reason = fields.Text(required=True)
    right_user_id = fields.Many2one(
        "res.users",
        string="It was",
        tracking=True,
        help="Who it was instead. If the appeal is upheld, an entry is proposed for "
        "that person, which a manager decides on.",
    )
    state = fields.Selection(
        [
            ("submitted", "Submitted"),
            ("upheld", "Upheld"),
            ("partly", "Partly upheld"),
            ("rejected", "Rejected"),
        ],
        required=True,
        default="submitted",
        readonly=True,
        tracking=True,
    )
    points_returned = fields.Float(
        string="Points returned",
        digits=(8, 2),
        help="How many points go back when the appeal is upheld in part.",
    )
    comment = fields.Text(string="Answer", help="The agent reads it.")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, tracking=True
    )
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    submitted_at = fields.Datetime(string="Submitted on", readonly=True)
    due_at = fields.Datetime(
        string="To be answered by", readonly=True, index="btree_not_null"
    )
    reminded_at = fields.Datetime(readonly=True, copy=False)
    is_overdue = fields.Boolean(string="Overdue", compute="_compute_is_overdue")

    _entry_uniq = models.UniqueIndex(
        "(entry_id)", "There is an appeal against this entry already."
    )
    _open_idx = models.Index("(due_at) WHERE state = 'submitted'")

    @api.depends_context(CONTEXT_KEY)
    @api.depends("state", "due_at", "decided_at")
    def _compute_is_overdue(self):
        now = event_time(self.env)
        for appeal in self:
            answered = appeal.decided_at or now
            appeal.is_overdue = bool(appeal.due_at and answered > appeal.due_at)

    @api.constrains("right_user_id", "user_id")
    def _check_right_person(self):
        for appeal in self:
            if appeal.right_user_id == appeal.user_id:
                raise UserError(
                    self.env._("Whoever it was instead must be another person.")
                )

    def _guarded_fields(self):
        return self._all_but(BY_DECIDER if self else BY_AGENT)

    def _hands_off(self, names):
        if self:
            return AccessError(self.env._("An appeal is decided, not edited."))
        return AccessError(self.env._("An appeal says which entry, and why."))

    def _by_hand(self, vals):
        """Return the values of an appeal by the current user.

        :raise AccessError: somebody else's entry
        :raise UserError: the entry cannot be contested (any more)
        """
        entry = self.env["score.entry"].browse(vals.get("entry_id")).exists()
        entry.check_access("read")
        if not entry or entry.user_id != self.env.user:
            raise AccessError(self.env._("You can contest your own entries only."))
        if entry._is_appeal_late(event_time(self.env)):
            raise UserError(
                self.env._("The time in which this entry could be contested is over.")
            )
        if not entry._may_be_appealed_by(self.env.user):
            raise UserError(self.env._("This entry cannot be contested."))
        return {**vals, "user_id": self.env.uid}

    def _edited_by_hand(self, vals):
        self._check_can_decide()
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        """Say to who contests an entry until when the answer comes."""
        appeals = super().create(vals_list)
        if not self.env.su:
            for appeal in appeals:
                appeal._tell_submitted()
        return appeals

    def _tell_submitted(self):
        due = written_moment(self.env, self.due_at)
        text = self.env._("Your appeal is submitted. It is answered by %s.", due)
        self.env.user._bus_send(
            "simple_notification", {"type": "success", "message": text}
        )

    def _with_facts(self, vals):
        """Return the values of a new appeal with when it was made and is due."""
        at = event_time(self.env)
        # As superuser: the company's setting, which agents do not read.
        entry = self.env["score.entry"].sudo().browse(vals["entry_id"])
        days = timedelta(days=entry.company_id.score_answer_days)
        return {"submitted_at": at, "due_at": at + days, **vals}

    def action_entry(self):
        """Open the contested entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "score.entry",
            "res_id": self.entry_id.id,
            "view_mode": "form",
        }

    # Who decides.

    @api.model
    def _can_decide_depends(self):
        return ["state", "user_id", "entry_id.raised_by_id", "right_user_id"]

    def _parties(self):
        """Return who must not decide.

        The appellant, who raised the entry, and who would be charged instead.
        """
        # As superuser: who raised an entry, nothing else of it.
        return self.user_id | self.entry_id.sudo().raised_by_id | self.right_user_id

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "An appeal is decided by a service manager who neither made it nor "
                "raised the entry, nor would be charged instead."
            )
        )

    def _decided_already(self):
        return UserError(self.env._("This appeal is decided already."))

    def _lack(self, state):
        contested = abs(self.points)
        if not self._decision_words():
            return UserError(self.env._("Answer the agent: what was decided, and why."))
        if state == "partly" and not 0 < self.points_returned < contested:
            return UserError(
                self.env._(
                    "Say how many points go back: more than 0, fewer than %s.",
                    f"{contested:.2f}",
                )
            )
        return None

    @api.model
    def _decision_parts(self):
        now = event_time(self.env)
        return (
            Part(
                lambda count: self.env._("%s past its day", count),
                lambda: Domain("due_at", "<", fields.Datetime.to_string(now)),
                tone="soon",
            ),
            points_at_stake(self, "points"),
        )

    # Until when an appeal is answered, and who is reminded of it.

    @api.model
    def _cron_remind(self):
        """Remind a manager of appeals about to be due, and again of overdue ones."""
        at = event_time(self.env)
        # As superuser: the job looks after the appeals of all companies.
        appeals = self.sudo().search(
            [("state", "=", "submitted"), ("due_at", "<=", at + NOTICE)]
        )
        appeals.filtered(lambda appeal: appeal._is_to_be_reminded(at))._remind(at)

    def _is_to_be_reminded(self, at):
        """Tell whether nobody was reminded yet, or not since it became overdue."""
        self.ensure_one()
        if not self.reminded_at:
            return True
        return self.reminded_at < self.due_at <= at

    def _remind(self, at):
        """Give an eligible manager the task to decide; none if there is nobody."""
        for appeal in self:
            decider = appeal._proposed_decider()
            if not decider:
                continue
            appeal.activity_unlink(["sla_scoring.score_activity_appeal"])
            appeal.activity_schedule(
                "sla_scoring.score_activity_appeal",
                date_deadline=appeal.company_id._vip_local_date(appeal.due_at),
                user_id=decider.id,
            )
            appeal.reminded_at = at

    def _proposed_decider(self):
        """Return the manager to remind: the leader of the team if eligible."""
        managers = self._eligible_deciders()
        leader = self.team_id.user_id & managers
        return leader or managers[:1]

    # What a decision about an appeal does to the ledger.

    def action_uphold(self):
        """Give all points back."""
        return self._decide("upheld")

    def action_uphold_partly(self):
        """Give back the points entered on the form."""
        return self._decide("partly")

    def action_reject(self):
        """Leave the entry as it is."""
        return self._decide("rejected")

    def _carry_out(self, state, at, by):
        """Give back points by a reversing entry, or none, and answer the agent."""
        for appeal in self:
            entry = appeal.entry_id
            returned = appeal._points_back(state)
            if returned:
                entry._post(at, by=by)
                entry._reverse(appeal.comment, at, points=returned, by=by)
                if appeal.reason_code == WRONG_PERSON and appeal.right_user_id:
                    entry._propose_for(
                        appeal.right_user_id, returned, f"appeal:{appeal.id}", by
                    )
            appeal._write_decision(state, at, by, points_returned=returned)
            appeal.activity_unlink(["sla_scoring.score_activity_appeal"])
            appeal.message_post(body=appeal.comment, subtype_xmlid="mail.mt_comment")

    def _points_back(self, state):
        """Return how many points a decision gives back."""
        given = {"upheld": abs(self.points), "partly": self.points_returned}
        return given.get(state, 0.0)

    def _follow(self, entry):
        """Let open appeals go on against the entry that took the place of theirs."""
        # As superuser: an entry is counted anew, whoever decided on another one.
        waiting = self.sudo().filtered(lambda appeal: appeal.state == "submitted")
        waiting.write({"entry_id": entry.id})

    def _settle(self, reason, at, by):
        """Close open appeals whose entry was taken back for another reason."""
        for appeal in self:
            points = abs(appeal.entry_id.points)
            appeal._close_undecided(
                "upheld", at, by, points_returned=points, comment=reason
            )
