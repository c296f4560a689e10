from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP

BY_CLAIMANT = {"user_id", "kind_id", "ticket_id", "occurred_at", "description"}
BY_CLAIMANT |= {"attachment_ids", "company_id"}


class ScoreContribution(models.Model):
    """Something good that an agent did; approved, it offsets deductions.

    Claimed by the agent or granted by a manager; approved by a manager who did neither
    (REQUIREMENTS P3). The points are those of the catalogue on the day of the claim.
    """

    _name = "score.contribution"
    _description = "Contribution"
    _inherit = "score.deed.mixin"
    _rec_name = "kind_id"

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
    can_decide = fields.Boolean(string="Can decide", compute="_compute_can_decide")
    entry_ids = fields.One2many("score.entry", "contribution_id", readonly=True)

    @api.depends_context("uid")
    @api.depends("state", "user_id", "claimed_by_id")
    def _compute_can_decide(self):
        manager = self.env.user.has_group(MANAGER_GROUP)
        for claim in self:
            claim.can_decide = (
                manager
                and claim.state == "claimed"
                and self.env.user not in claim.user_id | claim.claimed_by_id
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self = self.with_context(clean_context(self.env.context))
            vals_list = [self._by_claimant(vals) for vals in vals_list]
        return super().create([self._with_points(vals) for vals in vals_list])

    def write(self, vals):
        if not self.env.su:
            if vals.keys() != {"comment"}:
                raise AccessError(self.env._("A contribution is decided, not edited."))
            self._check_decider()
        return super().write(vals)

    def action_approve(self):
        """Post the points of these contributions as offsets.

        :raise AccessError: the user is no manager, or is party to one of them
        :raise UserError: decided already
        """
        self._decide("approved")
        # As superuser: who may decide is checked above.
        entries = self.env["score.entry"].sudo()
        offsets = entries.create([claim._entry_values() for claim in self.sudo()])
        offsets._post(event_time(self.env), by=self.env.user)

    def action_reject(self):
        """Give no points; needs an answer.

        :raise AccessError: the user is no manager, or is party to one of them
        :raise UserError: decided already, or no answer is given
        """
        if any(not (claim.comment or "").strip() for claim in self):
            raise UserError(self.env._("Answer the agent: why there are no points."))
        self._decide("rejected")

    def _by_claimant(self, vals):
        """Return the values of a claim: an agent's own, or a manager's for an agent.

        :raise AccessError: somebody else's, or other values than a claim's own
        """
        if not vals.keys() <= BY_CLAIMANT:
            raise AccessError(self.env._("A contribution says who did what."))
        user_id = vals.get("user_id", self.env.uid)
        if user_id != self.env.uid and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Claim what you did yourself."))
        self._check_deed(vals)
        return {**vals, "user_id": user_id, "claimed_by_id": self.env.uid}

    def _with_points(self, vals):
        kind = self.env["score.contribution.kind"].browse(vals.get("kind_id"))
        return {**vals, "points": kind.points}

    def _check_decider(self):
        self.check_access("read")
        for claim in self:
            if claim.state != "claimed":
                raise UserError(self.env._("This contribution is decided already."))
            if not claim.can_decide:
                raise AccessError(
                    self.env._(
                        "A contribution is decided by a service manager who neither "
                        "made nor entered it."
                    )
                )

    def _decide(self, state):
        self._check_decider()
        # As superuser: the decision is written here only.
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": event_time(self.env),
            }
        )

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
    company_id = fields.Many2one("res.company", help="Empty: every company.")
    points = fields.Float(
        digits=(8, 2), required=True, help="What one such contribution offsets."
    )
    description = fields.Text(translate=True, help="What counts, and how it is shown.")

    _points_positive = models.Constraint(
        "CHECK (points > 0)", "A contribution gives more than zero points."
    )
