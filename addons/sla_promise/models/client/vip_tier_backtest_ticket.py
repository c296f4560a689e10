import json

from odoo import api, fields, models
from odoo.tools import SQL


class VipTierBacktestTicket(models.Model):
    """What the ticket was promised and what it would have been promised."""

    _inherit = "vip.tier.backtest.ticket"

    promise_changed = fields.Boolean(string="Another promise", readonly=True)
    targets = fields.Json(
        readonly=True,
        help="Per metric: the target by today's thresholds and under the draft.",
    )
    promise_real = fields.Char(
        string="Promise by today's thresholds", compute="_compute_promises"
    )
    promise_draft = fields.Char(
        string="Promise under the draft", compute="_compute_promises"
    )

    @api.depends("targets")
    @api.depends_context("lang")
    def _compute_promises(self):
        ids = {
            target
            for row in self
            for pair in row.targets or ()
            for target in pair
            if target
        }
        # As superuser: only the words of what is promised.
        known = self.env["sla.target"].sudo().browse(ids).exists()
        names = {target.id: target.display_name for target in known}
        for row in self:
            pairs = row.targets or []
            row.promise_real, row.promise_draft = (
                ", ".join(filter(None, (names.get(pair[side]) for pair in pairs)))
                for side in (0, 1)
            )

    def _keep_promises(self, backtest, changed):
        """Write which tickets of ``backtest`` would have been promised something else.

        :param changed: {((real target id, draft target id), …): [ticket ids]}
        """
        for pairs, ticket_ids in changed.items():
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE vip_tier_backtest_ticket
                       SET promise_changed = TRUE, targets = %s::jsonb
                     WHERE backtest_id = %s AND ticket_id = ANY(%s)
                    """,
                    json.dumps(pairs),
                    backtest.id,
                    ticket_ids,
                )
            )
        self.invalidate_model(["promise_changed", "targets"])
