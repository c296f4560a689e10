import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .vip_import_progress import ImportCancelled

_logger = logging.getLogger(__name__)

#: A back-test that reads more facts than this waits for the job.
BACKGROUND_FACTS = 2_000_000


class VipTierBacktest(models.Model):
    """Back-tests over many clients are run by a job: a request would time out.

    A run is one transaction. Killed at any moment nothing of it is left, it still waits,
    and the next run of the job begins anew.
    """

    _inherit = "vip.tier.backtest"

    state = fields.Selection(
        selection_add=[("queued", "Waiting"), ("done",)],
        ondelete={"queued": "set default"},
        help="Waiting: many figures, which the job looks through.",
    )
    progress = fields.Integer(
        compute="_compute_progress",
        help="Per cent of the months that the job has done.",
    )
    problem = fields.Char(
        readonly=True, copy=False, help="What stopped the job at this back-test."
    )

    @api.depends("state")
    def _compute_progress(self):
        # As superuser: how far back-tests are that the user may read.
        done = self.env["vip.import.progress"].sudo()._percents(self)
        for backtest in self:
            finished = 100 if backtest.state == "done" else 0
            backtest.progress = done.get(backtest.id, finished)

    # Actions

    def action_run(self):
        """Run the back-test from the button, one over many figures by the job."""
        self.check_access("write")
        for backtest in self:
            backtest._check_not_queued()
            backtest._check_months()
            backtest._check_ladder()
            # As superuser: checked above; results are written here only.
            if backtest._reads_many():
                backtest.sudo()._queue()
            else:
                backtest.sudo()._run()
        return True

    def action_cancel(self):
        """Take a waiting back-test back; a running one stops and leaves nothing."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "queued":
            raise UserError(self.env._("Only a waiting back-test can be cancelled."))
        # As superuser: checked above; results are written here only.
        if self.sudo().try_lock_for_update():
            self.sudo().state = "draft"
        else:
            self.env["vip.import.progress"].sudo()._cancel(self)
        return True

    def _reopen(self):
        """Refuse to edit what the job is about to look through."""
        self._check_not_queued()
        return super()._reopen()

    def _check_not_queued(self):
        if "queued" in self.mapped("state"):
            raise UserError(
                self.env._("This back-test waits for the job: cancel it first.")
            )

    # The job

    def _reads_many(self):
        """Return whether the company has more facts than a request should read."""
        self.env["vip.activity"].flush_model()
        [[count]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*) FROM (
                    SELECT FROM vip_activity WHERE company_id = %s LIMIT %s) f
                """,
                self.company_id.id,
                BACKGROUND_FACTS + 1,
            )
        )
        return count > BACKGROUND_FACTS

    def _queue(self):
        self._reopen()
        self.write({"state": "queued", "problem": False})
        self.env["vip.import.progress"]._begin(self)
        self.env.ref("vip_service.ir_cron_tier_backtest")._trigger()

    def _report_month(self, place):
        result = super()._report_month(place)
        if self.env.context.get("vip_backtest_job"):
            percent = 100 * place // self.months
            self.env["vip.import.progress"]._report(self, percent)
        return result

    @api.model
    def _cron_backtest(self):
        """Run the back-tests that wait, each in a transaction of its own."""
        waiting = self.search([("state", "=", "queued")], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(waiting))
        for backtest in waiting:
            backtest._run_queued()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _run_queued(self):
        if not self.try_lock_for_update():
            return
        self.invalidate_recordset(["state"])
        if self.state != "queued":
            return
        try:
            with self.env.cr.savepoint():
                self.with_context(vip_backtest_job=True)._run()
        except ImportCancelled:
            self.state = "draft"
        except psycopg2.OperationalError:
            raise  # The job is tried again.
        except UserError as error:
            self.write({"state": "draft", "problem": str(error)})
        except Exception:
            _logger.exception("Back-test %s failed", self.id)
            problem = self.env._("The back-test failed; see the server's log.")
            self.write({"state": "draft", "problem": problem})
        self.env["vip.import.progress"]._forget(self)
