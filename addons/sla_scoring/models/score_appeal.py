from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.event_time import CONTEXT_KEY, event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP

BY_AGENT = {"entry_id", "reason_code", "reason", "right_user_id", "attachment_ids"}
BY_DECIDER = {"points_returned", "comment", "right_user_id"}
WRONG_PERSON = "wrong_person"
#: How long before its due time an open appeal is brought to mind.
NOTICE = timedelta(days=1)


class ScoreAppeal(models.Model):
    """An agent contests an own entry; another person decides."""

    _name = "score.appeal"
    _description = "Appeal"
    _inherit = ["score.evidence.mixin", "mail.thread", "mail.activity.mixin"]
    _mail_post_access = "read"
    _order = "id desc"
    _rec_name = "entry_id"

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
    can_decide = fields.Boolean(string="Can decide", compute="_compute_can_decide")
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

    @api.depends_context("uid")
    @api.depends("state", "user_id", "entry_id.raised_by_id", "right_user_id")
    def _compute_can_decide(self):
        manager = self.env.user.has_group(MANAGER_GROUP)
        for appeal in self:
            appeal.can_decide = (
                manager
                and appeal.state == "submitted"
                and self.env.user not in appeal._parties()
            )

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

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create([self._with_dates(vals) for vals in vals_list])
        appeals = self.with_context(clean_context(self.env.context))
        submitted = [appeals._submitted(vals) for vals in vals_list]
        return super(ScoreAppeal, appeals).create(submitted).with_env(self.env)

    def write(self, vals):
        if not self.env.su:
            if not vals.keys() <= BY_DECIDER:
                raise AccessError(self.env._("An appeal is decided, not edited."))
            self._check_decider()
        return super().write(vals)

    def action_entry(self):
        """Open the contested entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "score.entry",
            "res_id": self.entry_id.id,
            "view_mode": "form",
        }

    def _parties(self):
        """Return who must not decide.

        The appellant, who raised the entry, and who would be charged instead.
        """
        # As superuser: who raised an entry, nothing else of it.
        return self.user_id | self.entry_id.sudo().raised_by_id | self.right_user_id

    def _submitted(self, vals):
        """Return the values of an appeal by the current user.

        :raise AccessError: other values than its own, or somebody else's entry
        :raise UserError: the entry cannot be contested (any more)
        """
        if not vals.keys() <= BY_AGENT:
            raise AccessError(self.env._("An appeal says which entry, and why."))
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
        return self._with_dates({**vals, "user_id": self.env.uid})

    def _check_decider(self):
        self.check_access("read")
        for appeal in self:
            if appeal.state != "submitted":
                raise UserError(self.env._("This appeal is decided already."))
            if not appeal.can_decide:
                raise AccessError(
                    self.env._(
                        "An appeal is decided by a service manager who neither made "
                        "it nor raised the entry, nor would be charged instead."
                    )
                )

    # Until when an appeal is answered, and who is reminded of it.

    def _with_dates(self, vals):
        """Return the values of a new appeal with when it was made and is due."""
        at = event_time(self.env)
        # As superuser: the company's setting, which agents do not read.
        entry = self.env["score.entry"].sudo().browse(vals["entry_id"])
        days = timedelta(days=entry.company_id.score_answer_days)
        return {"submitted_at": at, "due_at": at + days, **vals}

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
        managers = self.env.ref(MANAGER_GROUP).all_user_ids.filtered(
            lambda user: (
                user._is_internal()
                and self.company_id in user.company_ids
                and user not in self._parties()
            )
        )
        leader = self.team_id.user_id & managers
        return leader or managers[:1]

    # What a decision about an appeal does to the ledger.

    def action_uphold(self):
        """Give all points back."""
        self._decide("upheld")

    def action_uphold_partly(self):
        """Give back the points entered on the form."""
        self._decide("partly")

    def action_reject(self):
        """Leave the entry as it is."""
        self._decide("rejected")

    def _decide(self, state, at=None):
        """Decide appeals: give back points by a reversing entry, or reject.

        :param state: upheld, partly or rejected
        :param at: naive UTC datetime; now if not given
        :raise AccessError: the user is party to it, or no manager
        :raise UserError: decided already, no answer, or too many points
        """
        self._check_decider()
        at = at or event_time(self.env)
        for appeal in self:
            appeal._decide_one(state, at, self.env.user)

    def _decide_one(self, state, at, decider):
        if not (self.comment or "").strip():
            raise UserError(self.env._("Answer the agent: what was decided, and why."))
        # As superuser: who may decide is checked by the caller.
        entry = self.entry_id.sudo()
        returned = self._points_back(state)
        if returned:
            entry._post(at, by=decider)
            entry._reverse(self.comment, at, points=returned, by=decider)
            if self.reason_code == WRONG_PERSON and self.right_user_id:
                entry._propose_for(
                    self.right_user_id, returned, f"appeal:{self.id}", decider
                )
        # As superuser: the decision is written here only.
        self.sudo().write(
            {
                "state": state,
                "points_returned": returned,
                "decided_by_id": decider.id,
                "decided_at": at,
            }
        )
        self.sudo().activity_unlink(["sla_scoring.score_activity_appeal"])
        self.message_post(body=self.comment, subtype_xmlid="mail.mt_comment")

    def _points_back(self, state):
        """Return how many points a decision gives back.

        :raise UserError: upheld in part without a number of points that makes sense
        """
        contested = abs(self.points)
        if state == "partly" and not 0 < self.points_returned < contested:
            raise UserError(
                self.env._(
                    "Say how many points go back: more than 0, fewer than %s.",
                    f"{contested:.2f}",
                )
            )
        given = {"upheld": contested, "partly": self.points_returned}
        return given.get(state, 0.0)

    def _settle(self, reason, at, by):
        """Close open appeals whose entry was taken back for another reason."""
        for appeal in self.filtered(lambda appeal: appeal.state == "submitted"):
            appeal.write(
                {
                    "state": "upheld",
                    "points_returned": abs(appeal.entry_id.points),
                    "comment": reason,
                    "decided_by_id": by.id,
                    "decided_at": at,
                }
            )
