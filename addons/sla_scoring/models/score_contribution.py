from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2one

from ..tools.stake import points_at_stake

BY_CLAIMANT = {"user_id", "kind_id", "ticket_id", "occurred_at", "description"}
BY_CLAIMANT |= {"attachment_ids", "company_id"}


class ScoreContribution(models.Model):
    """Something good that an agent did; approved, it offsets deductions.

    Claimed by the agent or granted by a manager; approved by a manager who did neither
    (REQUIREMENTS P3). The points are those of the catalogue on the day of the claim.
    """

    _name = "score.contribution"
    _description = "Contribution"
    _inherit = ["vip.decision.mixin", "vip.hands.off.mixin", "score.deed.mixin"]
    _rec_name = "kind_id"
    _undecided = ("claimed",)
    _proposer_field = "claimed_by_id"
    _answer_field = "comment"
    _decisions_action = "sla_scoring.score_contribution_action"
    _decisions_since = "create_date"

    user_id = fields.Many2one(default=lambda self: self.env.user)
    kind_id = fields.Many2one(
        "score.contribution.kind", required=True, ondelete="restrict"
    )
    points = fields.Float(digits=(8, 2), readonly=True)
    description = fields.Text(
        string="What was done", required=True, help="And where it can be seen."
    )
    claimed_by_id = fields.Many2one(
        "res.users",
        string="Entered by",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        [("claimed", "Claimed"), ("approved", "Approved"), ("rejected", "Rejected")],
        required=True,
        default="claimed",
        readonly=True,
        tracking=True,
    )
    comment = fields.Text(string="Answer", help="The agent reads it.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    entry_ids = fields.One2many("score.entry", "contribution_id", readonly=True)

    @api.model
    def _decision_parts(self):
        return (points_at_stake(self, "points"),)

    def _guarded_fields(self):
        return self._all_but({"comment"} if self else BY_CLAIMANT)

    def _hands_off(self, names):
        if self:
            return AccessError(self.env._("A contribution is decided, not edited."))
        return AccessError(self.env._("A contribution says who did what."))

    def _by_hand(self, vals):
        """Return the values of a claim: an agent's own, or a manager's for an agent.

        :raise AccessError: somebody else's
        """
        user_id = vals.get("user_id", self.env.uid)
        if user_id != self.env.uid and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Claim what you did yourself."))
        self._check_deed(vals)
        return {**vals, "user_id": user_id, "claimed_by_id": self.env.uid}

    def _edited_by_hand(self, vals):
        self._check_can_decide()
        return vals

    def _with_facts(self, vals):
        kind = self.env["score.contribution.kind"].browse(vals.get("kind_id"))
        return {**vals, "points": kind.points}

    # Who decides.

    @api.model
    def _can_decide_depends(self):
        return [*super()._can_decide_depends(), "user_id"]

    def _parties(self):
        return super()._parties() | self.user_id

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "A contribution is decided by a service manager who neither made nor "
                "entered it."
            )
        )

    def _decided_already(self):
        return UserError(self.env._("This contribution is decided already."))

    def _lack(self, state):
        if state == "rejected" and not self._decision_words():
            return UserError(self.env._("Answer the agent: why there are no points."))
        return None

    # What a decision does.

    def action_approve(self):
        """Post the points of these contributions as offsets."""
        return self._decide("approved")

    def action_reject(self):
        """Give no points; needs an answer."""
        return self._decide("rejected")

    def _carry_out(self, state, at, by):
        self._write_decision(state, at, by)
        if state == "approved":
            values = [claim._entry_values() for claim in self]
            self.env["score.entry"].create(values)._post(at, by=by)

    def _entry_values(self):
        granted = self.claimed_by_id != self.user_id
        return {
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "team_id": self.ticket_id.team_id.id,
            "kind": "offset",
            "points": self.points,
            "occurred_at": self.occurred_at,
            "ticket_id": self.ticket_id.id,
            "ticket_number": self.ticket_id.number,
            "source_key": f"contribution:{self.id}",
            "contribution_id": self.id,
            "raised_by_id": granted and self.claimed_by_id.id,
            "reason": f"{self.kind_id.name}: {self.description}",
        }


class ScoreContributionKind(models.Model):
    """The catalogue of what offsets deductions, and by how much (REQUIREMENTS P3)."""

    _name = "score.contribution.kind"
    _description = "Kind of Contribution"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = NamesMany2one("res.company", help="Empty: every company.")
    points = fields.Float(
        digits=(8, 2), required=True, help="What one such contribution offsets."
    )
    description = fields.Text(translate=True, help="What counts, and how it is shown.")

    _points_positive = models.Constraint(
        "CHECK (points > 0)", "A contribution gives more than zero points."
    )
