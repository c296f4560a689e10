from odoo import api, models
from odoo.tools import SQL

from odoo.addons.sla_promise.engine.rounds import tell
from odoo.addons.vip_base.tools.sql import epoch

from ..tools.taken import Open, Ticket, foremost, taken

#: Tickets whose states are taken over by the same statements.
BATCH = 1000


class SlaClock(models.Model):
    """Open states of the other addon become clocks."""

    _inherit = "sla.clock"

    @api.model
    def _open_states(self, metrics, after=0, limit=None):
        """Return ``{(ticket id, metric): [Open]}`` of states without a clock of ours.

        :param metrics: {id of the other addon's SLA: metric}
        :param after: only tickets with a greater id
        :param limit: how many tickets at most
        """
        self.env["helpdesk.ticket.sla"].flush_model()
        self.env["helpdesk.ticket"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH open AS (
                SELECT o.*, v.metric, t.opened_at, t.create_date AS made
                  FROM helpdesk_ticket_sla o
                  JOIN unnest(%(slas)s::int[], %(metrics)s::varchar[]) v (sla_id, metric)
                       USING (sla_id)
                  JOIN helpdesk_ticket t ON t.id = o.ticket_id AND t.active
                  JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                  LEFT JOIN helpdesk_ticket_stage e ON e.id = o.expected_stage_id
                 WHERE o.state IN ('in_progress', 'on_hold', 'expired')
                   AND g.closed IS NOT TRUE AND g.cancels IS NOT TRUE
                   AND g.sequence < COALESCE(e.sequence, g.sequence + 1)
                   AND t.id > %(after)s
                   AND NOT EXISTS (SELECT FROM sla_clock c
                                    WHERE c.ticket_id = t.id AND c.metric = v.metric
                                      AND c.state <> 'cancelled')),
                chosen AS (SELECT DISTINCT ticket_id FROM open
                            ORDER BY ticket_id LIMIT %(limit)s)
                SELECT o.metric, o.ticket_id, o.sla_id, %(opened)s, %(deadline)s,
                       CASE WHEN o.state = 'on_hold' THEN %(held)s END,
                       COALESCE(o.hours, 0), COALESCE(o.consumed_time, 0)
                  FROM open o JOIN chosen USING (ticket_id)
                 WHERE o.state = 'on_hold' OR o.deadline IS NOT NULL
                 ORDER BY o.ticket_id, o.id
                """,
                slas=list(metrics),
                metrics=list(metrics.values()),
                after=after,
                limit=limit,
                opened=epoch("date_trunc('second', COALESCE(o.opened_at, o.made))"),
                deadline=epoch("date_trunc('second', o.deadline)"),
                held=epoch(
                    "date_trunc('second', "
                    "COALESCE(o.last_state_date, o.opened_at, o.made))"
                ),
            )
        )
        found = {}
        for metric, ticket_id, *state in rows:
            found.setdefault((ticket_id, metric), []).append(Open(ticket_id, *state))
        return found

    @api.model
    def _take_over(self, metrics, policies, now):
        """Make clocks of all open states and return how many became what.

        A clock starts with its ticket and is due when the state was. What was late by
        then is missed, with a breach at that instant that is charged to nobody.

        :param metrics: {id of the other addon's SLA: metric}
        :param policies: {id of the other addon's SLA: ``sla.policy``}
        :param now: epoch seconds
        :return: {state of the clocks: how many}
        """
        counts, after = {}, 0
        while found := self._open_states(metrics, after, BATCH):
            after = max(ticket_id for ticket_id, _metric in found)
            first = {key: foremost(group) for key, group in found.items()}
            for state in self._take_over_batch(first, policies, now):
                counts[state] = counts.get(state, 0) + 1
        return counts

    @api.model
    def _take_over_batch(self, found, policies, now):
        """Insert the clocks of a batch; return their states."""
        opened = {state.ticket_id: state.opened for state in found.values()}
        held = {
            state.ticket_id: state.held
            for state in found.values()
            if state.held is not None
        }
        self.env["sla.span"]._begin_taken_over(opened, held, now)
        follower = self._follower(now)
        timelines = follower.book.timelines(opened)
        facts = self._taken_over_facts(opened)
        clocks = []
        for (ticket_id, metric), state in found.items():
            ticket = facts[ticket_id]
            target = policies[state.sla_id]._taken_over_target(metric, ticket.team_id)
            if target:
                story = tell(timelines[ticket_id], ticket.first_response_at)
                promise, basis = target._compiled(), follower.basis(ticket)
                worktime = follower.counting(
                    ticket, promise.course, basis, story.opening
                )
                clock = taken(state, ticket, promise, story, now, worktime)
                terms = clock.terms._replace(basis=basis)
                clocks.append(clock._replace(terms=terms))
        follower.book.replace([], clocks)
        self.env["helpdesk.ticket"].browse(opened)._sla_forget()
        return [clock.state for clock in clocks]

    @api.model
    def _taken_over_facts(self, ticket_ids):
        """Return {ticket id: Ticket} by one query."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, t.company_id, t.partner_id, t.team_id, t.vip_tier_id,
                       COALESCE(m.resource_calendar_id, y.resource_calendar_id), %s
                  FROM helpdesk_ticket t
                  LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
                  LEFT JOIN res_company y ON y.id = t.company_id
                 WHERE t.id = ANY(%s)
                """,
                epoch("t.first_response_at"),
                list(ticket_ids),
            )
        )
        return {ticket_id: Ticket(*row) for ticket_id, *row in rows}
