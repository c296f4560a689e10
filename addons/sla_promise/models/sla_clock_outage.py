from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch

from ..engine import states
from ..engine.clock import instants, judge
from ..engine.verdicts import Outcome, counted_spans, ending
from .sla_span import epoch


class SlaClock(models.Model):
    """Judging clocks anew because an outage began, ended, or was decided on."""

    _inherit = "sla.clock"

    @api.model
    def _judge_outage(self, ticket_ids, at):
        """Judge the clocks of tickets that pause for outages, stopped ones too.

        What has stopped keeps its stop: only its due time and overrun are found anew.
        A breach keeps its instant; it is withdrawn if the promise was kept after all,
        and one is recorded if a revoked outage was all that kept it, or all that let it
        lapse before it was due.

        :param at: naive UTC; until then the timelines are read
        """
        clocks = self._live(ticket_ids) + self._lapsed(ticket_ids)
        clocks = [clock for clock in clocks if self._may_pause(clock)]
        if not clocks:
            return
        timelines = self.env["sla.span"]._timelines(ticket_ids)
        written, responded = self._outage_facts(clocks)
        stories = self._stories(timelines, responded, ticket_ids)
        updates, missed, kept, known = [], [], [], {}
        for clock in clocks:
            story = stories[clock.ticket_id]
            out = self._outcome_anew(clock, story, to_epoch(at), known)
            if clock.state == states.CANCELLED and not self._is_late(clock, story, out):
                continue
            known_facts = (clock.state, *written[clock.id], clock.level_at)
            if known_facts == (out.state, out.due, out.overrun, out.levels):
                continue
            updates.append((clock.id, *self._judged_values(out, clock.fired)))
            if out.state == states.MISSED and clock.state != states.MISSED:
                missed.append(clock.id)
            elif clock.state == states.MISSED and out.state != states.MISSED:
                kept.append(clock.id)
        self._update(updates)
        breaches = self.env["sla.breach"]
        breaches._withdraw(kept)
        breaches._record(missed)
        breaches._follow_outages([row[0] for row in updates])

    @api.model
    def _may_pause(self, clock):
        return clock.terms.pause_on_outage

    @api.model
    def _is_late(self, clock, story, out):
        """Tell whether a promise that lapsed, and was not begun again, was late by then."""
        lapsed = ending(clock.terms, story) == (None, clock.stopped_at)
        return lapsed and out.state == states.MISSED

    @api.model
    def _outcome_anew(self, clock, story, now, known):
        """Return the outcome of a clock; one that has stopped keeps its stop."""
        company_id, calendar_id, terms = (
            clock.company_id,
            clock.calendar_id,
            clock.terms,
        )
        if clock.stopped_at is None:
            return self._outcome(company_id, calendar_id, terms, story, now, known)
        read = (
            counted_spans(terms, story.moments),
            clock.stopped_at,
            now,
            self._worktime_of(company_id, calendar_id, terms.started, known),
        )
        verdict = judge(terms.started, terms.seconds, *read)
        state, due, stop, _remaining, overrun = verdict
        if state == states.MET and ending(terms, story) == (None, stop):
            state = states.CANCELLED  # in time after all when it was owed no more
        levels = ()
        if state == states.MISSED:
            levels = instants(terms.started, terms.levels, *read)
        return Outcome(state, due, stop, overrun, None, None, levels)

    @api.model
    def _outage_facts(self, clocks):
        """Return {clock id: (due, overrun)} and {ticket id: first response}, epochs."""
        written, responded = {}, {}
        for clock_id, ticket_id, answered, *facts in self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.ticket_id, %s, %s, c.overrun_seconds
                  FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
                 WHERE c.id = ANY(%s)
                """,
                epoch("t.first_response_at"),
                epoch("c.due_at"),
                [clock.id for clock in clocks],
            )
        ):
            written[clock_id] = tuple(facts)
            if answered is not None:
                responded[ticket_id] = answered
        return written, responded
