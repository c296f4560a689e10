from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.vip_base.models.figure.vip_figure import LOWER
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import NamesMany2one
from odoo.addons.vip_base.tools.times import add_months, event_time, month_name

from .figure.vip_figure import LIMIT

BY_MANAGER = {"owner_id", "deadline", "decision", "evidence"}
BY_OWNER = {"evidence"}
BY_AGENT = {"agent_comment"}
STEPS = [
    ("coaching", "Coaching"),
    ("deduction", "Deduction"),
    ("post", "Change of post"),
]


class ScoreMeasure(models.Model):
    """A step of correction: proposed by a limit, agreed by a manager, acknowledged by
    the agent, done with evidence (REQUIREMENTS P6)."""

    _name = "score.measure"
    _description = "Measure"
    _inherit = [
        "vip.decision.mixin",
        "vip.hands.off.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _mail_post_access = "read"
    _order = "month desc, id desc"
    _proposer_field = None
    _answer_field = "decision"
    _decisions_action = "sla_scoring.score_measure_action"
    _decisions_since = "create_date"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Agent", required=True, readonly=True, index=True
    )
    rule_id = fields.Many2one(
        "score.measure.rule", required=True, readonly=True, ondelete="restrict"
    )
    card_id = fields.Many2one(
        "score.card",
        string="Scorecard",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    month = fields.Date(required=True, readonly=True)
    month_name = fields.Char(string="Month of", compute="_compute_month_name")
    step = fields.Selection(STEPS, required=True, readonly=True)
    basis = fields.Selection(
        lambda self: self.env["vip.figure"]._serving(LIMIT),
        string="Figure",
        readonly=True,
    )
    figure = fields.Float(readonly=True, digits=(8, 2), help="What it was then.")
    threshold = fields.Float(string="Limit", readonly=True, digits=(8, 2))
    points = fields.Float(string="Points deducted", readonly=True, digits=(8, 2))
    owner_id = fields.Many2one(
        "res.users",
        string="Carried out by",
        tracking=True,
        index=True,
        domain="[('share', '=', False), ('id', '!=', user_id),"
        " ('company_ids', 'in', company_id)]",
    )
    deadline = fields.Date(tracking=True)
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("agreed", "Agreed"),
            ("acknowledged", "Acknowledged"),
            ("done", "Done"),
            ("dismissed", "Dismissed"),
        ],
        required=True,
        default="proposed",
        readonly=True,
        tracking=True,
    )
    decision = fields.Text(string="Why so decided", help="The agent reads it.")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime(string="Decided at", readonly=True)
    agent_comment = fields.Text(string="The agent's answer")
    acknowledged_at = fields.Datetime(string="Acknowledged at", readonly=True)
    evidence = fields.Text(help="What was done, when, and where it is recorded.")
    done_at = fields.Datetime(string="Done at", readonly=True)
    done_by_id = fields.Many2one(
        "res.users", string="Done by", readonly=True, ondelete="restrict"
    )
    entry_id = fields.Many2one("score.entry", readonly=True, ondelete="restrict")
    is_mine = fields.Boolean(string="About me", compute="_compute_is_mine")

    _once = models.UniqueIndex("(card_id)")

    @api.depends_context("lang")
    @api.depends("month")
    def _compute_month_name(self):
        for measure in self:
            measure.month_name = month_name(self.env, measure.month)

    @api.depends_context("lang")
    @api.depends("step", "user_id", "month_name")
    def _compute_display_name(self):
        labels = dict(self._fields["step"]._description_selection(self.env))
        for measure in self:
            name = f"{labels.get(measure.step, '')} · {measure.user_id.name}"
            measure.display_name = f"{name} · {measure.month_name}"

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_is_mine(self):
        for measure in self:
            measure.is_mine = measure.user_id == self.env.user

    def _guarded_fields(self):
        return self._all_but(self._editable() if self else ())

    def _hands_off(self, names):
        return AccessError(self.env._("A measure is decided and done, not edited."))

    def _editable(self):
        """Return the fields that the current user may write now."""
        if self.user_id == self.env.user:
            return BY_AGENT if self.state == "agreed" else set()
        if self.state in ("done", "dismissed"):
            return set()
        if self.env.user.has_group(MANAGER_GROUP):
            return BY_MANAGER
        return BY_OWNER if self.owner_id == self.env.user else set()

    @api.model
    def _propose(self, passed, at, by=None):
        """Propose one measure for each card that has none.

        :param passed: dict of card → (rule, what its figure was)
        """
        known = self.search([("card_id", "in", [card.id for card in passed])]).card_id
        for card, (rule, figure) in passed.items():
            if card not in known:
                measure = self.create(self._proposed_values(card, rule, figure, at))
                measure._ask(by)

    def _proposed_values(self, card, rule, figure, at):
        due = card.company_id._vip_local_date(at) + timedelta(days=rule.days)
        return {
            "company_id": card.company_id.id,
            "user_id": card.user_id.id,
            "card_id": card.id,
            "month": card.month,
            "rule_id": rule.id,
            "step": rule.step,
            "basis": rule.basis,
            "figure": figure,
            "threshold": rule.threshold,
            "points": rule.points if rule.step == "deduction" else 0,
            "deadline": due,
        }

    def _ask(self, by):
        """Put the proposal before a manager: never the agent."""
        deciders = self._eligible_deciders()
        manager = by if by in deciders else deciders[:1]
        if manager:
            self.owner_id = manager
            self.activity_schedule(
                "sla_scoring.score_activity_measure", user_id=manager.id
            )

    # A manager decides.

    @api.model
    def _can_decide_depends(self):
        return ["state", "user_id"]

    def _parties(self):
        return self.user_id

    def _not_for_you(self):
        if self.env.user.has_group(MANAGER_GROUP):
            return AccessError(self.env._("Another manager decides about you."))
        return AccessError(self.env._("A service manager decides on measures."))

    def _decided_already(self):
        return UserError(self.env._("This measure is not at that point any more."))

    def _lack(self, state):
        if state == "agreed" and not self.owner_id:
            return UserError(self.env._("Say who carries it out."))
        if state == "dismissed" and not self._decision_words():
            return UserError(self.env._("Say why nothing is to be done."))
        return None

    def action_agree(self):
        """Agree to the measure: it becomes a task of its owner."""
        return self._decide("agreed")

    def action_dismiss(self):
        """Let it be, and say why."""
        return self._decide("dismissed")

    def _carry_out(self, state, at, by):
        self.activity_unlink(["sla_scoring.score_activity_measure"])
        self._write_decision(state, at, by)
        if state == "agreed":
            for measure in self:
                measure._charge(at, by)
                measure.activity_schedule(
                    "sla_scoring.score_activity_measure",
                    user_id=measure.owner_id.id,
                    date_deadline=measure.deadline,
                )

    def _charge(self, at, by):
        """Post the deduction that the measure is, if it is one."""
        if self.step == "deduction":
            self.entry_id = self.env["score.entry"].create(self._entry_values(at, by))
            self.entry_id._post(at, by=by)

    def action_acknowledge(self):
        """The agent has seen it, agreeing or not.

        :raise AccessError: somebody else's
        """
        self.check_access("read")
        for measure in self:
            if measure.user_id != self.env.user:
                raise AccessError(self.env._("The agent acknowledges a measure."))
            if measure.state != "agreed":
                raise measure._decided_already()
            # As superuser: the agent, checked above; states are written here only.
            measure.sudo().write(
                {"state": "acknowledged", "acknowledged_at": event_time(self.env)}
            )

    def action_done(self):
        """Note that it was carried out, with evidence.

        :raise AccessError: neither its owner nor a manager, or about oneself
        :raise UserError: not acknowledged, or no evidence
        """
        self.check_access("read")
        for measure in self:
            if self.env.user != measure.owner_id:
                measure._check_decider()
            if measure.state != "acknowledged":
                raise measure._decided_already()
            if not (measure.evidence or "").strip():
                raise UserError(
                    self.env._("Say what was done, and where it is recorded.")
                )
            # As superuser: its owner, checked above; states are written here only.
            done = {"state": "done", "done_at": event_time(self.env)}
            measure.sudo().write({**done, "done_by_id": self.env.uid})
            measure.sudo().activity_ids.action_feedback(feedback=measure.evidence)

    def _entry_values(self, at, by):
        return {
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "kind": "deduction",
            "points": -self.points,
            "occurred_at": at,
            "source_key": f"measure:{self.id}",
            "raised_by_id": by.id,
            "reason": f"{self.rule_id.name} · {self.month_name}",
        }


