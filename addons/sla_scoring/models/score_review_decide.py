from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_datetime

from odoo.addons.vip_base.tools.event_time import event_time

from ..engine import quality
from .score_review import ANNULLED, DISPUTED, SCORED, SETTLED, SHOWN, SIGNED, TO_SCORE


class ScoreReviewDecide(models.Model):
    """The steps of a review: scored, compared, signed or disputed, settled."""

    _inherit = "score.review"

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
        self._settle(SETTLED)

    def action_annul(self):
        """A manager annuls a disputed review: it counts no more."""
        self._settle(ANNULLED)

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
        return [(line, other.get(line.item_id)) for line in self.sudo().line_ids]

    def _messages(self):
        """Return the messages of the ticket for people, the oldest first."""
        # As superuser: see the transcript.
        messages = self.sudo().ticket_id.message_ids.filtered(
            lambda message: message.body and message.message_type != "notification"
        )
        return [
            {
                "at": format_datetime(self.env, message.date, dt_format="short"),
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

    def _settle(self, state):
        """Settle disputes.

        :raise AccessError: the user is no manager, or agent or reviewer of one of them
        :raise UserError: not disputed, or nothing is said about it
        """
        self.check_access("read")
        for review in self:
            if review.state != DISPUTED:
                raise UserError(self.env._("This review is not disputed."))
            if review.my_part != "manager":
                raise AccessError(
                    self.env._(
                        "A dispute is settled by a service manager who is neither "
                        "its agent nor its reviewer."
                    )
                )
            if not (review.settlement or "").strip():
                raise UserError(self.env._("Say what was found, and why."))
        # As superuser: the state is written by these steps only.
        self.sudo().write(
            {
                "state": state,
                "settled_by_id": self.env.uid,
                "settled_at": event_time(self.env),
            }
        )
