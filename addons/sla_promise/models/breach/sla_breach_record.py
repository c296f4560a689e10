from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.sql_array import array


class SlaBreach(models.Model):
    """What the clocks write of a breach, in SQL."""

    _inherit = "sla.breach"

    @api.model
    def _record(self, clock_ids):
        """Record the breaches of missed clocks, each once, and what they overran.

        The holder is who held the ticket at the due time, whenever this runs.
        """
        if not clock_ids:
            return
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sla_breach (
                       clock_id, ticket_id, ticket_number, company_id, partner_id,
                       metric, policy_id, target_id, tier_id, key_client, item_limit,
                       category_id, breached_at, user_id, team_id, overrun_seconds,
                       net_overrun_seconds, state, gross, net,
                       create_uid, create_date, write_uid, write_date)
                SELECT c.id, t.id, t.number, c.company_id, p.id,
                       c.metric, c.policy_id, c.target_id, c.tier_id, c.key_client,
                       c.item_limit, s.category_id, c.due_at, s.user_id, s.team_id,
                       c.overrun_seconds, c.overrun_seconds, 'open', 1, 1,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM sla_clock c
                  JOIN helpdesk_ticket t ON t.id = c.ticket_id
                  LEFT JOIN res_partner p ON p.id = c.partner_id
                  LEFT JOIN LATERAL (
                       SELECT s.category_id, s.user_id, s.team_id
                         FROM sla_span s
                        WHERE s.ticket_id = c.ticket_id AND s.start <= c.due_at
                        ORDER BY s.start DESC LIMIT 1
                  ) s ON TRUE
                 WHERE c.id = ANY(%(ids)s) AND c.state = 'missed'
                 ORDER BY c.id
                ON CONFLICT (clock_id) WHERE state <> 'withdrawn' DO NOTHING
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                ids=array(clock_ids),
            )
        )
        self._settle(clock_ids)
        self.invalidate_model(flush=False)

    @api.model
    def _settle(self, clock_ids):
        """Set once what breaches overran whose clocks have stopped by now."""
        stopped = self.env.execute_query(
            SQL(
                "SELECT id FROM sla_clock"
                " WHERE id = ANY(%s) AND overrun_seconds IS NOT NULL",
                array(clock_ids),
            )
        )
        if not stopped:
            return  # as always in the due job
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_breach b
                   SET overrun_seconds = c.overrun_seconds,
                       net_overrun_seconds = c.overrun_seconds
                  FROM sla_clock c
                 WHERE c.id = b.clock_id AND c.id = ANY(%s)
                   AND b.state <> 'withdrawn' AND b.overrun_seconds IS NULL
                """,
                array(row[0] for row in stopped),
            )
        )

    @api.model
    def _withdraw(self, clock_ids):
        """Withdraw the breaches of clocks that were in time after all."""
        if not clock_ids:
            return
        breaches = self.sudo().search(
            [("clock_id", "in", clock_ids), ("state", "!=", "withdrawn")]
        )
        self.env["sla.clock"].invalidate_model(flush=False)  # just judged in SQL
        for reason, kept in breaches._withdrawals():
            kept.excuse_ids._settle(reason)
            kept.write(
                {
                    "state": "withdrawn",
                    "net_overrun_seconds": 0,
                    "reason": reason,
                    "decided_by_id": False,
                    "decided_at": event_time(self.env),
                }
            )

    def _withdrawals(self):
        """Return ``[(reason, breaches)]``: the evidence by which they are withdrawn."""
        return [(self.env._("The events show that the promise was kept."), self)]
