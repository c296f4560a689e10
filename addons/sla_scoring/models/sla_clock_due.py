import logging

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_service.tools.event_time import event_time

_logger = logging.getLogger(__name__)

#: Clocks handled and committed together.
BATCH = 1000
#: Longest time for which a clock that cannot be handled is put aside (minutes).
MOST_BACK_OFF = 1440


class SlaClock(models.Model):
    """The due job: what happens to clocks because time passes."""

    _inherit = "sla.clock"

    @api.model
    def _cron_due(self):
        """Handle all clocks that are due, in committed batches.

        A batch that fails is tried again in smaller ones; a clock that fails alone is
        put aside for a while, so that one bad record never stops the others or the job.
        """
        cron = self.env["ir.cron"]
        limit = BATCH
        while True:
            try:
                done = self._process_due(limit=limit)
            except Exception:
                self.env.cr.rollback()
                if limit > 1:
                    _logger.warning("Due job: %s clocks fail together", limit)
                    limit = max(1, limit // 10)
                    continue
                _logger.exception("Due job: a clock is put aside")
                self._put_aside()
                done, limit = 1, 10
            if not cron._commit_progress(done, remaining=0 if done < limit else limit):
                break
            if done < limit and limit == BATCH:
                break
            limit = min(BATCH, limit * 10)

    @api.model
    def _process_due(self, at=None, limit=BATCH):
        """Warn and miss what is due before ``at``, in a fixed number of queries.

        What is recorded depends on the due times only, never on when this runs. Clocks
        that another transaction is changing are left for the next time.

        :param at: naive UTC; the event time of the environment if not given
        :param limit: how many clocks at most
        :return: how many clocks were looked at
        """
        self = self.sudo()
        at = at or event_time(self.env)
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, ticket_id FROM sla_clock
                 WHERE next_event_at < %s
                 ORDER BY next_event_at, id LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                at,
                limit,
            )
        )
        if not rows:
            return 0
        clock_ids = [row[0] for row in rows]
        # The net: a change of the ticket that nobody noticed is seen before judging.
        tickets = self.env["helpdesk.ticket"].browse({row[1] for row in rows})
        tickets._sla_sync(at)
        if self.env["sla.outage"]._pending(at):
            self._judge_outage(tickets.ids, at)
        missed = self._due_ids(
            SQL("state = 'missed', next_event_at = NULL"),
            SQL("state IN ('running', 'paused') AND due_at < %s", at),
            clock_ids,
        )
        warned = self._due_ids(
            SQL("warned_at = %s, next_event_at = due_at", at),
            SQL("state = 'running' AND next_event_at < %s", at),
            clock_ids,
        )
        # What is left over has no event to come: a clock that was stopped meanwhile.
        self._due_ids(
            SQL("next_event_at = NULL"), SQL("next_event_at < %s", at), clock_ids
        )
        self.env["sla.breach"]._record(missed)
        self.env["sla.notice"]._warn(warned, at)
        self.invalidate_model(flush=False)
        return len(rows)

    @api.model
    def _due_ids(self, assignment, condition, clock_ids):
        rows = self.env.execute_query(
            SQL(
                "UPDATE sla_clock SET %s WHERE id = ANY(%s) AND %s RETURNING id",
                assignment,
                clock_ids,
                condition,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _put_aside(self):
        """Put the first due clock aside, each time twice as long."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c
                   SET failures = COALESCE(failures, 0) + 1,
                       next_event_at = %(now)s + interval '1 minute'
                           * least(2 ^ COALESCE(failures, 0), %(most)s)
                 WHERE id = (SELECT id FROM sla_clock WHERE next_event_at < %(now)s
                              ORDER BY next_event_at, id LIMIT 1
                                FOR NO KEY UPDATE SKIP LOCKED)
                """,
                now=event_time(self.env),
                most=MOST_BACK_OFF,
            )
        )

    @api.model
    def _cron_net(self):
        """Look for changes of watched tickets that nobody noticed, such as by SQL.

        Everything that goes through Odoo is noticed at once; this is the net.
        """
        cron = self.env["ir.cron"]
        while tickets := self._unnoticed_tickets():
            tickets._sla_sync()
            if not cron._commit_progress(len(tickets)) or len(tickets) < BATCH:
                break

    @api.model
    def _unnoticed_tickets(self):
        """Return tickets that differ from their timeline; locked, at most a batch."""
        self.env["helpdesk.ticket"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id
                  FROM sla_span s
                  JOIN helpdesk_ticket t ON t.id = s.ticket_id
                  LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                 WHERE s.stop IS NULL AND %s
                 ORDER BY t.id LIMIT %s
                   FOR NO KEY UPDATE OF t SKIP LOCKED
                """,
                self.env["sla.span"]._differs(),
                BATCH,
            )
        )
        # As superuser: the job follows every ticket, whoever may see it.
        return self.env["helpdesk.ticket"].sudo().browse(row[0] for row in rows)
