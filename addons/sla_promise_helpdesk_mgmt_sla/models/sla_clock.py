from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.sla_promise.engine.escalation import compiled
from odoo.addons.sla_promise.engine.story import tell
from odoo.addons.sla_promise.engine.verdicts import (
    Terms,
    counted_spans,
    ending,
    outcome,
)
from odoo.addons.sla_promise.models.sla_clock_store import INSERTED, JUDGED
from odoo.addons.sla_promise.models.sla_span import epoch

from ..tools.taken import Open, foremost, seconds

#: Tickets whose states are taken over by the same statements.
BATCH = 1000


class Ticket(NamedTuple):
    """What a clock keeps of its ticket; ``calendar_id``: the team's or company's."""

    company_id: int
    partner_id: int | None
    team_id: int | None
    tier_id: int | None
    calendar_id: int | None
    first_response_at: int | None


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
            for row in self._taken_over_rows(first, policies, now):
                counts[row] = counts.get(row, 0) + 1
        return counts

    @api.model
    def _taken_over_rows(self, found, policies, now):
        """Insert the clocks of a batch; return their states."""
        opened = {state.ticket_id: state.opened for state in found.values()}
        held = {
            state.ticket_id: state.held
            for state in found.values()
            if state.held is not None
        }
        self.env["sla.span"]._begin_taken_over(opened, held, now)
        timelines = self.env["sla.span"]._timelines(opened)
        facts = self._taken_over_facts(opened)
        known, rows = {}, []
        for (ticket_id, metric), state in found.items():
            ticket = facts[ticket_id]
            target = policies[state.sla_id]._taken_over_target(metric, ticket.team_id)
            if not target:
                continue
            values = self._taken_over_values(
                state, target, ticket, timelines[ticket_id], now, known
            )
            rows.append(tuple(values.get(name) for name in INSERTED))
        self._replace([], rows)
        self.env["helpdesk.ticket"].browse(opened)._sla_forget()
        at = list(INSERTED).index("state")
        return [row[at] for row in rows]

    @api.model
    def _taken_over_values(self, state, target, ticket, timeline, now, known):
        """Return the values of a new clock that is due when ``state`` is."""
        worktime = self._worktime_of(
            ticket.company_id, ticket.calendar_id, timeline[0].start, known
        )
        terms = Terms(
            target.metric,
            timeline[0].start,
            1,
            target.pause_on_client,
            target.pause_on_third_party,
            (),
            (),
            timeline[0].start,
            target._course(),
            target.pause_on_outage,
        )
        spans = counted_spans(terms, timeline)
        promised = seconds(state, spans, now, worktime)
        level_ids, levels = compiled(target.escalation_id._compiled(), promised)
        terms = terms._replace(seconds=promised, level_ids=level_ids, levels=levels)
        ends = ending(terms, tell(timeline, ticket.first_response_at, (), ()))
        out = outcome(terms, timeline, *ends, now, worktime)
        # What was late before the taking over is told to nobody now.
        fired = sum(at < now for at in out.levels)
        return {
            "ticket_id": state.ticket_id,
            "company_id": ticket.company_id,
            "policy_id": target.policy_id.id,
            "target_id": target.id,
            "metric": target.metric,
            "tier_id": ticket.tier_id,
            "partner_id": ticket.partner_id,
            "calendar_id": ticket.calendar_id,
            "seconds": terms.seconds,
            "pause_on_client": terms.pause_on_client,
            "pause_on_third_party": terms.pause_on_third_party,
            "pause_on_outage": terms.pause_on_outage,
            # Lateness from before the taking over costs nobody points.
            "item_limit": False,
            "key_client": False,
            "level_ids": terms.level_ids,
            "level_offsets": terms.levels,
            "levels_fired": fired,
            "started_at": terms.started,
            "round": 1,
            "from_solving": terms.course.from_solving,
            "new_on_reopening": terms.course.new_on_reopening,
            **dict(zip(JUDGED, self._judged_values(out, fired), strict=True)),
        }

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