class ScoreMeasureRule(models.Model):
    """A limit which, when passed, proposes a measure to a manager (REQUIREMENTS P6).

    Of several limits passed at once the last in the list proposes: the severest step.
    """

    _name = "score.measure.rule"
    _description = "Measure Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = NamesMany2one("res.company", help="Empty: every company.")
    step = fields.Selection(STEPS, required=True, default="coaching")
    basis = fields.Selection(
        lambda self: self.env["vip.figure"]._serving(LIMIT),
        string="Figure",
        required=True,
        default="lost",
        help="Points are summed over the months, of other figures it is the mean. The "
        "limit is passed below it; where less is better, from it on.",
    )
    threshold = fields.Float(string="Limit", required=True, digits=(8, 2))
    months = fields.Integer(
        required=True, default=1, help="Months looked at, the closed one the last."
    )
    days = fields.Integer(string="To be done in (days)", required=True, default=14)
    points = fields.Float(
        string="Points deducted",
        digits=(8, 2),
        help="Charged when a manager agrees to the deduction.",
    )

    _positive = models.Constraint(
        "CHECK (threshold > 0 AND months BETWEEN 1 AND 12 AND days > 0)",
        "The limit and the days are above zero, the months between 1 and 12.",
    )
    _points = models.Constraint(
        "CHECK (step <> 'deduction' OR COALESCE(points, 0) > 0)",
        "A deduction takes points: say how many.",
    )

    @api.model
    def _propose(self, cards, at, by=None):
        """Propose a measure to each agent of closed cards who passed a limit, once.

        :param at: naive UTC datetime of the close
        :param by: the manager who closes
        """
        for (company, month), group in cards.grouped(
            lambda card: (card.company_id, card.month)
        ).items():
            rules = self.search(Domain("company_id", "in", [False, company.id]))
            passed = {}
            for rule in rules:
                for card, figure in rule._passed(group, month):
                    passed[card] = (rule, figure)
            self.env["score.measure"]._propose(passed, at, by)

    def _passed(self, cards, month):
        """Return ``[(card, figure)]`` of the cards whose agents passed the limit."""
        looked_at = self.env["score.card"].search(
            [
                ("company_id", "in", cards.company_id.ids),
                ("user_id", "in", cards.user_id.ids),
                # Those of the month itself are asked for before it is closed, too.
                *("|", ("state", "=", "closed"), ("month", "=", month)),
                ("month", "<=", month),
                ("month", ">", add_months(month, -self.months)),
            ]
        )
        figures = {
            user: self._figure(own)
            for user, own in looked_at.grouped("user_id").items()
        }
        return [
            (card, figures[card.user_id])
            for card in cards
            if self._is_passed(figures.get(card.user_id))
        ]

    def _figure(self, cards):
        """Return the figure of one agent's cards, None if nothing was measured."""
        figure = self.env["vip.figure"]._all().get(self.basis)
        value = None if figure is None else figure._of_cards(cards)
        return None if value is None else round(value, 2)

    def _is_passed(self, value):
        if value is None:
            return False
        figure = self.env["vip.figure"]._all()[self.basis]
        at_limit = value == self.threshold and figure._better == LOWER
        return at_limit or figure._is_worse(value, self.threshold)
