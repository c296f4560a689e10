from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP

BY_AGENT = {"entry_id", "reason_code", "reason", "right_user_id", "attachment_ids"}
BY_DECIDER = {"points_returned", "comment", "right_user_id"}
WRONG_PERSON = "wrong_person"


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

    _entry_uniq = models.UniqueIndex(
        "(entry_id)", "There is an appeal against this entry already."
    )

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
