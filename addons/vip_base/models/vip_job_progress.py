import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL


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
