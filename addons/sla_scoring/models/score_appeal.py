from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_service.tools.event_time import event_time

from .score_entry import MANAGER

BY_AGENT = {"entry_id", "reason_code", "reason"}
BY_DECIDER = {"points_returned", "comment"}


class ScoreAppeal(models.Model):
    """An agent contests an own entry; another person decides."""

    _name = "score.appeal"
    _description = "Appeal"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"
    _order = "id desc"
    _rec_name = "entry_id"

    entry_id = fields.Many2one(
        "score.entry", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="entry_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users", string="Agent", required=True, readonly=True, index=True
    )
    points = fields.Float(related="entry_id.points", string="Points contested")
    ticket_number = fields.Char(related="entry_id.ticket_number")
    why_html = fields.Html(related="entry_id.why_html")
    reason_code = fields.Selection(
        [
            ("wrong_person", "It was not me"),
            ("excused", "There was a good reason"),
            ("wrong_time", "The times are wrong"),
            ("other", "Something else"),
        ],
        string="Ground",
        required=True,
        default="wrong_person",
        tracking=True,
    )
    reason = fields.Text(required=True)
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

    _entry_uniq = models.UniqueIndex(
        "(entry_id)", "There is an appeal against this entry already."
    )

    @api.depends_context("uid")
    @api.depends("state", "user_id", "entry_id.raised_by_id")
    def _compute_can_decide(self):
        manager = self.env.user.has_group(MANAGER)
        for appeal in self:
            appeal.can_decide = (
                manager
                and appeal.state == "submitted"
                and self.env.user not in appeal._parties()
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.su:
            return super().create(vals_list)
        appeals = self.with_context(clean_context(self.env.context))
        submitted = [appeals._submitted(vals) for vals in vals_list]
        return super(ScoreAppeal, appeals).create(submitted).with_env(self.env)

    def write(self, vals):
        if not self.env.su:
            if not vals.keys() <= BY_DECIDER:
                raise AccessError(self.env._("An appeal is decided, not edited."))
            self._check_decider()
        return super().write(vals)

    def action_uphold(self):
        """Give all points back."""
        self._decide("upheld")

    def action_uphold_partly(self):
        """Give back the points entered on the form."""
        self._decide("partly")

    def action_reject(self):
        """Leave the entry as it is."""
        self._decide("rejected")

    def _parties(self):
        """Return who must not decide: the appellant, and who raised the entry."""
        return self.user_id | self.entry_id.sudo().raised_by_id

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
        if not entry._may_be_appealed_by(self.env.user):
            raise UserError(self.env._("This entry cannot be contested."))
        return {**vals, "user_id": self.env.uid}

    def _check_decider(self):
        self.check_access("read")
        for appeal in self:
            if appeal.state != "submitted":
                raise UserError(self.env._("This appeal is decided already."))
            if not appeal.can_decide:
                raise AccessError(
                    self.env._(
                        "An appeal is decided by a service manager who neither made "
                        "it nor raised the entry."
                    )
                )

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
        returned = {
            "upheld": abs(entry.points),
            "partly": self.points_returned,
            "rejected": 0.0,
        }[state]
        if state == "partly" and not 0 < returned < abs(entry.points):
            raise UserError(
                self.env._(
                    "Say how many points go back: more than 0, fewer than %s.",
                    f"{abs(entry.points):.2f}",
                )
            )
        if returned:
            entry._post(at, by=decider)
            entry._reverse(self.comment, at, points=returned, by=decider)
        # As superuser: the decision is written here only.
        self.sudo().write(
            {
                "state": state,
                "points_returned": returned,
                "decided_by_id": decider.id,
                "decided_at": at,
            }
        )
        self.message_post(body=self.comment, subtype_xmlid="mail.mt_comment")

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
