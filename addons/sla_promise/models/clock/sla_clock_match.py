from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS


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
    team_id: int | None
    category_id: int | None


class SlaClock(models.Model):
    """Why a clock is under its policy, and where nothing is promised."""

    _inherit = "sla.clock"

    why = fields.Char(
        string="Why this promise", compute="_compute_why", groups=STAFF_GROUPS
    )

    @api.depends("match_id")
    @api.depends_context("lang")
    def _compute_why(self):
        for clock in self:
            # As superuser: only the words of why this policy won.
            clock.why = clock.match_id.sudo().exists().text

    @api.model
    def _snapshot(self, ticket_ids):
        """Return {key: Snapshot} of the clocks of tickets that are not cancelled."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.ticket_id, c.metric, c.round, c.policy_id, c.target_id, c.state,
                       c.due_at, c.seconds, t.team_id, t.category_id
                  FROM sla_clock c JOIN helpdesk_ticket t ON t.id = c.ticket_id
                 WHERE c.ticket_id = ANY(%s) AND c.state <> 'cancelled'
                 ORDER BY c.id
                """,
                list(ticket_ids),
            )
        )
        found = map(Snapshot._make, rows)
        return {(clock.ticket_id, clock.metric, clock.round): clock for clock in found}
