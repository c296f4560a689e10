from odoo import api, models

from odoo.addons.vip_base.tools.event_time import event_time

#: So many clients are shown in a digest; the list of clients at risk has all.
DIGEST_CLIENTS = 100


class VipTierReview(models.Model):
    """The early warning to the advisers of clients in grace."""

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
        verdicts = verdicts.with_context(lang=adviser.lang)
        body = self.env["ir.qweb"]._render(
            "vip_service.tier_warning_digest",
            {
                "verdicts": verdicts,
                "month": self.display_name,
                "more": count - len(verdicts),
            },
            lang=adviser.lang,
        )
        verdicts.env["mail.thread"].message_notify(
            partner_ids=adviser.partner_id.ids,
            subject=verdicts.env._(
                "Clients about to fall a tier: %s", self.display_name
            ),
            body=body,
        )
