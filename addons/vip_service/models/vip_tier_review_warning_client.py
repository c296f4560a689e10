from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

#: So many clients are written to in one step.
BATCH = 100
#: A review of longer ago is history and warns nobody any more.
STALE_DAYS = 7


class VipTierReview(models.Model):
    """The early warning to clients in grace, where a company wants it."""

    _inherit = "vip.tier.review"

    @api.model
    def _warn_all_clients(self, at):
        """Write to the clients in grace of reviews whose advisers have been told.

        Once per review and client, a commit per batch; killed in between it goes on
        behind the last client that was written to. ``at`` is the event time (naive UTC).
        """
        reviews = self.search(
            [
                ("state", "=", "done"),
                ("warned_at", "!=", False),
                ("clients_warned_at", "=", False),
                ("run_at", ">=", at - timedelta(days=STALE_DAYS)),
            ]
        )
        # As superuser: what the company says about its letters, whoever runs the job.
        for review in reviews.filtered(lambda r: r.sudo().company_id.vip_warn_clients):
            while review._warn_clients():
                if not self.env["ir.cron"]._commit_progress():
                    return
            review.clients_warned_at = at

    def _warn_clients(self):
        """Write to the next clients in grace; return whether there were any."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, partner_id FROM vip_tier_verdict
                 WHERE review_id = %s AND outcome = 'grace' AND partner_id > %s
                 ORDER BY partner_id LIMIT %s
                """,
                self.id,
                self.clients_warned_up_to,
                BATCH,
            )
        )
        if not rows:
            return False
        verdicts = self.env["vip.tier.verdict"].browse(row[0] for row in rows)
        self.clients_warned_up_to = rows[-1][1]
        verdicts.filtered(
            lambda v: v.partner_id.active and v.partner_id.email
        )._deliver_client_warnings()
        return True
