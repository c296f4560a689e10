from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.sql import KeptPlan
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.models.face.standing import standing_plan
from odoo.addons.vip_service.tools.next_action import (
    BEGIN,
    DECIDE,
    REMIND,
    SOLVE,
    TELL,
    UPDATE,
)

from ...engine import states
from .helpdesk_ticket_queue import SOON

#: What waits longer for somebody else is asked for again.
REMIND_AFTER = timedelta(days=3)
#: Which promises what is to be done anyway keeps, or begins to keep.
ANSWERS = (states.FIRST_RESPONSE, states.NEXT_RESPONSE)
KEPT_BY = {
    "reply": ANSWERS,
    "take": (*ANSWERS, states.HANDLING, states.HAND_OVER, states.RESOLUTION),
}
CLOCK, EXTENSION, EXCUSE, WAIT = "clock", "sla.extension", "sla.excuse", "wait"


class Owed(NamedTuple):
    """What is owed on a ticket, waits for a decision there, or makes it wait."""

    ticket_id: int
    #: CLOCK, WAIT, or the model of what waits for a decision.
    what: str
    id: int | None
    #: The metric of a clock; whom a ticket waits for.
    metric: str | None
    round: int | None
    #: When a clock is due, since when something waits; naive UTC.
    at: datetime | None
    #: Of a clock: it is late, near its limit, or was warned of.
    pressing: bool
    solved: bool


def owed(ids, now, soon):
    """Return the SQL of what is owed on tickets: columns as of :class:`Owed`."""
    return SQL(
        """
        SELECT owed.ticket_id, what::varchar, owed.id, metric, round, at, pressing,
               COALESCE(s.solved OR s.closed, FALSE)
          FROM (SELECT ticket_id, %(clock)s AS what, id, metric, round,
                       due_at AS at,
                       COALESCE(due_at <= %(soon)s OR warn_at <= %(now)s, FALSE)
                       AS pressing
                  FROM sla_clock
                 WHERE ticket_id = ANY(%(ids)s) AND stopped_at IS NULL
                   AND state IN ('running', 'missed')
                   AND replaced_by_id IS NULL
                UNION ALL
                SELECT ticket_id, %(extension)s, id, metric, NULL, requested_at,
                       FALSE
                  FROM sla_extension
                 WHERE ticket_id = ANY(%(ids)s) AND state = 'requested'
                UNION ALL
                SELECT b.ticket_id, %(excuse)s, e.id, b.metric, NULL,
                       e.requested_at, FALSE
                  FROM sla_breach b JOIN sla_excuse e ON e.breach_id = b.id
                 WHERE b.ticket_id = ANY(%(ids)s) AND e.state = 'requested'
                UNION ALL
                SELECT t.id, %(wait)s, NULL, s.waiting_on, NULL,
                       (SELECT min(w.start) FROM sla_span w
                         WHERE w.ticket_id = t.id AND w.start > COALESCE((
                               SELECT max(b.start) FROM sla_span b
                                WHERE b.ticket_id = t.id
                                  AND b.stage_id <> t.stage_id), '-infinity')),
                       FALSE
                  FROM helpdesk_ticket t
                  JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                 WHERE t.id = ANY(%(ids)s) AND s.waiting_on IS NOT NULL) owed
          JOIN helpdesk_ticket t ON t.id = owed.ticket_id
          LEFT JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
         ORDER BY at, what, owed.id
        """,
        ids=ids,
        clock=CLOCK,
        extension=EXTENSION,
        excuse=EXCUSE,
        wait=WAIT,
        now=now,
        soon=soon,
    )


OWED = KeptPlan(
    "sla_ticket_owed",
    {"ids": "int[]", "now": "timestamp", "soon": "timestamp"},
    {
        **{"ticket_id": "int", "what": "varchar", "id": "int", "metric": "varchar"},
        **{"round": "int", "at": "timestamp", "pressing": "bool", "solved": "bool"},
    },
    owed,
)
STANDING = standing_plan("sla_ticket_standing", SQL("t.first_response_at"))


