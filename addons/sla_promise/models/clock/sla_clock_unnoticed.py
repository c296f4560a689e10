from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import array

#: Tickets brought up to date and committed together.
BATCH = 1000
#: So many ticket ids are looked at in one statement when all tickets are.
SLICE = 100_000


class SlaClock(models.Model):
    """The net: changes of watched tickets that nobody noticed, such as by SQL.

    Everything that goes through Odoo is noticed at once.
    """

    _inherit = "sla.clock"

    @api.model
    def _cron_unnoticed(self):
        """Look at the tickets that something is owed on or that are not closed.

        What this costs depends on how many are open, not on how many there are.
        """
        self._sync_unnoticed(self._unnoticed_tickets(self._at_work()))

    @api.model
    def _cron_all_unnoticed(self):
        """Look at all tickets: only what was closed before and after can turn up."""
        [[last]] = self.env.execute_query(SQL("SELECT max(id) FROM helpdesk_ticket"))
        for first in range(0, (last or 0) + 1, SLICE):
            ids = SQL(
                "SELECT id FROM helpdesk_ticket WHERE id >= %s AND id < %s",
                first,
                first + SLICE,
            )
            if not self._sync_unnoticed(self._unnoticed_tickets(ids)):
                break

    @api.model
    def _at_work(self):
        """Return the SQL of the ids of tickets that a missed change would do harm to."""
        return SQL(
            "SELECT id FROM helpdesk_ticket WHERE stage_id = ANY(%s)"
            " UNION SELECT ticket_id FROM sla_clock WHERE stopped_at IS NULL",
            array(self.env["helpdesk.ticket.stage"]._open_ids()),
        )

    @api.model
    def _unnoticed_tickets(self, ids=None):
        """Return the tickets that differ from their timeline.

        :param ids: SQL of the ids of tickets to look at, each once; all if not given
        """
        self.env["helpdesk.ticket"].flush_model()
        self.env["helpdesk.ticket.stage"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH looked AS MATERIALIZED (%s)
                SELECT t.id
                  FROM looked
                 CROSS JOIN LATERAL (
                       -- One by one: a join would read all tickets for these.
                       SELECT * FROM helpdesk_ticket WHERE id = looked.id LIMIT 1) t
                  LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                 CROSS JOIN LATERAL (%s) s
                 WHERE %s
                 ORDER BY t.id
                """,
                ids or SQL("SELECT id FROM helpdesk_ticket"),
                self.env["sla.span"]._last(),
                self.env["sla.span"]._differs(),
            )
        )
        # As superuser: the job follows every ticket, whoever may see it.
        return self.env["helpdesk.ticket"].sudo().browse(row[0] for row in rows)

    @api.model
    def _sync_unnoticed(self, tickets):
        """Bring tickets up to date in committed batches.

        Those that another transaction is changing are noticed by it, or the next time.

        :return: False when the job's time is over; it is run again soon
        """
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(tickets))
        for first in range(0, len(tickets), BATCH):
            batch = tickets[first : first + BATCH]
            batch.try_lock_for_update(allow_referencing=True)._sla_sync()
            if not cron._commit_progress(len(batch)):
                return False
        return True
