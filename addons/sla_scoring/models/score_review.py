from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import clean_context

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.months import month_name

TO_SCORE, SCORED, SHOWN, SIGNED = "to_score", "scored", "shown", "signed"
DISPUTED, SETTLED, ANNULLED = "disputed", "settled", "annulled"
#: What counts: a dispute, like an appeal, changes nothing until it is settled.
COUNTED = (SHOWN, SIGNED, DISPUTED, SETTLED)
BY_MANAGER = {"card_id", "ticket_id", "user_id", "reviewer_id", "company_id"}


class ScoreReview(models.Model):
    """One ticket of an agent, scored by a reviewer on a card.

    For calibration a second reviewer scores the same ticket; until both are done
    neither sees the other's. The agent sees the first one only, and signs or disputes
    it.
    """

    _name = "score.review"
    _description = "Quality Review"
    _inherit = ["mail.thread"]
    _mail_post_access = "read"
    _order = "month desc, id desc"
    _rec_name = "ticket_number"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    sample_id = fields.Many2one(
        "score.review.sample", readonly=True, index=True, ondelete="restrict"
    )
    card_id = fields.Many2one("score.review.card", required=True, ondelete="restrict")
    month = fields.Date(
        required=True,
        readonly=True,
        help="The month whose quality it tells, by its first day.",
    )
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team", ondelete="set null", readonly=True
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket", ondelete="set null", index="btree_not_null"
    )
    ticket_number = fields.Char(string="Ticket number", readonly=True)
    reviewer_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    is_calibration = fields.Boolean(
        string="For calibration",
        readonly=True,
        help="Scored beside another review to compare the reviewers; it counts for "
        "nobody, and the agent does not see it.",
    )
    twin_id = fields.Many2one("score.review", readonly=True, ondelete="set null")
    blind_for_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="The reviewer of the same ticket who must not see this one yet.",
    )
    line_ids = fields.One2many("score.review.line", "review_id")
    state = fields.Selection(
        [
            (TO_SCORE, "To score"),
            (SCORED, "Scored"),
            (SHOWN, "To sign"),
            (SIGNED, "Signed"),
            (DISPUTED, "Disputed"),
            (SETTLED, "Settled"),
            (ANNULLED, "Annulled"),
        ],
        required=True,
        default=TO_SCORE,
        readonly=True,
        tracking=True,
    )
    reached_percent = fields.Float(
        string="Items met (%)", digits=(5, 2), readonly=True, aggregator="avg"
    )
    percent = fields.Float(
        string="Result (%)",
        digits=(5, 2),
        readonly=True,
        aggregator="avg",
        help="Items met by their weights; 0 when a critical item was missed.",
    )
    critical_missed = fields.Boolean(string="Critical item missed", readonly=True)
    passed = fields.Boolean(readonly=True)
    comment = fields.Text(string="For the agent")
    scored_at = fields.Datetime(string="Scored at", readonly=True)
    agent_comment = fields.Text(string="The agent's answer")
    answered_at = fields.Datetime(string="Answered at", readonly=True)
    settlement = fields.Text(help="What was found about the dispute, and why.")
    settled_by_id = fields.Many2one("res.users", string="Settled by", readonly=True)
    settled_at = fields.Datetime(string="Settled at", readonly=True)
    my_part = fields.Selection(
        [("reviewer", "Reviewer"), ("agent", "Agent"), ("manager", "Manager")],
        compute="_compute_my_part",
    )
    error_count = fields.Integer(string="Errors", compute="_compute_error_count")

    _not_oneself = models.Constraint(
        "CHECK (reviewer_id <> user_id)", "Nobody reviews their own work."
    )
    _month_idx = models.Index("(company_id, month, user_id)")
    _ticket_uniq = models.UniqueIndex(
        "(ticket_id, user_id) WHERE is_calibration IS NOT TRUE AND state <> 'annulled'",
        "This agent's work on the ticket is reviewed already.",
    )

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for review in self:
            review.month_name = month_name(self.env, review.month)

    @api.depends_context("uid")
    @api.depends("reviewer_id", "user_id")
    def _compute_my_part(self):
        user = self.env.user
        manager = user.has_group(MANAGER_GROUP) and "manager"
        for review in self:
            parts = {review.reviewer_id: "reviewer", review.user_id: "agent"}
            review.my_part = parts.get(user, manager)

    def _compute_error_count(self):
        counts = dict(
            self.env["score.error.report"]._read_group(
                [("review_id", "in", self.ids), ("state", "=", "filed")],
                ["review_id"],
                ["__count"],
            )
        )
        for review in self:
            review.error_count = counts.get(review, 0)

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self = self.with_context(clean_context(self.env.context))
            vals_list = [self._by_manager(vals) for vals in vals_list]
        reviews = super().create([self._with_facts(vals) for vals in vals_list])
        reviews._fill_lines()
        return reviews

    def write(self, vals):
        if not self.env.su:
            for review in self:
                if not vals.keys() <= review._editable():
                    raise AccessError(
                        self.env._("A quality review is scored and answered, only.")
                    )
        result = super().write(vals)
        if "reviewer_id" in vals:
            self._keep_blind()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        if any(review.state != TO_SCORE for review in self):
            raise UserError(self.env._("A scored review is never deleted."))

    def unlink(self):
        twins = self.sudo().twin_id - self.sudo()
        result = super().unlink()
        twins._show(event_time(self.env))
        return result

    def _editable(self):
        """Return the fields that the current user may write now."""
        part = self.my_part
        manager = self.env.user.has_group(MANAGER_GROUP)
        fields_of = {
            TO_SCORE: ({"line_ids", "comment"} if part == "reviewer" else set())
            | ({"reviewer_id"} if manager and part != "agent" else set()),
            SHOWN: {"agent_comment"} if part == "agent" else set(),
            DISPUTED: {"settlement"} if part == "manager" else set(),
        }
        return fields_of.get(self.state, set())

    def _check_reviewer(self):
        """Check that the current user scores these reviews now.

        :raise AccessError: somebody else does
        :raise UserError: it is scored already
        """
        for review in self:
            if review.reviewer_id != self.env.user:
                raise AccessError(self.env._("Only its reviewer scores a review."))
            if review.state != TO_SCORE:
                raise UserError(self.env._("This review is scored already."))

    def _check_finds_errors_of(self, user_id):
        """Check that errors of an agent can be reported from this review.

        :raise AccessError: it is somebody else's review, or not scored yet
        """
        self.ensure_one()
        if self.my_part not in ("reviewer", "manager") or self.user_id.id != user_id:
            raise AccessError(
                self.env._("Errors are reported by managers, or in a quality review.")
            )
        if self.state == TO_SCORE:
            raise AccessError(self.env._("Score the review first."))

    def _by_manager(self, vals):
        if not vals.keys() <= BY_MANAGER:
            raise AccessError(
                self.env._("A review begins with a ticket, an agent and a reviewer.")
            )
        self.env["helpdesk.ticket"].browse(vals.get("ticket_id")).check_access("read")
        return vals

    def _with_facts(self, vals):
        """Return the values of a review with what is frozen of its ticket."""
        # As superuser: the facts of a ticket that was checked, or drawn by the job.
        ticket = self.env["helpdesk.ticket"].sudo().browse(vals.get("ticket_id"))
        company = self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        return {
            "month": company.sudo()._vip_month(event_time(self.env)),
            "ticket_number": ticket.number,
            "team_id": ticket.team_id.id,
            **vals,
        }

    def _fill_lines(self):
        """Give each review the lines of its card, as they weigh now."""
        # As superuser: lines are written here only.
        self.env["score.review.line"].sudo().create(
            [
                {
                    "review_id": review.id,
                    "item_id": item.id,
                    "sequence": position,
                    "aspect": item.aspect,
                    "weight": item.weight,
                    "critical": item.critical,
                }
                for review in self
                for position, item in enumerate(review.card_id.item_ids)
            ]
        )

    def _keep_blind(self):
        """Hide open pairs from each other's reviewers."""
        for review in self.sudo().filtered("twin_id"):
            twin = review.twin_id
            if review.reviewer_id == twin.reviewer_id:
                raise UserError(
                    self.env._("Two different people score a ticket for calibration.")
                )
            is_open = TO_SCORE in (review.state, twin.state)
            review.blind_for_id = is_open and twin.reviewer_id
            twin.blind_for_id = is_open and review.reviewer_id
