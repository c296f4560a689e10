from datetime import datetime, timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.panel import Panel
from odoo.addons.vip_base.tools.shared import shared
from odoo.addons.vip_base.tools.tile import MANAGERS

#: So many late tickets stand on a home; the number above opens all.
SHOWN = 6
#: Who takes a ticket only after so long, has let it lie.
LAY = timedelta(minutes=5)
ASSIGN, REASSIGN, STEP_IN = "assign", "reassign", "step_in"
#: The late tickets of the highest tiers, by due time, and what the timeline says of them.
LATE = """
    SELECT late.id, c.due_at, c.metric, c.round, t.user_id, %(opened)s,
           s.waiting_on, s.start,
           (SELECT min(f.start) FROM sla_span f
             WHERE f.ticket_id = t.id AND f.user_id IS NOT NULL),
           (SELECT min(f.start) FROM sla_span f
             WHERE f.ticket_id = t.id AND f.start > COALESCE((
                   SELECT max(o.start) FROM sla_span o
                    WHERE o.ticket_id = t.id
                      AND o.user_id IS DISTINCT FROM t.user_id), '-infinity'))
      FROM (SELECT t.id, COALESCE(y.rank, 0) AS rank, %(due_at)s AS due_at
              FROM helpdesk_ticket t
              LEFT JOIN vip_tier y ON y.id = COALESCE(t.sla_tier_id, t.vip_tier_id)
             WHERE t.id IN %(ids)s ORDER BY 2 DESC, 3, 1 LIMIT %(limit)s) late
      JOIN helpdesk_ticket t ON t.id = late.id
     CROSS JOIN LATERAL (
           SELECT c.due_at, c.metric, c.round FROM sla_clock c
            WHERE c.ticket_id = t.id AND c.stopped_at IS NULL
            ORDER BY c.due_at LIMIT 1) c
      LEFT JOIN LATERAL (
           SELECT s.waiting_on, s.start FROM sla_span s
            WHERE s.ticket_id = t.id ORDER BY s.start DESC LIMIT 1) s ON TRUE
     ORDER BY late.rank DESC, late.due_at, late.id
"""


class Late(NamedTuple):
    """A late ticket and what its timeline says; instants are naive UTC."""

    id: int
    due_at: datetime
    metric: str
    round: int
    user_id: int | None
    opened_at: datetime
    waiting_on: str | None
    #: Since when it is as it is now.
    since: datetime | None
    #: When somebody had it for the first time.
    taken_at: datetime | None
    #: Since when who holds it now does.
    held_since: datetime | None


class VipHome(models.AbstractModel):
    """What is late now, why, and the one thing that fits."""

    _inherit = "vip.home"

    @api.model
    def _late_panels(self):
        return [
            Panel(
                key="sla_promise/late",
                label=self.env._("Late now, and why"),
                roles=MANAGERS,
                component="sla_promise/late",
                load=self._late_shown,
                model="sla.clock",
                sequence=30,
            ),
        ]

    @api.model
    def _late_shown(self):
        rows = self._late_rows()
        if not rows:
            return None
        faces = self._faces_of([row.id for row in rows])
        unanswered = self._unanswered([row.id for row in rows])
        loads = {load["id"]: load for load in self._loads()}
        return {
            "tile": "sla_promise/late",
            "rows": [
                {
                    **faces[row.id],
                    "due": fields.Datetime.to_string(row.due_at),
                    "metric": self._metric(row),
                    **self._cause(row, loads.get(row.user_id), unanswered),
                }
                for row in rows
            ],
        }

    @api.model
    def _late_rows(self):
        return shared(self.env, "sla_promise/late", self._read_late_rows)

    @api.model
    def _read_late_rows(self):
        tickets = self.env["helpdesk.ticket"]
        self.env["sla.clock"].flush_model()
        self.env["sla.span"].flush_model()
        domain = self._open_requests() & self._late()
        rows = self.env.execute_query(
            SQL(
                LATE,
                opened=tickets._field_to_sql("t", "opened_at"),
                due_at=tickets._fields["sla_due_at"].to_sql(tickets, "t"),
                ids=tickets._search(domain).subselect(),
                limit=SHOWN,
            )
        )
        return [Late(*row) for row in rows]

    @api.model
    def _unanswered(self, ticket_ids):
        """Return {ticket id: when the client wrote what nobody has answered}; one query."""
        standings = self.env["helpdesk.ticket"]._standings(ticket_ids)
        return {
            ticket_id: standing.unanswered_at
            for ticket_id, standing in standings.items()
            if standing.unanswered_at
        }

    # Why, and what fits

    @api.model
    def _cause(self, row, load, unanswered):
        """Return what held a ticket, the first that fits, and the one action for it."""
        for cause in (
            self._cause_nobody,
            self._cause_away,
            self._cause_overload,
            self._cause_waits,
            self._cause_silence,
            self._cause_lay,
        ):
            found = cause(row, load, unanswered.get(row.id))
            if found:
                return found
        since = row.held_since or row.opened_at
        return self._because(STEP_IN, row, "fa-user-o", self.env._("in work"), since)

    @api.model
    def _because(self, action, row, icon, text, since=None):
        """Return a cause; ``since``: the web client says how long that is."""
        labels = {
            ASSIGN: self.env._("Assign"),
            REASSIGN: self.env._("Reassign"),
            STEP_IN: self.env._("Step in"),
        }
        return {
            "icon": icon,
            "why": text,
            "since": fields.Datetime.to_string(since or False),
            "action": action,
            "button": labels[action],
            "link": action == STEP_IN and record_link("helpdesk.ticket", row.id),
            "call": action != STEP_IN
            and self._move_call(user_id=row.user_id or False, ticket_ids=[row.id]),
        }

    @api.model
    def _cause_nobody(self, row, load, unanswered_at):
        if not row.user_id:
            text = self.env._("taken by nobody")
            return self._because(
                ASSIGN, row, "fa-users", text, row.since or row.opened_at
            )

    @api.model
    def _cause_away(self, row, load, unanswered_at):
        if load and load["away_until"]:
            text = self.env._("holder is on leave")
            return self._because(REASSIGN, row, "fa-moon-o", text)

    @api.model
    def _cause_overload(self, row, load, unanswered_at):
        if load and load["limit"] and load["open"] > load["limit"]:
            text = self.env._(
                "%(open)s open, limit %(limit)s", open=load["open"], limit=load["limit"]
            )
            return self._because(REASSIGN, row, "fa-user", text)

    @api.model
    def _cause_waits(self, row, load, unanswered_at):
        texts = {
            "client": self.env._("waits for the client"),
            "third_party": self.env._("waits for a third party"),
        }
        if row.waiting_on in texts:
            text = texts[row.waiting_on]
            return self._because(STEP_IN, row, "fa-pause", text, row.since)

    @api.model
    def _cause_silence(self, row, load, unanswered_at):
        if unanswered_at:
            text = self.env._("client wrote, not answered")
            return self._because(STEP_IN, row, "fa-envelope-o", text, unanswered_at)

    @api.model
    def _cause_lay(self, row, load, unanswered_at):
        if row.taken_at and row.taken_at - row.opened_at > LAY:
            text = self.env._("lay until it was taken")
            return self._because(STEP_IN, row, "fa-clock-o", text, row.taken_at)
