from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: A back-test that reads more facts than this waits for the job.
BACKGROUND_FACTS = 2_000_000


class VipTierBacktest(models.Model):
    """Back-tests over many clients are run by a job."""

    _name = "vip.tier.backtest"
    _inherit = ["vip.tier.backtest", "vip.job.mixin"]
    _cron_xmlid = "vip_service.ir_cron_tier_backtest"

    state = fields.Selection(
        selection_add=[("queued", "Waiting"), ("done",)],
        ondelete={"queued": "set default"},
        help="Waiting: many figures, which the job looks through.",
    )

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
        return super()._queue()

    def _report_month(self, place):
        result = super()._report_month(place)
        self._report_progress(100 * place // self.months)
        return result

    @api.model
    def _cron_backtest(self):
        """Run the back-tests that wait."""
        self._run_waiting()

    def _do_queued(self):
        self._run()
