from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.vip_base.tools.event_time import CONTEXT_KEY, event_time

from .score_entry import CHARGES


class ScoreEntryAppeal(models.Model):
    """Whether, until when and how an entry is contested, and what an appeal makes."""

    _inherit = "score.entry"

    appeal_ids = fields.One2many("score.appeal", "entry_id")
    can_appeal = fields.Boolean(string="Can appeal", compute="_compute_can_appeal")
    appeal_until = fields.Datetime(
        string="Contest until",
        compute="_compute_appeal_until",
        help="Empty: not posted yet, so the time to contest has not begun to run.",
    )

    @api.depends_context("uid", CONTEXT_KEY)
    @api.depends("kind", "user_id", "appeal_ids", "reversal_ids", "posted_at")
    def _compute_can_appeal(self):
        at = event_time(self.env)
        for entry in self:
            entry.can_appeal = entry._may_be_appealed_by(
                self.env.user
            ) and not entry._is_appeal_late(at)

    @api.depends("posted_at")
    def _compute_appeal_until(self):
        for entry in self:
            # As superuser: the company's setting, which agents do not read.
            days = entry.company_id.sudo().score_appeal_days
            posted = entry.kind in CHARGES and entry.posted_at
            entry.appeal_until = posted and posted + timedelta(days=days)

    def action_appeal(self):
        """Open the form in which the agent contests this entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Appeal"),
            "res_model": "score.appeal",
            "views": [
                (self.env.ref("sla_scoring.score_appeal_view_form_submit").id, "form")
            ],
            "target": "new",
            "context": {"default_entry_id": self.id},
        }

    def _may_be_appealed_by(self, user):
        """Tell whether an agent may contest this entry: once, and only an own charge."""
        self.ensure_one()
        return (
            self.user_id == user
            and self.kind in CHARGES
            and self.points < 0
            and not self.appeal_ids
            and not self.reversal_ids
        )

    def _is_appeal_late(self, at):
        """Tell whether the window for contesting this entry is over."""
        self.ensure_one()
        return bool(self.appeal_until and at > self.appeal_until)

    def _propose_for(self, user, points, source_key, by):
        """Propose a charge like this one for another person, and return it.

        An error gets the number and the points it has for that person. It is posted
        only when a manager decides so.

        :param points: above zero; what a deduction costs
        :param source_key: what proposes it, so that it is proposed once
        :param by: who decided that it was this person
        """
        self.ensure_one()
        details = dict(self.details or {})
        for name in ("capped", "error"):
            details.pop(name, None)
        return self._charge(
            [
                {
                    "company_id": self.company_id.id,
                    "user_id": user.id,
                    "team_id": self.team_id.id,
                    "kind": self.kind,
                    "points": -points,
                    "occurred_at": self.occurred_at,
                    "period": self.period,
                    "month": self.period,
                    "rule_id": self.rule_id.id,
                    "band_id": self.band_id.id,
                    "breach_id": self.breach_id.id,
                    "clock_id": self.clock_id.id,
                    "ticket_id": self.ticket_id.id,
                    "ticket_number": self.ticket_number,
                    "source_key": source_key,
                    "held_seconds": self.held_seconds,
                    "overrun_seconds": self.overrun_seconds,
                    "details": details,
                    "needs_review": True,
                    "raised_by_id": by.id,
                    "reason": self.env._("An appeal found that it was you."),
                }
            ]
        )
