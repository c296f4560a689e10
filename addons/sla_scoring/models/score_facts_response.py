from odoo import models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.sql_array import array


class ScoreFactsResponse(models.AbstractModel):
    """First responses with the working time that they took."""

    _inherit = "score.facts"

    def _fact_response(self, company, start, stop):
        """First responses given: who held the ticket; value: seconds of working time.

        What the clock says of itself: the promise less what was left of it, or more by
        the overrun. So waiting and outages that the clock does not count are not counted
        here. What was left is the working time from the stop to the due time; its
        intervals go into the statement as arrays, and PostgreSQL finds the place of an
        instant by bisection. It is never more than the working time since the start:
        the working hours may have been changed since.

        A clock that stopped because its ticket was cancelled has no response.
        """
        clocks = SQL(
            "clock.company_id = %s AND clock.metric = 'first_response'"
            " AND clock.state IN ('met', 'missed')"
            " AND clock.stopped_at >= %s AND clock.stopped_at < %s",
            company.id,
            start,
            stop,
        )
        return SQL(
            """
        SELECT clock.stopped_at AS at, span.user_id, span.team_id,
               clock.id AS record_id, clock.ticket_id,
               CASE WHEN clock.state = 'missed'
                    THEN clock.seconds + clock.overrun_seconds
                    WHEN clock.due_at IS NULL THEN used.seconds
                    ELSE GREATEST(0, LEAST(
                        clock.seconds - (%(done_due)s - %(done_stop)s),
                        %(done_stop)s - %(done_start)s))
               END::numeric AS value
          FROM sla_clock clock
          JOIN helpdesk_ticket ticket ON ticket.id = clock.ticket_id
           AND ticket.first_response_at <= clock.stopped_at
          JOIN LATERAL (
               SELECT s.user_id, s.team_id FROM sla_span s
                WHERE s.ticket_id = clock.ticket_id AND s.start <= clock.stopped_at
             ORDER BY s.start DESC LIMIT 1) span ON TRUE
     LEFT JOIN (%(hours)s) hours ON hours.calendar_id = clock.calendar_id
     LEFT JOIN (%(used)s) used ON used.clock_id = clock.id
         WHERE %(clocks)s""",
            done_due=self._done("clock.due_at"),
            done_stop=self._done("clock.stopped_at"),
            done_start=self._done("clock.started_at"),
            hours=self._hours(company, clocks),
            used=self._used(clocks),
            clocks=clocks,
        )

    def _used(self, clocks):
        """Return the ``SELECT`` of what clocks used that stopped while standing still.

        Those have no due time to reckon from; they are few.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT clock.id FROM sla_clock clock WHERE %s"
                " AND clock.state = 'met' AND clock.due_at IS NULL",
                clocks,
            )
        )
        # As superuser: the time alone; facts are read by what shows figures only.
        clocks = self.env["sla.clock"].sudo().browse(clock_id for (clock_id,) in rows)
        used = clocks._used_seconds()
        return SQL(
            "SELECT * FROM unnest(%s, %s) v (clock_id, seconds)",
            array(used),
            array(used.values(), "bigint"),
        )

    def _done(self, column):
        """Return the SQL of the seconds worked before an instant, since any beginning."""
        return SQL(
            """
        CASE WHEN hours.starts IS NULL THEN %(at)s
             WHEN width_bucket(%(at)s, hours.starts) = 0 THEN 0
             ELSE hours.before[width_bucket(%(at)s, hours.starts)]
                  + LEAST(%(at)s - hours.starts[width_bucket(%(at)s, hours.starts)],
                          hours.lengths[width_bucket(%(at)s, hours.starts)]) END""",
            at=SQL("EXTRACT(EPOCH FROM %s)::bigint", SQL(column)),
        )

    def _hours(self, company, clocks):
        """Return the ``SELECT`` of the working hours of all calendars of these clocks."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT clock.calendar_id, MIN(clock.started_at),
               MAX(GREATEST(clock.due_at, clock.stopped_at))
          FROM sla_clock clock
          JOIN resource_calendar calendar ON calendar.id = clock.calendar_id
         WHERE %s GROUP BY 1
                """,
                clocks,
            )
        )
        hours = [
            SQL(
                "SELECT %s AS calendar_id, %s::bigint[] AS starts,"
                " %s::bigint[] AS before, %s::bigint[] AS lengths",
                calendar_id,
                *self._arrays(calendar_id, company, first, last),
            )
            for calendar_id, first, last in rows
        ]
        nothing = SQL(
            "SELECT NULL::integer AS calendar_id, NULL::bigint[] AS starts,"
            " NULL::bigint[] AS before, NULL::bigint[] AS lengths"
        )
        return SQL(" UNION ALL ").join([nothing, *hours])

    def _arrays(self, calendar_id, company, first, last):
        """Return openings, the work done before each, and the length of each."""
        # As superuser: working hours are no secret, agents may not read calendars.
        calendar = self.env["resource.calendar"].sudo().browse(calendar_id)
        low, high = to_epoch(first), to_epoch(last)
        known = calendar._worktime(company, to_datetime(low), to_datetime(high))
        starts, before, lengths, done = [], [], [], 0
        for opening, closing in known.intervals:
            starts.append(opening)
            before.append(done)
            lengths.append(closing - opening)
            done += closing - opening
        return starts, before, lengths
