from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time, month_name

REWARDS = [
    ("bonus", "Bonus"),
    ("promotion", "Promotion"),
    ("study", "Study"),
    ("gift", "Gift or outing"),
    ("other", "Something else"),
]
#: What a manager writes when the reward was given.
BY_GIVER = {"given_on", "evidence"}


class ScoreAward(models.Model):
    """An award of a closed period: for whom, what the reward is, and when it was given.

    Where nobody qualified, one row says so and why (REQUIREMENTS P5).
    """

    _name = "score.award"
    _description = "Award"
    _inherit = ["vip.hands.off.mixin"]
    _order = "month desc, rule_id, id"
    _rec_name = "rule_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    rule_id = fields.Many2one(
        "score.award.rule",
        string="Award",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    month = fields.Date(
        required=True,
        readonly=True,
        help="The closed month with which its period ends.",
    )
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        readonly=True,
        index=True,
        ondelete="restrict",
        help="Empty: nobody qualified.",
    )
    points = fields.Float(digits=(8, 2), readonly=True)
    reward_kind = fields.Selection(REWARDS, string="Kind of reward", readonly=True)
    reward = fields.Char(readonly=True, help="As it was named when it was proposed.")
    reason = fields.Text(
        readonly=True, help="The figures that won it, or why nobody qualified."
    )
    entry_id = fields.Many2one(
        "score.entry", string="Points", readonly=True, ondelete="set null", index=True
    )
    state = fields.Selection(
        [
            ("nobody", "Nobody qualified"),
            ("proposed", "Proposed"),
            ("declined", "Declined"),
            ("granted", "To be given"),
            ("taken_back", "Taken back"),
            ("given", "Given"),
        ],
        compute="_compute_state",
    )
    given_on = fields.Date(string="Given on")
    evidence = fields.Text(help="How it was given, and where that is recorded.")
    given_by_id = fields.Many2one(
        "res.users", string="Given by", readonly=True, ondelete="restrict"
    )
    noted_at = fields.Datetime(string="Noted at", readonly=True)

    _once = models.UniqueIndex("(rule_id, company_id, month, COALESCE(user_id, 0))")

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for award in self:
            award.month_name = month_name(self.env, award.month)

    @api.depends_context("lang")
    @api.depends("rule_id", "user_id", "month_name")
    def _compute_display_name(self):
        for award in self:
            who = award.user_id.name or self.env._("Nobody")
            award.display_name = f"{award.rule_id.name} · {award.month_name} · {who}"

    @api.depends("user_id", "entry_id.state", "entry_id.reversal_ids", "given_by_id")
    def _compute_state(self):
        for award in self:
            award.state = award._state()

    def _state(self):
        entry = self.entry_id
        if not self.user_id:
            return "nobody"
        if self.given_by_id:
            return "given"
        if not entry:
            return "declined"
        if entry.reversal_ids:
            return "taken_back"
        return "granted" if entry.state == "posted" else "proposed"

    def _guarded_fields(self):
        return self._all_but(BY_GIVER if self and not self.given_by_id else ())

    def _hands_off(self, names):
        return AccessError(self.env._("An award is proposed by the close of a month."))

    def _edited_by_hand(self, vals):
        for award in self:
            award._check_giver()
        return vals

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Awards are never deleted; decline their points."))

    def action_give(self):
        """Note that the reward was given: who, when, and how it is known.

        :raise AccessError: no service manager, or the agent
        :raise UserError: its points are not posted, it was given, or evidence or day lack
        """
        self.check_access("read")
        at = event_time(self.env)
        for award in self:
            award._check_giver()
            if award.state != "granted":
                raise UserError(
                    self.env._("%s is not to be given now.", award.display_name)
                )
            if not (award.evidence or "").strip():
                raise UserError(
                    self.env._("Say how it was given, and where that is recorded.")
                )
            today = award.company_id._vip_local_date(at)
            day = award.given_on or today
            if day > today:
                raise UserError(self.env._("The day cannot lie in the future."))
            # As superuser: a manager, checked above; written here only.
            given = {"given_by_id": self.env.uid, "noted_at": at, "given_on": day}
            award.sudo().write(given)
            self.env["vip.audit.log"]._record(
                award,
                "changed",
                old={"state": "granted"},
                new={"state": "given", "given_on": str(day)},
                reason=award.evidence,
            )

    def _check_giver(self):
        """Check that the current user may note it.

        :raise AccessError: no service manager, or the agent
        """
        if not self.env.user.has_group(MANAGER_GROUP) or self.user_id == self.env.user:
            raise AccessError(
                self.env._("A service manager other than the agent gives an award.")
            )

    def action_entry(self):
        """Open the points of the award."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "score.entry",
            "res_id": self.entry_id.id,
            "views": [(False, "form")],
        }