class HelpdeskTicket(models.Model):
    """What promises make of the next action on a ticket."""

    _inherit = "helpdesk.ticket"

    def init(self):
        STANDING.install(self.env)
        OWED.install(self.env)
        return super().init()

    @api.model
    def _standing_plan(self):
        """That it was made while talking to the client answers a ticket, too."""
        return STANDING

    def _ticket_next_actions(self, standings):
        """Say by when an action is owed, and add what promises and decisions ask for."""
        found = super()._ticket_next_actions(standings)
        for ticket_id, owed in self._owed().items():
            standing, actions = standings[ticket_id], found[ticket_id]
            clocks = [each for each in owed if each.what == CLOCK]
            for action in actions:
                self._say_promise(action, clocks)
            for each in owed:
                actions += self._action_of(each, standing)
        return found

    @api.model
    def _say_promise(self, action, clocks):
        """Say what was promised of an action that something else asks for."""
        metrics = KEPT_BY.get(action["verb"], ())
        due = [clock for clock in clocks if clock.at and clock.metric in metrics]
        if due:
            first = min(due, key=lambda clock: clock.at)
            action["promise"] = self._promise_label(first)
            action["until"] = fields.Datetime.to_string(first.at)
            action["promise_id"] = first.id
            action["pressing"] = first.pressing

    @api.model
    def _promise_label(self, clock):
        return self.env["sla.clock"]._label_of(clock.metric, clock.round)

    # One action of each

    def _action_of(self, owed, standing):
        if owed.what == CLOCK:
            return self._action_of_clock(owed, standing)
        if owed.what == WAIT:
            return self._action_of_wait(owed, standing)
        return self._action_of_decision(owed, standing)

    def _action_of_clock(self, clock, standing):
        """Yield what keeps a promise, unless who spoke last says it already."""
        obligation = clock.metric in self.env["sla.obligation"]._declared()
        if standing.closed and not obligation and clock.metric != states.FEEDBACK:
            return
        if clock.metric == states.FEEDBACK and not clock.solved:
            return
        action = self._kept_by_doing().get(clock.metric)
        if obligation:
            action = "keep", UPDATE, self.env._("Do what was promised"), ""
        if action:
            verb, rank, text, button = action
            yield self._next_action(
                verb,
                text,
                rank,
                standing,
                button=button,
                method=button and "action_write_to_client",
                promise=self._promise_label(clock),
                until=clock.at,
                promise_id=clock.id,
                pressing=clock.pressing,
            )

    @api.model
    def _kept_by_doing(self):
        """Return {metric: (verb, rank, text, button)}; answers follow from who spoke."""
        write = self.env._("Write")
        return {
            states.UPDATE: (
                *("update", UPDATE),
                *(self.env._("Tell the client how it stands"), write),
            ),
            states.FEEDBACK: (
                *("tell", TELL, self.env._("Tell the client the result"), write),
            ),
            states.HAND_OVER: (
                *("begin", BEGIN, self.env._("Take over what was handed on"), ""),
            ),
            states.HANDLING: ("begin", BEGIN, self.env._("Begin to work on it"), ""),
            states.RESOLUTION: ("solve", SOLVE, self.env._("Solve it"), ""),
        }

    def _action_of_decision(self, owed, standing):
        """Yield the decision that waits, for who decides."""
        texts = {
            EXTENSION: self.env._("Decide whether a limit is extended"),
            EXCUSE: self.env._("Decide whether a missed promise is excused"),
        }
        record = self.env[owed.what].browse(owed.id)
        manager = self.env.user.has_group(MANAGER_GROUP)
        yield self._next_action(
            "decide",
            texts[owed.what],
            DECIDE,
            standing,
            button=self.env._("Decide"),
            link=record_link(owed.what, owed.id),
            since=owed.at,
            by=self.env._("a service manager"),
            mine=manager and record.can_decide,
        )

    def _action_of_wait(self, owed, standing):
        """Yield that somebody is reminded who has let us wait too long."""
        since = max(filter(None, (standing.said_at, owed.at)), default=None)
        outlived = since and since + REMIND_AFTER <= event_time(self.env)
        if standing.closed or standing.unanswered_at or not outlived:
            return
        client = owed.metric == "client"
        yield self._next_action(
            "remind",
            self.env._("Remind the client")
            if client
            else self.env._("Remind whom it waits for"),
            REMIND,
            standing,
            button=client and self.env._("Write"),
            method=client and "action_write_to_client",
            note=self.env._("Nothing has come"),
            since=since,
        )

    # What is owed

    def _owed(self):
        """Return ``{ticket id: [Owed]}`` of these tickets, by one query."""
        self.env["sla.clock"].flush_model()
        self.env["sla.span"].flush_model()
        self.env["sla.extension"].flush_model(["state", "ticket_id"])
        self.env["sla.excuse"].flush_model(["state", "breach_id"])
        now = event_time(self.env)
        # Whoever may read a ticket may know what is owed on it.
        rows = OWED.rows(self.env, len(self), ids=self.ids, now=now, soon=now + SOON)
        found = {}
        for row in rows:
            owed = Owed(*row)
            found.setdefault(owed.ticket_id, []).append(owed)
        return found
