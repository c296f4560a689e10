from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import event_time

#: So many clients are shown in a digest; the list of clients at risk has all.
DIGEST_CLIENTS = 100
#: So many clients are written to in one step.
BATCH = 100
#: A review of longer ago is history and warns nobody any more.
STALE_DAYS = 7


class VipTierReview(models.Model):
    """The early warning: to the advisers of clients in grace, then to these clients
    where a company wants it."""

    _inherit = "vip.tier.review"

    @api.model
    def _cron_warn(self):
        """Tell each adviser, once per review, which own clients are in grace."""
        reviews = self.search(
            [
                ("state", "=", "done"),
                ("grace_count", ">", 0),
                ("warned_at", "=", False),
            ]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(reviews))
        for review in reviews:
            review._warn_advisers(event_time(self.env))
            if not cron._commit_progress(1):
                return
        self._warn_all_clients(event_time(self.env))

    def _warn_advisers(self, at):
        """Send the digests of this review; all leave together or none does."""
        Verdict = self.env["vip.tier.verdict"]
        domain = [("review_id", "=", self.id), ("outcome", "=", "grace")]
        for adviser, count in Verdict._read_group(
            [*domain, ("partner_id.adviser_id.active", "=", True)],
            ["partner_id.adviser_id"],
            ["__count"],
        ):
            own = [*domain, ("partner_id.adviser_id", "=", adviser.id)]
            verdicts = Verdict.search(
                own, order="streak desc, id", limit=DIGEST_CLIENTS
            )
            self._deliver_warning(adviser, verdicts, count)
        self.warned_at = at

    def _deliver_warning(self, adviser, verdicts, count):
        """Tell ``adviser`` about ``count`` clients in grace, of which ``verdicts`` are
        shown, in one message: the hook for other channels.

        In the person's inbox or by e-mail, as they prefer, and in their language.
        """
        reader = self.env["vip.digest"]._reader(adviser)
        verdicts = verdicts.with_context(**reader.env.context)
        month = self.with_context(**reader.env.context).display_name
        more = count - len(verdicts)
        reader._tell(
            adviser,
            verdicts.env._("Clients about to fall a tier: %s", month),
            [("", [verdict._digest_row() for verdict in verdicts])],
            intro=verdicts.env._(
                "After the review of %s these clients of yours are below what their "
                "tier asks to stay. If the figures do not rise, a fall is proposed after "
                "their grace.",
                month,
            ),
            more=verdicts.env._("and %s more", more) if more else "",
            url=f"{adviser.get_base_url()}/odoo/vip-at-risk",
        )

    # Clients

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
