import logging

from odoo import models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine import worktime
from odoo.addons.sla_promise.engine.outages import Place, cut
from odoo.addons.sla_promise.engine.terms import Course
from odoo.addons.sla_promise.engine.timeline import Moment

from ..engine.attribution import Holder, stretches

_logger = logging.getLogger(__name__)


class ScoreEntryHeld(models.Model):
    """Who held the tickets of late promises how long after the due time."""

    _inherit = "score.entry"

    def _held(self, breaches):
        """Find who bears the lateness of each breach, and how late it counts.

        Sets ``held`` in each row: dict of :class:`Holder` → list of (start, stop,
        seconds, on leave) in order of time, holders in order of when they bore it last;
        and ``late_seconds``: the overrun without what its rule exempts. Seconds are
        counted working time of the clock.
        """
        spans = self._overrun_spans([row["clock_id"] for row in breaches])
        leaves = self._leaves(breaches, spans)
        known = {}
        for row in breaches:
            own = spans.get(row["clock_id"], ())
            spared = [
                span
                for waits, outage, span in own
                if outage or (waits and row["rule"].exempt_waiting)
            ]

            def worked(start, stop, row=row):
                return self._worked(row, start, stop, known)

            spared_seconds = sum(worked(*span[2:]) for span in spared)
            row["late_seconds"] = max(row["overrun_seconds"] - spared_seconds, 0)
            borne = [span for *_why, span in own if span not in spared]
            row["held"] = stretches(borne, leaves.get(row["id"], {}), worked)
            if not own:
                # Its clock is gone: who held it when the promise was broken.
                holder = self._holder(row["user_id"], row["team_id"])
                row["held"] = {holder: [(None, None, row["overrun_seconds"], False)]}

    def _overrun_spans(self, clock_ids):
        """Return what counts after the due times of clocks.

        :return: dict of clock id → list of (waits for the client, lies in a declared
            outage, (user id, team id, start, stop)), epoch seconds, in order of time
        """
        ids = [clock_id for clock_id in clock_ids if clock_id]
        rows = self.env.execute_query(
            SQL(
                """
        SELECT c.id, ARRAY[%s], person.id, team.id, c.company_id, s.team_id, s.category_id,
               EXTRACT(EPOCH FROM GREATEST(s.start, c.due_at))::bigint,
               EXTRACT(EPOCH FROM LEAST(s.stop, c.stopped_at))::bigint,
               c.metric, s.active, s.solved, s.closed, s.cancels, s.waiting_on
          FROM sla_clock c
          JOIN (%s) s ON s.ticket_id = c.ticket_id
     LEFT JOIN res_users person ON person.id = s.user_id
     LEFT JOIN helpdesk_ticket_team team ON team.id = s.team_id
         WHERE c.id = ANY(%s)
           AND s.start < c.stopped_at AND (s.stop IS NULL OR s.stop > c.due_at)
      ORDER BY c.id, s.start, s.id
                """,
                SQL(", ").join(SQL.identifier("c", name) for name in Course._fields),
                self.env["sla.span"]._stretches(
                    SQL(
                        "s.ticket_id IN"
                        " (SELECT ticket_id FROM sla_clock WHERE id = ANY(%s))",
                        ids,
                    )
                ),
                ids,
            )
        )
        outages = self.env["sla.outage"]._approved()
        result = {}
        for clock_id, flags, user_id, team_id, *rest in rows:
            course = Course(*flags)
            place, (start, stop, metric, *counting) = Place(*rest[:3]), rest[3:]
            for piece in cut(Moment(start, stop, *counting), place, outages):
                if course.counts(piece, metric):
                    waits = piece.waiting_on == "client"
                    stretch = user_id, team_id, piece.start, piece.stop
                    found = (waits, piece.outage_id is not None, stretch)
                    result.setdefault(clock_id, []).append(found)
        return result

    def _leaves(self, breaches, spans):
        """Return dict of breach id → dict of user id → merged (start, stop) epochs.

        Only for breaches whose rule spares approved leave.
        """
        sparing = [row for row in breaches if row["rule"].exempt_leave]
        own = {row["id"]: spans.get(row["clock_id"], ()) for row in sparing}
        parts = [span for found in own.values() for *_why, span in found if span[0]]
        if not parts:
            return {}
        leaves = self.env["resource.calendar.leaves"]._approved_leaves(
            {span[0] for span in parts},
            worktime.to_datetime(min(span[2] for span in parts)),
            worktime.to_datetime(max(span[3] for span in parts)),
        )
        return {
            row["id"]: {
                user: worktime.merged(
                    leaves.get((user, row["company_id"]), [])
                    + leaves.get((user, None), [])
                )
                for user in {span[0] for *_why, span in own[row["id"]] if span[0]}
            }
            for row in sparing
        }

    def _holder(self, user_id, team_id):
        return Holder(user_id, None) if user_id else Holder(None, team_id)

    def _worked(self, row, start, stop, known):
        """Return the working seconds of the breach's clock from start to stop.

        :param known: dict in which the working times found are kept for the batch
        """
        key = row["calendar_id"], row["company_id"]
        if key not in known:
            calendar = self.env["resource.calendar"].browse(row["calendar_id"] or ())
            known[key] = calendar.exists()._worktime(row["company"], start, stop)
        try:
            return known[key].between(start, stop)
        except worktime.NoWorkingTime:
            _logger.warning("No working time for breach %s", row["id"])
            return 0
