from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.vip_base.tools.event_time import CONTEXT_KEY, event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP

#: How long before its due time an open appeal is brought to mind.
NOTICE = timedelta(days=1)


class ScoreAppealDeadline(models.Model):
    """Until when an appeal is answered, and who is reminded of it."""

    _inherit = "score.appeal"

    submitted_at = fields.Datetime(string="Submitted on", readonly=True)
    due_at = fields.Datetime(
        string="To be answered by", readonly=True, index="btree_not_null"
    )
    reminded_at = fields.Datetime(readonly=True, copy=False)
    is_overdue = fields.Boolean(string="Overdue", compute="_compute_is_overdue")

    _open_idx = models.Index("(due_at) WHERE state = 'submitted'")

    @api.depends_context(CONTEXT_KEY)
    @api.depends("state", "due_at", "decided_at")
    def _compute_is_overdue(self):
        now = event_time(self.env)
        for appeal in self:
            answered = appeal.decided_at or now
            appeal.is_overdue = bool(appeal.due_at and answered > appeal.due_at)

    def _with_dates(self, vals):
        """Return the values of a new appeal with when it was made and is due."""
        at = event_time(self.env)
        # As superuser: the company's setting, which agents do not read.
        entry = self.env["score.entry"].sudo().browse(vals["entry_id"])
        days = timedelta(days=entry.company_id.score_answer_days)
        return {"submitted_at": at, "due_at": at + days, **vals}

    @api.model
    def _cron_remind(self):
        """Remind a manager of appeals about to be due, and again of overdue ones."""
        at = event_time(self.env)
        # As superuser: the job looks after the appeals of all companies.
        appeals = self.sudo().search(
            [("state", "=", "submitted"), ("due_at", "<=", at + NOTICE)]
        )
        appeals.filtered(lambda appeal: appeal._is_to_be_reminded(at))._remind(at)

    def _is_to_be_reminded(self, at):
        """Tell whether nobody was reminded yet, or not since it became overdue."""
        self.ensure_one()
        if not self.reminded_at:
            return True
        return self.reminded_at < self.due_at <= at

    def _remind(self, at):
        """Give an eligible manager the task to decide; none if there is nobody."""
        for appeal in self:
            decider = appeal._proposed_decider()
            if not decider:
                continue
            appeal.activity_unlink(["sla_scoring.score_activity_appeal"])
            appeal.activity_schedule(
                "sla_scoring.score_activity_appeal",
                date_deadline=appeal.company_id._vip_local_date(appeal.due_at),
                user_id=decider.id,
            )
            appeal.reminded_at = at

    def _proposed_decider(self):
        """Return the manager to remind: the leader of the team if eligible."""
        managers = self.env.ref(MANAGER_GROUP).all_user_ids.filtered(
            lambda user: (
                user._is_internal()
                and self.company_id in user.company_ids
                and user not in self._parties()
            )
        )
        leader = self.team_id.user_id & managers
        return leader or managers[:1]
