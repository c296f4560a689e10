from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import DAY, to_epoch
from odoo.addons.vip_base.tools.sql import array
from odoo.addons.vip_service.models.answer.vip_answer import SATISFIED
from odoo.addons.vip_service.tools.opened_at import opened_at_sql

from .score_review import COUNTED

#: No promise lasts longer (seconds).
LONGEST = 30 * 366 * DAY


class ScoreFacts(models.AbstractModel):
    """What happened in a stretch of time, one row each: whom it counts for, and when.

    Every figure of scorecards and of the KPI board is a count or a mean over these rows,
    so all of them agree, and the tickets behind each are known. Columns: ``at`` (naive
    UTC), ``user_id``, ``team_id``, ``record_id`` (of what it is a row of), ``ticket_id``,
    ``value``.
    """

    _name = "score.facts"
    _description = "What Scores Count"

    @api.model
    def _facts(self, company, start, stop):
        """Return dict of kind of fact → ``SELECT``, for what happened in [start, stop).

        :param start: naive UTC datetime, as ``stop``
        """
        return {
            "met": self._fact_met(company, start, stop),
            "missed": self._fact_missed(company, start, stop),
            "solved": self._fact_solved(company, start, stop),
            "open": self._fact_open(company, start, stop),
            "rated": self._fact_rated(company, start, stop),
            "review": self._fact_review(company, start, stop),
        }

    def _fact_met(self, company, start, stop):
        """Promises kept: who held the ticket when the clock stopped."""
        return SQL(
            """
        SELECT clock.stopped_at AS at, span.user_id, span.team_id,
               clock.id AS record_id, clock.ticket_id, NULL::numeric AS value
          FROM sla_clock clock
          JOIN LATERAL (%(held)s) span ON TRUE
         WHERE clock.company_id = %(company)s AND clock.state = 'met'
           AND clock.stopped_at >= %(start)s AND clock.stopped_at < %(stop)s""",
            held=self.env["sla.span"]._held_at("clock.ticket_id", "clock.stopped_at"),
            company=company.id,
            start=start,
            stop=stop,
        )

    def _fact_missed(self, company, start, stop):
        """Promises missed and not excused: who held the ticket at that instant."""
        return SQL(
            """
        SELECT breached_at AS at, user_id, team_id, id AS record_id, ticket_id,
               NULL::numeric AS value
          FROM sla_breach
         WHERE company_id = %s AND state = 'open'
           AND breached_at >= %s AND breached_at < %s""",
            company.id,
            start,
            stop,
        )

    def _fact_solved(self, company, start, stop, until=None):
        """Tickets that became solved: who held them then; value 1: still so at the end.

        :param until: the end, an SQL expression of ``span``; ``stop`` if not given
        """
        return SQL(
            """
        SELECT span.start AS at, span.user_id, span.team_id,
               span.ticket_id AS record_id, span.ticket_id,
               (NOT EXISTS (
                   SELECT FROM sla_span later
                    WHERE later.ticket_id = span.ticket_id AND later.start > span.start
                      AND later.start < %(until)s
                      AND later.solved IS NOT TRUE))::integer AS value
          FROM sla_span span
          JOIN helpdesk_ticket ticket ON ticket.id = span.ticket_id
         WHERE ticket.company_id = %(company)s AND span.solved
           AND span.cancels IS NOT TRUE
           AND span.start >= %(start)s AND span.start < %(stop)s
           AND (SELECT s.solved FROM sla_span s
                 WHERE s.ticket_id = span.ticket_id AND s.start < span.start
              ORDER BY s.start DESC LIMIT 1) IS NOT TRUE""",
            company=company.id,
            start=start,
            stop=stop,
            until=SQL("%s", stop) if until is None else until,
        )

    def _fact_open(self, company, start, stop, ends=None):
        """Tickets in somebody's hands at the end, waiting for nobody else.

        :param ends: naive UTC datetimes, ends of several stretches; ``[stop]`` if not given
        """
        ends = ends or [stop]
        return SQL(
            """
        SELECT ends.at - INTERVAL '1 second' AS at, span.user_id, span.team_id,
               ticket.id AS record_id, ticket.id AS ticket_id, NULL::numeric AS value
          FROM (SELECT ticket.* FROM helpdesk_ticket ticket
                 WHERE company_id = %(company)s
                   AND (stage_id = ANY(%(open_stages)s) OR closed_date IS NULL
                        OR closed_date >= %(first_end)s)
                -- Few of all tickets: found before anything is joined to them.
                OFFSET 0) ticket
          JOIN unnest(%(ends)s::timestamp[]) ends (at) ON TRUE
          JOIN LATERAL (%(held)s) span ON TRUE
         WHERE %(opened_at)s < ends.at
           -- What was last closed before an end was not open at that end.
           AND (ticket.stage_id = ANY(%(open_stages)s) OR ticket.closed_date IS NULL
                OR ticket.closed_date >= ends.at)
           AND span.solved IS NOT TRUE AND span.waiting_on IS NULL""",
            held=self.env["sla.span"]._held_at(
                "ticket.id", "ends.at - INTERVAL '1 second'"
            ),
            company=company.id,
            ends=ends,
            first_end=min(ends),
            open_stages=self.env["helpdesk.ticket.stage"]._open_ids(),
            opened_at=opened_at_sql("ticket"),
        )

    def _fact_rated(self, company, start, stop):
        """Answers of clients that count; value 1: satisfied (REQUIREMENTS V1).

        Of who held the request when it was closed, in the team of then: the question
        kept both. Nothing else says how satisfied a client is; what the host keeps as
        ratings, anybody who works here can write.
        """
        return SQL(
            """
        SELECT answer.counted_at AS at, question.user_id, question.team_id,
               answer.id AS record_id, question.ticket_id,
               (answer.grade >= %s)::integer AS value
          FROM vip_answer answer
          JOIN vip_question question ON question.id = answer.question_id
         WHERE answer.company_id = %s AND answer.counts
           AND answer.counted_at >= %s AND answer.counted_at < %s""",
            SATISFIED,
            company.id,
            start,
            stop,
        )

    def _fact_review(self, company, start, stop):
        """Quality reviews shown to the agent, by the month they are of; value: percent."""
        zone = company._vip_zone()
        return SQL(
            """
        SELECT review.month::timestamp AS at, review.user_id, review.team_id,
               review.id AS record_id, review.ticket_id,
               review.percent::numeric AS value
          FROM score_review review
         WHERE review.company_id = %s AND review.is_calibration IS NOT TRUE
           AND review.state IN %s
           AND review.month >= (%s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %s)::date
           AND review.month < (%s::timestamp AT TIME ZONE 'UTC' AT TIME ZONE %s)::date""",
            company.id,
            COUNTED,
            start,
            zone,
            stop,
            zone,
        )

    # First responses with the working time that they took.

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
          JOIN LATERAL (%(held)s) span ON TRUE
     LEFT JOIN (%(hours)s) hours ON hours.calendar_id = clock.calendar_id
           AND clock.around_the_clock IS NOT TRUE
     LEFT JOIN (%(used)s) used ON used.clock_id = clock.id
         WHERE %(clocks)s""",
            held=self.env["sla.span"]._held_at("clock.ticket_id", "clock.stopped_at"),
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
        known = calendar._certain_worktime(company, low)
        starts, before, lengths, done = [], [], [], 0
        for opening, closing in known.spans(low, min(high, low + LONGEST)):
            starts.append(opening)
            before.append(done)
            lengths.append(closing - opening)
            done += closing - opening
        return starts, before, lengths
