from odoo import api, models
from odoo.tools import SQL

from ..engine import states
from ..engine.clock import judge
from ..engine.worktime import to_epoch
from ..tools.timeline import cancelled_since
from ..tools.verdicts import Outcome, counted_spans, outcome
from .sla_span import epoch


class SlaClock(models.Model):
    """Judging clocks anew because an outage began, ended, or was decided on."""

    _inherit = "sla.clock"

    @api.model
    def _judge_outage(self, ticket_ids, at):
        """Judge the clocks of tickets that pause for outages, stopped ones too.

        What has stopped keeps its stop: only its due time and overrun are found anew.
        A breach keeps its instant; it is withdrawn if the promise was kept after all,
        and one is recorded if a revoked outage was all that kept it.

        :param at: naive UTC; until then the timelines are read
        """
        clocks = [clock for clock in self._live(ticket_ids) if self._may_pause(clock)]
        if not clocks:
            return
        timelines = self.env["sla.span"]._timelines(ticket_ids)
        facts = self._outage_facts(clocks)
        updates, missed, kept, known = [], [], [], {}
        for clock in clocks:
            timeline = timelines[clock.ticket_id]
            responded, due, overrun = facts[clock.id]
            out = self._outcome_anew(clock, timeline, responded, to_epoch(at), known)
            if (out.state, out.due, out.overrun) == (clock.state, due, overrun):
                continue
            updates.append((clock.id, *self._judged_values(out, clock.warned)))
            if out.state == states.MISSED and clock.state != states.MISSED:
                missed.append(clock.id)
            elif clock.state == states.MISSED and out.state != states.MISSED:
                kept.append(clock.id)
        self._update(updates)
        self.env["sla.breach"]._withdraw(kept)
        self.env["sla.breach"]._record(missed)
        self._refresh_tickets(ticket_ids)

    @api.model
    def _may_pause(self, clock):
        return clock.terms.pause_on_outage

    @api.model
    def _outcome_anew(self, clock, timeline, responded, now, known):
        """Return the outcome of a clock; one that has stopped keeps its stop."""
        worktime = self._worktime_of(
            clock.company_id, clock.calendar_id, clock.terms.started, known
        )
        if clock.stopped_at is None:
            return outcome(clock.terms, timeline, responded, now, worktime)
        stop = clock.stopped_at
        verdict = judge(
            clock.terms.started,
            clock.terms.seconds,
            counted_spans(clock.terms, timeline),
            stop,
            now,
            worktime,
        )
        if verdict.state == states.MET and cancelled_since(timeline) == stop:
            return Outcome(states.CANCELLED, verdict.due, stop, None, None, None)
        return Outcome(
            verdict.state, verdict.due, verdict.stop, verdict.overrun, None, None
        )

    @api.model
    def _outage_facts(self, clocks):
        """Return {clock id: (first response, due, overrun)} in epoch seconds."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, %s, %s, c.overrun_seconds
                  FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
                 WHERE c.id = ANY(%s)
                """,
                epoch("t.first_response_at"),
                epoch("c.due_at"),
                [clock.id for clock in clocks],
            )
        )
        return {clock_id: tuple(row) for clock_id, *row in rows}
