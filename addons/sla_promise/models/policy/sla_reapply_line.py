from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import LooseMany2one

from ...engine import states
from ...tools.metric import Metric
from ..clock.sla_clock import METRICS, STATES

COLUMNS = {
    "reapply_id": "int",
    "company_id": "int",
    "ticket_id": "int",
    "team_id": "int",
    "category_id": "int",
    "metric": "varchar",
    "round": "int",
    "old_clock_id": "int",
    "old_policy_id": "int",
    "old_target_id": "int",
    "old_state": "varchar",
    "old_due_at": "timestamp",
    "old_seconds": "int",
    "new_policy_id": "int",
    "new_target_id": "int",
    "new_state": "varchar",
    "new_due_at": "timestamp",
    "new_seconds": "int",
    "newly_missed": "bool",
}


class Snapshot(NamedTuple):
    """A clock as it is shown before and after policies are applied again."""

    id: int
    ticket_id: int
    metric: str
    round: int
    policy_id: int | None
    target_id: int | None
    state: str
    due_at: datetime | None
    seconds: int
    binds_at: datetime | None
    team_id: int | None
    category_id: int | None

    @property
    def late(self):
        """Whether it is missed, or its limit was past when it was made."""
        return self.state == states.MISSED or (
            self.due_at is not None and self.due_at == self.binds_at
        )


class SlaReapplyLine(models.Model):
    """One promise of one ticket: what it is now and what it would be."""

    _name = "sla.reapply.line"
    _description = "Change by Policies Applied Again"
    _log_access = False
    _order = "newly_missed desc, new_due_at, id"
    _rec_name = "ticket_id"

    reapply_id = fields.Many2one(
        "sla.reapply", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    ticket_id = LooseMany2one("helpdesk.ticket", required=True, readonly=True)
    team_id = LooseMany2one("helpdesk.ticket.team", readonly=True)
    category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    metric = Metric(METRICS, required=True, readonly=True)
    round = fields.Integer(readonly=True)
    old_clock_id = LooseMany2one("sla.clock", string="Clock now", readonly=True)
    old_policy_id = LooseMany2one("sla.policy", string="Policy now", readonly=True)
    old_target_id = LooseMany2one("sla.target", string="Target now", readonly=True)
    old_seconds = fields.Integer(string="Promised now", readonly=True)
    old_state = fields.Selection(STATES, string="State now", readonly=True)
    old_due_at = fields.Datetime(string="Due now", readonly=True)
    new_clock_id = LooseMany2one("sla.clock", string="Clock then", readonly=True)
    new_policy_id = LooseMany2one("sla.policy", string="Policy then", readonly=True)
    new_target_id = LooseMany2one("sla.target", string="Target then", readonly=True)
    new_seconds = fields.Integer(string="Promised then", readonly=True)
    new_state = fields.Selection(STATES, string="State then", readonly=True)
    new_due_at = fields.Datetime(string="Due then", readonly=True)
    newly_missed = fields.Boolean(string="Newly missed", readonly=True)
    applied_at = fields.Datetime(
        string="Applied at",
        readonly=True,
        help="With no clock then: the ticket had changed meanwhile and stayed as it was.",
    )

    _open_idx = models.Index("(reapply_id, ticket_id) WHERE applied_at IS NULL")

    @api.model
    def _snapshot(self, ticket_ids):
        """Return {key: Snapshot} of the clocks of tickets that are not cancelled."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.ticket_id, c.metric, c.round, c.policy_id, c.target_id, c.state,
                       c.due_at, c.seconds, c.binds_at, t.team_id, t.category_id
                  FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
                 WHERE c.ticket_id = ANY(%s) AND c.state <> 'cancelled'
                   AND c.replaced_by_id IS NULL
                 ORDER BY c.id
                """,
                list(ticket_ids),
            )
        )
        found = map(Snapshot._make, rows)
        return {(clock.ticket_id, clock.metric, clock.round): clock for clock in found}

    @api.model
    def _delete_of(self, reapplies):
        self.env.cr.execute(
            SQL(
                "DELETE FROM sla_reapply_line WHERE reapply_id = ANY(%s)", reapplies.ids
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _add(self, reapply, tried):
        """Keep what would change on tickets that are or come under the policies asked."""
        before, after = tried
        changed = {
            key: clock for key, clock in after.items() if _differs(before, key, clock)
        }
        asked = set(reapply.policy_ids.ids)
        touched = {
            clock.ticket_id
            for key, clock in changed.items()
            if not asked
            or clock.policy_id in asked
            or (key in before and before[key].policy_id in asked)
        }
        rows = [
            self._row(reapply, before.get(key), clock)
            for key, clock in changed.items()
            if clock.ticket_id in touched
        ]
        if not rows:
            return
        columns = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                "INSERT INTO sla_reapply_line (%s) SELECT * FROM unnest(%s)",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                SQL(", ").join(
                    SQL("%s::%s[]", list(column), SQL(type_))
                    for column, type_ in zip(columns, COLUMNS.values(), strict=True)
                ),
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _row(self, reapply, old, new):
        return (
            reapply.id,
            reapply.company_id.id,
            new.ticket_id,
            new.team_id,
            new.category_id,
            new.metric,
            new.round,
            old and old.id,
            old and old.policy_id,
            old and old.target_id,
            old and old.state,
            old and old.due_at,
            old and old.seconds,
            new.policy_id,
            new.target_id,
            new.state,
            new.due_at,
            new.seconds,
            new.late and not (old and old.late),
        )

    @api.model
    def _next_tickets_of(self, reapply, limit):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ticket_id FROM sla_reapply_line"
                " WHERE reapply_id = %s AND applied_at IS NULL"
                " ORDER BY ticket_id LIMIT %s",
                reapply.id,
                limit,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _keep_applied(self, reapply, ticket_ids, before, after, at):
        """Note what became of the tickets: in the lines, for good."""
        changed = [
            clock for key, clock in after.items() if _differs(before, key, clock)
        ]
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_reapply_line l
                   SET applied_at = %s, new_clock_id = v.id,
                       new_state = COALESCE(v.state, l.new_state),
                       new_due_at = CASE WHEN v.id IS NULL THEN l.new_due_at
                                         ELSE v.due_at END
                  FROM sla_reapply_line k
                  LEFT JOIN unnest(%s::int[], %s::varchar[], %s::int[], %s::int[],
                                   %s::varchar[], %s::timestamp[])
                       v (ticket_id, metric, round, id, state, due_at)
                    ON v.ticket_id = k.ticket_id AND v.metric = k.metric
                   AND v.round = k.round
                 WHERE k.id = l.id AND l.reapply_id = %s AND l.applied_at IS NULL
                   AND l.ticket_id = ANY(%s)
                """,
                at,
                [clock.ticket_id for clock in changed],
                [clock.metric for clock in changed],
                [clock.round for clock in changed],
                [clock.id for clock in changed],
                [clock.state for clock in changed],
                [clock.due_at for clock in changed],
                reapply.id,
                ticket_ids,
            )
        )
        self.invalidate_model(flush=False)


def _differs(before, key, clock):
    return key not in before or before[key].id != clock.id
