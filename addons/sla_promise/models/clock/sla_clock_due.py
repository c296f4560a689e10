import logging
import random
import time

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import array
from odoo.addons.vip_base.tools.times import event_time

from ...engine.terms import Fired
from ...tools.due_workers import WORKERS

_logger = logging.getLogger(__name__)

#: Clocks handled and committed together.
BATCH = 1000
#: Longest time for which a clock that cannot be handled is put aside (minutes).
MOST_BACK_OFF = 1440
#: How often a batch that meets changes of others is tried in a row.
TRIES = 8
#: Seconds before it is tried again at most, doubled each time.
PAUSE = 0.05


class SlaClock(models.Model):
    """The due job: what happens to clocks because time passes."""

    _inherit = "sla.clock"

    @api.model
    def _cron_due(self, worker=0):
        """Handle the due clocks of a worker's share of the tickets, in committed batches.

        What another transaction is changing is tried again. A batch that fails is tried
        in smaller ones; a clock that fails alone is put aside for a while, so that one
        bad record never stops the others or the job.

        :param worker: which of the workers this is, from 0; a job for each shares the
            tickets, see :meth:`_due_workers`
        """
        shard = (worker, self._due_workers())
        if worker >= shard[1]:
            return
        cron = self.env["ir.cron"]
        limit, tries = BATCH, 0
        while True:
            try:
                done = self._process_due(limit=limit, shard=shard)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                tries += 1
                if tries == TRIES:
                    _logger.info(
                        "Due job %s leaves busy clocks for the next run", worker
                    )
                    break
                time.sleep(random.uniform(0, PAUSE * 2**tries))
                continue
            except Exception:
                self.env.cr.rollback()
                if limit > 1:
                    _logger.warning("Due job: %s clocks fail together", limit)
                    limit = max(1, limit // 10)
                    continue
                _logger.exception("Due job: a clock is put aside")
                self._put_aside(shard)
                done, limit = 1, 10
            tries = 0
            if not cron._commit_progress(done, remaining=0 if done < limit else limit):
                break
            if done < limit and limit == BATCH:
                break
            limit = min(BATCH, limit * 10)

    @api.model
    def _due_workers(self):
        """Return how many jobs share the due clocks.

        Two may overlap for a moment after a change of it: a clock that one of them
        holds is skipped by the other, and what is done is not done again.
        """
        # As superuser: a job of any user needs to know its share.
        parameters = self.env["ir.config_parameter"].sudo()
        return int(parameters.get_param(WORKERS, 1))

    @api.model
    def _process_due(self, at=None, limit=BATCH, shard=(0, 1)):
        """Warn and miss what is due before ``at``, in a fixed number of queries.

        What is recorded depends on the due times only, never on when this runs. Clocks
        that another transaction is changing are left for the next time.

        :param at: naive UTC; the event time of the environment if not given
        :param limit: how many clocks at most
        :param shard: (k, n): only tickets whose id leaves k when divided by n
        :return: how many clocks were looked at
        """
        self = self.sudo()  # nobody but this job writes what time does to clocks
        at = at or event_time(self.env)
        self._settle_worktime()
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, ticket_id, version_id FROM sla_clock
                 WHERE next_event_at < %s AND %s
                 ORDER BY next_event_at, id LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                at,
                self._in_shard(shard),
                limit,
            )
        )
        if not rows:
            return 0
        clock_ids = [row[0] for row in rows]
        # The net: a change of the ticket that nobody noticed is seen before judging.
        tickets = self.env["helpdesk.ticket"].browse({row[1] for row in rows})
        tickets._sla_sync(at)
        if stale := self._out_of_date(rows):
            self._recount_tickets(stale, at, len(stale))
        if self.env["sla.outage"]._pending(at):
            self._follower(to_epoch(at)).rejudge(tickets.ids, to_epoch(at))
        missed, fired = self._advance(clock_ids, at)
        self.env["sla.breach"]._record(missed)
        self.env["sla.notice"]._fire(fired)
        self.env["vip.live"]._changed(tickets)
        self.invalidate_model(flush=False)
        return len(rows)

    @api.model
    def _out_of_date(self, rows):
        """Return the ids of tickets whose due clocks count by working time of before.

        :param rows: (clock id, ticket id, version id)
        """
        if self._is_switch_pending():
            return sorted({row[1] for row in rows})
        versions = {row[2] for row in rows if row[2]}
        later = versions and self.env["resource.worktime.version"]._later(versions)
        return sorted({row[1] for row in rows if row[2] in later})

    @api.model
    def _advance(self, clock_ids, at):
        """Miss what is due, count the levels reached, set what comes next.

        :return: ids of the clocks missed by this, and a list of
            :class:`~...engine.terms.Fired`
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE sla_clock c
                   SET state = CASE WHEN o.late THEN 'missed' ELSE c.state END,
                       recorded_at = CASE WHEN o.late THEN %(at)s
                                          ELSE c.recorded_at END,
                       warn_at = CASE WHEN NOT o.late THEN c.warn_at END,
                       levels_fired = o.fired,
                       next_event_at = least(
                           CASE WHEN o.open AND NOT o.late THEN c.due_at END,
                           to_timestamp(c.level_at[o.fired + 1]) AT TIME ZONE 'UTC')
                  FROM (SELECT id, COALESCE(levels_fired, 0) AS was,
                               -- how many levels, in order of time, came before now
                               greatest(levels_fired, COALESCE(
                                   width_bucket(%(before)s::bigint, level_at), 0
                               )) AS fired,
                               state IN ('running', 'paused') AS open,
                               state IN ('running', 'paused')
                               AND COALESCE(due_at < %(at)s, FALSE) AS late
                          FROM sla_clock WHERE id = ANY(%(ids)s)) o
                 WHERE c.id = o.id
                RETURNING c.id, o.late, o.was, o.fired, c.company_id,
                          c.level_ids[o.was + 1:o.fired]
                """,
                at=at,
                before=to_epoch(at) - 1,
                ids=array(clock_ids),
            )
        )
        missed = [row[0] for row in rows if row[1]]
        return missed, [Fired(row[0], *row[2:]) for row in rows if row[3] > row[2]]

    @api.model
    def _in_shard(self, shard):
        worker, workers = shard
        if workers == 1:
            return SQL("TRUE")
        return SQL("ticket_id %% %s = %s", workers, worker)

    @api.model
    def _put_aside(self, shard):
        """Put the first due clock of a shard aside, each time twice as long."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_clock c
                   SET failures = COALESCE(failures, 0) + 1,
                       next_event_at = %(now)s + interval '1 minute'
                           * least(2 ^ COALESCE(failures, 0), %(most)s)
                 WHERE id = (SELECT id FROM sla_clock
                              WHERE next_event_at < %(now)s AND %(shard)s
                              ORDER BY next_event_at, id LIMIT 1
                                FOR NO KEY UPDATE SKIP LOCKED)
                """,
                now=event_time(self.env),
                most=MOST_BACK_OFF,
                shard=self._in_shard(shard),
            )
        )
