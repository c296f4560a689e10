import logging

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.sql_epoch import epoch

from ...engine.past import decisions
from ..clock.sla_clock_due import BATCH

_logger = logging.getLogger(__name__)


class SlaOutage(models.Model):
    """When outages were decided on: what was due before is judged without knowing."""

    _inherit = "sla.outage"

    end_said_at = fields.Datetime(
        string="End said at",
        readonly=True,
        copy=False,
        help="Empty: the end was known when it was approved.",
    )

    def write(self, vals):
        """Keep when the end of an outage was said that lasted."""
        ending = self._ending(vals)
        if not ending:
            return super().write(vals)
        at = event_time(self.env)
        self.check_access("write")
        self._before_decision(at)
        result = super().write(vals)
        # As superuser: it follows from the write, which was allowed.
        ending.sudo().end_said_at = at
        return result

    def action_approve(self):
        self._check_may_decide()
        self._before_decision(event_time(self.env))
        return super().action_approve()

    def action_revoke(self):
        self._check_may_decide()
        self._before_decision(event_time(self.env))
        return super().action_revoke()

    def _ending(self, vals):
        """Return the outages among these that last and whose end is said by this."""
        if not vals.get("date_to"):
            return self.browse()
        return self.filtered(lambda outage: outage.lasting)

    def _before_decision(self, at):
        """Do the work of the jobs up to a decision, however late they are.

        So whether a breach was recorded before an outage was declared depends on when
        that was, not on when a job ran. What fails is left to the jobs, which put it
        aside.

        :param at: naive UTC
        """
        # As superuser: nobody but this code writes clocks.
        clocks = self.env["sla.clock"].sudo()
        try:
            with self.env.cr.savepoint():
                while self._follow_due(at):
                    pass
                while clocks._process_due(at) == BATCH:
                    pass
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Due clocks and outages are left to their jobs")

    @api.model
    def _decisions(self):
        """Return all :class:`~...engine.past.Decision` on outages, in order of time."""
        outages = self._read_approved(
            SQL("o.approved_at IS NOT NULL OR o.state IN ('declared', 'ended')")
        )
        times = {
            row[0]: row[1:]
            for row in self.env.execute_query(
                SQL(
                    "SELECT id, %s, %s, %s FROM sla_outage WHERE id = ANY(%s)",
                    epoch("COALESCE(approved_at, date_from)"),
                    epoch("end_said_at"),
                    epoch("revoked_at"),
                    [outage.id for outage in outages],
                )
            )
        }
        return decisions([(outage, *times[outage.id]) for outage in outages])
