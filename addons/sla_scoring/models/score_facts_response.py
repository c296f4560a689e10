from odoo import models
from odoo.tools import SQL

from ..engine.worktime import to_datetime, to_epoch


class ScoreFactsResponse(models.AbstractModel):
    """First responses with the working time that they took."""

    _inherit = "score.facts"

    def _fact_response(self, company, start, stop):
        """First responses given: who held the ticket; value: seconds of working time.

        The working time is that of each clock's calendar. Its intervals go into the
        statement as arrays, and PostgreSQL finds the place of an instant by bisection.
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
               (%(done_stop)s - %(done_start)s)::numeric AS value
          FROM sla_clock clock
          JOIN LATERAL (
               SELECT s.user_id, s.team_id FROM sla_span s
                WHERE s.ticket_id = clock.ticket_id AND s.start <= clock.stopped_at
             ORDER BY s.start DESC LIMIT 1) span ON TRUE
     LEFT JOIN (%(hours)s) hours ON hours.calendar_id = clock.calendar_id
         WHERE %(clocks)s""",
            done_stop=self._done("clock.stopped_at"),
            done_start=self._done("clock.started_at"),
            hours=self._hours(company, clocks, stop),
            clocks=clocks,
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

    def _hours(self, company, clocks, stop):
        """Return the ``SELECT`` of the working hours of all calendars of these clocks."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT clock.calendar_id, MIN(clock.started_at)
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
                *self._arrays(calendar_id, company, first, stop),
            )
            for calendar_id, first in rows
        ]
        nothing = SQL(
            "SELECT NULL::integer AS calendar_id, NULL::bigint[] AS starts,"
            " NULL::bigint[] AS before, NULL::bigint[] AS lengths"
        )
        return SQL(" UNION ALL ").join([nothing, *hours])

    def _arrays(self, calendar_id, company, first, stop):
        """Return openings, the work done before each, and the length of each."""
        # As superuser: working hours are no secret, agents may not read calendars.
        calendar = self.env["resource.calendar"].sudo().browse(calendar_id)
        low, high = to_epoch(first), to_epoch(stop)
        known = calendar._worktime(company, to_datetime(low), to_datetime(high))
        starts, before, lengths, done = [], [], [], 0
        for opening, closing in known.intervals:
            starts.append(opening)
            before.append(done)
            lengths.append(closing - opening)
            done += closing - opening
        return starts, before, lengths
