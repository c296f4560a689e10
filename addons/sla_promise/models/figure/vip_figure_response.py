from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import DAY, to_epoch
from odoo.addons.vip_base.engine.figure import Mean
from odoo.addons.vip_base.models.figure.vip_figure import LOWER
from odoo.addons.vip_base.tools.sql import array

from .vip_figure_timeliness import OF_PROMISE

#: No promise lasts longer (seconds).
LONGEST = 30 * 366 * DAY


class Response(models.AbstractModel):
    """A first response given: of who held the ticket; value: seconds of working time."""

    _name = "vip.occurrence.response"
    _inherit = "vip.occurrence"
    _description = "First Response"
    _kind = "response"
    _rows_of = "sla.clock"
    _dimensions = OF_PROMISE

    @api.model
    def _label(self):
        return self.env._("Responses")

    @api.model
    def _happened(self, stretch):
        """Return the first responses of a stretch of months.

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
            " AND %s",
            stretch.company.id,
            stretch.during(SQL("clock.stopped_at")),
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
               END::numeric AS value,
               %(client)s AS partner_id, clock.tier_id, span.category_id,
               ticket.channel_id
          FROM sla_clock clock
          JOIN helpdesk_ticket ticket ON ticket.id = clock.ticket_id
           AND ticket.first_response_at <= clock.stopped_at
          JOIN LATERAL (%(held)s) span ON TRUE
     LEFT JOIN (%(hours)s) hours ON hours.calendar_id = clock.calendar_id
           AND clock.around_the_clock IS NOT TRUE
     LEFT JOIN (%(used)s) used ON used.clock_id = clock.id
         WHERE %(clocks)s""",
            client=self._client(SQL("clock.partner_id")),
            held=self.env["sla.span"]._held_at("clock.ticket_id", "clock.stopped_at"),
            done_due=self._done("clock.due_at"),
            done_stop=self._done("clock.stopped_at"),
            done_start=self._done("clock.started_at"),
            hours=self._hours(stretch.company, clocks),
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


class AverageResponse(models.AbstractModel):
    """How long a first response takes, on average (REQUIREMENTS K1, S3)."""

    _name = "vip.figure.response"
    _inherit = "vip.figure"
    _description = "First Response"
    _key = "response"
    _sequence = 60
    _formula = Mean("response", per=60)
    _unit = "minutes"
    _better = LOWER
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("First response, minutes on average")
