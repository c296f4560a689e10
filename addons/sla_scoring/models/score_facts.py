from odoo import api, models
from odoo.tools import SQL

from odoo.addons.rating.models.rating_data import RATING_LIMIT_SATISFIED
from odoo.addons.vip_service.tools.opened_at import opened_at_sql

from .score_review import COUNTED


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
          JOIN LATERAL (
               SELECT s.user_id, s.team_id FROM sla_span s
                WHERE s.ticket_id = clock.ticket_id AND s.start <= clock.stopped_at
             ORDER BY s.start DESC LIMIT 1) span ON TRUE
         WHERE clock.company_id = %s AND clock.state = 'met'
           AND clock.stopped_at >= %s AND clock.stopped_at < %s""",
            company.id,
            start,
            stop,
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
          JOIN LATERAL (
               SELECT s.* FROM sla_span s
                WHERE s.ticket_id = ticket.id AND s.start < ends.at
             ORDER BY s.start DESC LIMIT 1) span ON TRUE
         WHERE %(opened_at)s < ends.at
           -- What was last closed before an end was not open at that end.
           AND (ticket.stage_id = ANY(%(open_stages)s) OR ticket.closed_date IS NULL
                OR ticket.closed_date >= ends.at)
           AND span.solved IS NOT TRUE AND span.active AND span.waiting_on IS NULL""",
            company=company.id,
            ends=ends,
            first_end=min(ends),
            open_stages=self.env["helpdesk.ticket.stage"]._open_ids(),
            opened_at=opened_at_sql("ticket"),
        )

    def _fact_rated(self, company, start, stop):
        """Ratings of the agent who was rated; value 1: satisfied, as Odoo says (V1)."""
        return SQL(
            """
        SELECT rating.rated_on AS at, agent.id AS user_id, ticket.team_id,
               rating.id AS record_id, ticket.id AS ticket_id,
               (rating.rating >= %s)::integer AS value
          FROM rating_rating rating
          JOIN helpdesk_ticket ticket ON ticket.id = rating.res_id
          JOIN res_users agent ON agent.partner_id = rating.rated_partner_id
         WHERE rating.res_model = 'helpdesk.ticket' AND rating.consumed
           AND rating.rating > 0 AND ticket.company_id = %s
           AND rating.rated_on >= %s AND rating.rated_on < %s""",
            RATING_LIMIT_SATISFIED,
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
