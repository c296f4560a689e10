from odoo import api, fields, models


class VipFailingJob(models.Model):
    """A scheduled job whose last run failed, whichever addon it is of.

    The host shows jobs to system administrators only; that one fails concerns those who
    answer for the service. Nothing is stored.
    """

    _name = "vip.failing.job"
    _description = "Failing Job"
    _auto = False
    _log_access = False
    _order = "failing_since, id"
    _rec_name = "name"
    _depends = {"ir.cron": ["failure_count", "first_failure_date", "active"]}
    _table_query = """
        SELECT id, id AS number, failure_count, first_failure_date AS failing_since,
               lastcall AS last_at, nextcall AS next_at, active AS goes_on
          FROM ir_cron WHERE failure_count > 0
    """

    number = fields.Integer(readonly=True)
    name = fields.Char(string="Job", compute="_compute_name")
    failure_count = fields.Integer(
        string="Failed in a row", readonly=True, aggregator=None
    )
    failing_since = fields.Datetime(string="Failing since", readonly=True)
    last_at = fields.Datetime(string="Last run", readonly=True)
    next_at = fields.Datetime(string="Next run", readonly=True)
    goes_on = fields.Boolean(
        string="Is tried again",
        readonly=True,
        help="A job that has failed for a week is switched off by the host.",
    )

    @api.depends_context("lang")
    @api.depends("number")
    def _compute_name(self):
        # As superuser: the name of a job, which its own page shows to few.
        jobs = self.env["ir.cron"].sudo()
        for failing in self:
            failing.name = jobs.browse(failing.number).cron_name
