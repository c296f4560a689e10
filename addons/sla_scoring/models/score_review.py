from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time, month_name
from odoo.addons.vip_base.tools.written import written_moment

from ..engine import quality

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
    _inherit = ["vip.decision.mixin", "vip.hands.off.mixin", "mail.thread"]
    _mail_post_access = "read"
    _order = "month desc, id desc"
    _rec_name = "ticket_number"
    # What is decided is a dispute.
    _undecided = (DISPUTED,)
    _proposer_field = "user_id"
    _decider_field = "settled_by_id"
    _decided_at_field = "settled_at"
    _answer_field = "settlement"
    _decisions_action = "sla_scoring.score_review_action"
    _decisions_since = "answered_at"

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
    twin_percent = fields.Float(
        string="Other reviewer (%)", digits=(5, 2), compute="_compute_difference"
    )
    difference = fields.Float(
        string="Difference (%)", digits=(5, 2), compute="_compute_difference"
    )
    comparison_html = fields.Html(
        string="Comparison", compute="_compute_comparison_html", sanitize=False
    )
    transcript_html = fields.Html(
        string="Transcript", compute="_compute_transcript_html", sanitize=False
    )

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

    @api.depends_context("uid")
    @api.depends("percent", "state", "twin_id.state")
    def _compute_difference(self):
        for review in self:
            twin = review._comparable_twin()
            review.twin_percent = twin.percent
            review.difference = bool(twin) and review.percent - twin.percent

    @api.depends_context("uid", "lang")
    @api.depends("state", "twin_id.state")
    def _compute_comparison_html(self):
        for review in self:
            twin = review._comparable_twin()
            review.comparison_html = bool(twin) and self.env["ir.qweb"]._render(
                "sla_scoring.score_review_comparison",
                {"pairs": review._compared_lines(twin), "review": review, "twin": twin},
            )

    @api.depends_context("uid", "lang", "tz")
    @api.depends("ticket_id")
    def _compute_transcript_html(self):
        for review in self:
            review.transcript_html = bool(review.ticket_id) and self.env[
                "ir.qweb"
            ]._render(
                "sla_scoring.score_review_transcript",
                {
                    # As superuser: a reviewer reads the ticket that is reviewed, here
                    # and nowhere else; this review was checked to be readable.
                    "ticket": review.sudo().ticket_id,
                    "messages": review._messages(),
                },
            )

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        reviews._fill_lines()
        return reviews

    def write(self, vals):
        result = super().write(vals)
        if "reviewer_id" in vals:
            self._keep_blind()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_open(self):
        if any(review.state != TO_SCORE for review in self):
            raise UserError(self.env._("A scored review is never deleted."))

    def unlink(self):
        # As superuser: the other review may be hidden from who deletes this one.
        twins = self.sudo().twin_id - self.sudo()
        result = super().unlink()
        twins._show(event_time(self.env))
        return result

    def _guarded_fields(self):
        return self._all_but(self._editable() if self else BY_MANAGER)

    def _hands_off(self, names):
        if self:
            return AccessError(
                self.env._("A quality review is scored and answered, only.")
            )
        return AccessError(
            self.env._("A review begins with a ticket, an agent and a reviewer.")
        )

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
        own = self.env.user._same_person()
        for review in self:
            if review.reviewer_id != self.env.user:
                raise AccessError(self.env._("Only its reviewer scores a review."))
            if review.user_id in own:
                raise AccessError(self.env._("Nobody reviews their own work."))
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

    def _by_hand(self, vals):
        self.env["score.entry"]._check_has_served(vals)
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
        # As superuser: neither reviewer reads the other's review.
        for review in self.sudo().filtered("twin_id"):
            twin = review.twin_id
            if review.reviewer_id == twin.reviewer_id:
                raise UserError(
                    self.env._("Two different people score a ticket for calibration.")
                )
            is_open = TO_SCORE in (review.state, twin.state)
            review.blind_for_id = is_open and twin.reviewer_id
            twin.blind_for_id = is_open and review.reviewer_id

    # The steps of a review: scored, compared, signed or disputed, settled.

    def action_submit(self):
        """Hand in the scores.

        :raise AccessError: the user is not the reviewer
        :raise UserError: an item has no score, or nothing applied
        """
        self._check_reviewer()
        at = event_time(self.env)
        for review in self:
            # As superuser: the result is written here only.
            review.sudo().write({**review._result(), "state": SCORED, "scored_at": at})
            review.sudo()._show(at)

    def action_sign(self):
        """The agent has read the review and agrees."""
        self._check_agent()
        self._answer(SIGNED)

    def action_dispute(self):
        """The agent contests the review; needs a reason in the answer.

        :raise UserError: no reason
        """
        self._check_agent()
        if any(not (review.agent_comment or "").strip() for review in self):
            raise UserError(self.env._("Say in your answer what is wrong."))
        self._answer(DISPUTED)

    def action_keep(self):
        """A manager lets a disputed review stand."""
        return self._decide(SETTLED)

    def action_annul(self):
        """A manager annuls a disputed review: it counts no more."""
        return self._decide(ANNULLED)

    def action_report_error(self):
        """Open an error report about what was found."""
        self.ensure_one()
        self._check_finds_errors_of(self.user_id.id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Error report"),
            "res_model": "score.error.report",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
            "context": {
                "default_review_id": self.id,
                "default_user_id": self.user_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_errors(self):
        """Open the errors reported from this review."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sla_scoring.score_error_report_action"
        )
        return {**action, "domain": [("review_id", "=", self.id)], "context": {}}

    def _result(self):
        """Return the values of the result of the scored lines.

        :raise UserError: an item has no score, or nothing applied
        """
        lines = self.line_ids
        if not all(lines.mapped("score")):
            raise UserError(
                self.env._("Score every item, or say that it does not apply.")
            )
        reached = quality.percent([(line.score, line.weight) for line in lines])
        if reached is None:
            raise UserError(self.env._("At least one item has to apply."))
        failed = quality.fails([(line.score, line.critical) for line in lines])
        return {
            "reached_percent": reached,
            "percent": 0.0 if failed else reached,
            "critical_missed": failed,
            "passed": not failed and reached >= self.card_id.pass_percent,
        }

    def _show(self, at):
        """Show scored reviews to their agents, once nobody scores them blindly."""
        for review in self.filtered(lambda review: review.state == SCORED):
            pair = review | review.twin_id
            if TO_SCORE in pair.mapped("state"):
                continue
            pair.blind_for_id = False
            first = pair.filtered(lambda one: not one.is_calibration)
            first.filtered(lambda one: one.state == SCORED).state = SHOWN
            for one in first:
                one.message_subscribe(one.user_id.partner_id.ids)

    def _comparable_twin(self):
        """Return the review of the other reviewer once both are done.

        For the reviewers and those above them; never for the agent.
        """
        # As superuser: its result, which is open to this user from now on.
        twin = self.sudo().twin_id
        is_open = not twin or TO_SCORE in (self.state, twin.state)
        return twin.browse() if is_open or self.user_id == self.env.user else twin

    def _compared_lines(self, twin):
        other = {line.item_id: line for line in twin.line_ids}
        # As superuser: the lines of a review that may be compared.
        return [(line, other.get(line.item_id)) for line in self.sudo().line_ids]

    def _messages(self):
        """Return the messages of the ticket for people, the oldest first."""
        # As superuser: see the transcript.
        messages = self.sudo().ticket_id.message_ids.filtered(
            lambda message: message.body and message.message_type != "notification"
        )
        return [
            {
                "at": written_moment(self.env, message.date),
                "author": message.author_id.name or message.email_from,
                "internal": message.is_internal or message.subtype_id.internal,
                "body": Markup(message.body),
            }
            for message in messages.sorted("date")
        ]

    def _check_agent(self):
        self.check_access("read")
        for review in self:
            if review.user_id != self.env.user:
                raise AccessError(self.env._("A review is answered by its agent."))
            if review.state != SHOWN:
                raise UserError(self.env._("This review is answered already."))

    def _answer(self, state):
        # As superuser: the state is written by these steps only.
        self.sudo().write({"state": state, "answered_at": event_time(self.env)})

    # Who settles a dispute.

    @api.model
    def _can_decide_depends(self):
        return [*super()._can_decide_depends(), "reviewer_id"]

    def _parties(self):
        return super()._parties() | self.reviewer_id

    def _not_for_you(self):
        return AccessError(
            self.env._(
                "A dispute is settled by a service manager who is neither its agent "
                "nor its reviewer."
            )
        )

    def _decided_already(self):
        return UserError(self.env._("This review is not disputed."))

    def _lack(self, state):
        if not self._decision_words():
            return UserError(self.env._("Say what was found, and why."))
        return None
