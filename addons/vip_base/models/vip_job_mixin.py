import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


class JobCancelled(Exception):
    """Somebody asked to stop the work that a job is doing."""


class VipJobProgress(models.Model):
    """How far the work of a job is, and whether somebody wants to stop it.

    The work itself is one transaction that nobody sees into. So this is written and read
    by transactions of its own, and the work never writes it.
    """

    _name = "vip.job.progress"
    _description = "Progress of a Job"
    _log_access = False
    _rec_name = "res_model"

    res_model = fields.Char(string="Model", required=True)
    res_id = fields.Integer(string="Record", required=True)
    percent = fields.Integer(required=True, default=0)
    cancelled = fields.Boolean(required=True, default=False)

    _record = models.UniqueIndex("(res_model, res_id)")

    @api.model
    def _percents(self, records):
        """Return ``{id: per cent}`` of those ``records`` whose work is under way."""
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        return {row.res_id: row.percent for row in self.search(domain)}

    @api.model
    def _begin(self, record):
        """Forget what was asked of an earlier run of ``record``."""
        self._put(self.env.cr, record, SQL("percent = 0, cancelled = FALSE"))

    @api.model
    def _cancel(self, record):
        """Ask the running work on ``record`` to stop at its next step."""
        self._put(self.env.cr, record, SQL("cancelled = TRUE"))

    @api.model
    def _report(self, record, percent):
        """Publish how far ``record`` is; raise JobCancelled if it is to stop."""
        try:
            with self.env.registry.cursor() as cr:
                cancelled = self._put(cr, record, SQL("percent = %s", percent))
        except psycopg2.errors.SerializationFailure:
            return  # Somebody asks to stop at this very moment: seen at the next step.
        if cancelled:
            raise JobCancelled

    @api.model
    def _forget(self, record):
        with self.env.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "DELETE FROM vip_job_progress WHERE res_model = %s AND res_id = %s",
                    record._name,
                    record.id,
                )
            )

    @api.model
    def _put(self, cr, record, change):
        """Write ``change`` by ``cr``; return whether the work is to stop."""
        self.invalidate_model()
        cr.execute(
            SQL(
                """
                INSERT INTO vip_job_progress (res_model, res_id, percent, cancelled)
                VALUES (%s, %s, 0, FALSE)
                ON CONFLICT (res_model, res_id) DO UPDATE SET res_id = EXCLUDED.res_id
                """,
                record._name,
                record.id,
            )
        )
        cr.execute(
            SQL(
                "UPDATE vip_job_progress SET %s WHERE res_model = %s AND res_id = %s"
                " RETURNING cancelled",
                change,
                record._name,
                record.id,
            )
        )
        return cr.fetchone()[0]


class VipJobMixin(models.AbstractModel):
    """Work that a job does, as a request would time out, in one transaction.

    Killed at any moment nothing of it is left, it still waits, and the next run of the
    job begins anew. Others see how far it is, and stop it, while it goes on.

    A model that inherits has a ``state`` with "queued" and "done". It says what the job
    does (`_do_queued`), which job that is (``_cron_xmlid``), and what is written where
    nothing was done (`_no_result`) or it failed (`_failed`).
    """

    _name = "vip.job.mixin"
    _description = "Work by a Job"

    #: The scheduled job that is woken; it calls `_run_waiting`.
    _cron_xmlid = None

    problem = fields.Char(readonly=True, copy=False, help="What stopped the job here.")
    progress = fields.Integer(
        compute="_compute_progress", help="Per cent that the job has done."
    )

    @api.depends("state")
    def _compute_progress(self):
        # As superuser: how far the records are that the user may read.
        done = self.env["vip.job.progress"].sudo()._percents(self)
        for record in self:
            finished = 100 if record.state == "done" else 0
            record.progress = done.get(record.id, finished)

    # Actions

    def action_cancel(self):
        """Take back what waits; what the job is at stops and leaves nothing."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "queued":
            raise UserError(self.env._("Only what is waiting can be cancelled."))
        # As superuser: checked above; results are written here only.
        if self.sudo().try_lock_for_update():
            self.sudo().write(self._no_result())
        else:
            self.env["vip.job.progress"].sudo()._cancel(self)
        return True

    # To be said by the model

    def _no_result(self):
        """Return the values of a record of which nothing has been done yet."""
        return {"state": "draft", "problem": False}

    def _failed(self, problem):
        """Return the values of a record at which the job failed."""
        return {**self._no_result(), "problem": problem}

    def _can_begin(self):
        """Return whether the job may begin now; else it is tried the next time."""
        return True

    def _do_queued(self):
        """Do the work of this record, calling `_report_progress` on the way.

        Raises UserError with what is wrong in the eyes of who asked for it.
        """
        raise NotImplementedError

    # The job

    def _queue(self):
        """Let the job do it. Whoever calls has checked that the user may ask for it."""
        # As superuser: results are written here only; the wake-up of our own job.
        self.sudo().write({**self._no_result(), "state": "queued"})
        self.env["vip.job.progress"].sudo()._begin(self)
        self.env.ref(self._cron_xmlid).sudo()._trigger()

    def _report_progress(self, percent):
        """Let others see how far the job is; stop it when somebody asked for that."""
        if self.env.context.get("vip_job"):
            # As superuser: nobody writes the progress of a job by hand.
            self.env["vip.job.progress"].sudo()._report(self, percent)

    @api.model
    def _run_waiting(self):
        """Do all that waits, each in a transaction of its own."""
        waiting = self.search([("state", "=", "queued")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for record in waiting:
            record._run_queued()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _run_queued(self):
        """Do this one unless another job is at it; its failure stops no other."""
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset(["state"])
        if self.state != "queued" or not self._can_begin():
            return
        try:
            with self.env.cr.savepoint():
                self.with_context(vip_job=True)._do_queued()
        except JobCancelled:
            self.write(self._no_result())
        except psycopg2.OperationalError:
            raise  # The job is tried again.
        except UserError as error:
            self.write(self._failed(str(error)))
        except Exception:
            _logger.exception("The job failed at %s", self)
            problem = self.env._("The job failed here; see the server's log.")
            self.write(self._failed(problem))
        self.env["vip.job.progress"]._forget(self)
