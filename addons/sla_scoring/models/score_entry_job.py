from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time

from .score_entry_draft import BATCH


class ScoreEntryJob(models.Model):
    """The job that draws, undoes and posts the charges."""

    _inherit = "score.entry"

    @api.model
    def _cron_score(self):
        """Draft what stopped breaches cost, undo what was excused, post what is due."""
        self = self.sudo()
        at = event_time(self.env)
        progress = self.env["ir.cron"]
        while self._step(lambda: self._draft_from_breaches(at=at)) == BATCH:
            if not progress._commit_progress(BATCH):
                return
        progress._commit_progress(1)
        self._step(lambda: self._undo_decided(at))
        progress._commit_progress(1)
        self._step(lambda: self._due_drafts(at)._post(at))

    def _step(self, work):
        """Do one step of the job unless another run of it is at work; return its result.

        A run that has committed since our transaction first looked makes us collide
        with it: then the step is undone, and the next run sees what the other did.
        """
        if not self._is_only_run():
            return 0
        try:
            result = work()
            self.env.flush_all()
            return result
        except (UniqueViolation, SerializationFailure):
            self.env.cr.rollback()
            return 0

    @api.model
    def _undo_decided(self, at):
        """Drop drafts, and reverse posted entries, of breaches excused or withdrawn."""
        entries = self.sudo().search(
            [
                ("breach_id.state", "in", ("excused", "withdrawn")),
                ("kind", "!=", "reversal"),
                ("reversal_ids", "=", False),
            ]
        )
        # Scored again should the excuse be taken back.
        unseen = entries.filtered(
            lambda entry: entry.state == "draft" and not entry.appeal_ids
        )
        unseen.breach_id.write({"scored_at": False})
        for breach, mine in entries.grouped("breach_id").items():
            reason = breach.reason or self.env._("The missed promise was excused.")
            mine._take_back(reason, at, by=breach.decided_by_id)

    @api.model
    def _due_drafts(self, at):
        """Return the charges whose review window has passed and nobody questions."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT e.id
          FROM score_entry e
          JOIN res_company company ON company.id = e.company_id
     LEFT JOIN sla_breach b ON b.id = e.breach_id
     LEFT JOIN score_error_report report ON report.id = e.error_report_id
         WHERE e.state = 'draft' AND e.kind IN ('deduction', 'error')
           AND e.needs_review IS NOT TRUE AND COALESCE(b.state, 'open') = 'open'
           AND GREATEST(e.occurred_at, report.filed_at)
               <= %s - company.score_review_days * INTERVAL '1 day'
           AND NOT EXISTS (SELECT FROM score_appeal a
                            WHERE a.entry_id = e.id AND a.state = 'submitted')
                """,
                at,
            )
        )
        return self.sudo().browse(entry_id for (entry_id,) in rows)
