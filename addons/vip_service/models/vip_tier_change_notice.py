import logging
from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.vip_base.tools.digest import Row
from odoo.addons.vip_base.tools.written import written_day

_logger = logging.getLogger(__name__)

#: What took effect or was decided longer ago is no news any more and is not told.
STALE_DAYS = 7
#: A digest names so many changes and counts the others.
NAMED_CHANGES = 50
#: So many clients are written to in one step.
BATCH = 100
TEMPLATES = {
    "promotion": "vip_service.mail_template_promotion",
    "demotion": "vip_service.mail_template_demotion",
}


class VipTierChange(models.Model):
    """Telling clients and advisers what was decided, apart from deciding it.

    A decision only marks what is to be told, so that approving thousands sends nothing;
    the job puts the messages into the mail queue.
    """

    _inherit = "vip.tier.change"

    tell_adviser = fields.Boolean(
        string="Adviser to be told", readonly=True, copy=False
    )
    tell_client = fields.Boolean(string="Client to be told", readonly=True, copy=False)

    _untold_advisers = models.Index("(partner_id) WHERE tell_adviser")
    _untold_clients = models.Index("(id) WHERE tell_client")

    @api.model
    def _cron_tell(self):
        """Tell advisers (one digest each) and clients (one e-mail each) what is new.

        One commit per adviser and per batch of clients; who cannot be reached keeps
        nobody waiting.
        """
        cron = self.env["ir.cron"]
        # As superuser: advisers and clients are told whoever runs the job.
        untold = self.sudo()
        steps = [("_tell_adviser", changes) for changes in untold._untold_by_adviser()]
        steps += [
            ("_tell_clients", changes) for changes in untold._untold_for_clients()
        ]
        cron._commit_progress(remaining=len(steps))
        for tell, changes in steps:
            try:
                getattr(changes.try_lock_for_update(), tell)()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("%s of tier changes failed", tell)
            if not cron._commit_progress(1):
                break

    @api.model
    def _untold_by_adviser(self):
        """Return the changes of each adviser to be told; first those without one."""
        groups = self._read_group(
            [("tell_adviser", "=", True)], ["partner_id.adviser_id"], ["id:recordset"]
        )
        groups.sort(key=lambda group: group[0].id or 0)
        return [changes for _adviser, changes in groups]

    @api.model
    def _untold_for_clients(self):
        """Return the changes that clients are to be told, in batches."""
        changes = self.search([("tell_client", "=", True)], order="id")
        return [
            changes[start : start + BATCH] for start in range(0, len(changes), BATCH)
        ]

    def _is_news(self, today):
        """Tell whether this happened lately: history that is replayed tells nobody."""
        self.ensure_one()
        happened = self.effective_date or self.decided_at.date()
        return happened >= today - timedelta(days=STALE_DAYS)

    def _tell_adviser(self, now=None):
        """Tell the one adviser of these clients, in the inbox or by e-mail."""
        today = (now or fields.Datetime.now()).date()
        news = self.filtered(lambda change: change._is_news(today))
        user = news.adviser_id.filtered("active")
        if user:
            self._deliver_to_adviser(user, news)
        self.write({"tell_adviser": False})

    @api.model
    def _deliver_to_adviser(self, user, news):
        """Tell ``user`` about ``news`` in one message: the hook for other channels."""
        reader = self.env["vip.digest"]._reader(user)
        news = news.with_context(**reader.env.context)
        others = len(news[NAMED_CHANGES:])
        rows = [change._digest_row() for change in news[:NAMED_CHANGES]]
        reader._tell(
            user,
            news.env._("Decided on the tiers of your clients"),
            [(None, rows)],
            more=news.env._("and %s others", others) if others else "",
            url=f"{user.get_base_url()}/odoo/vip-approvals",
        )

    def _digest_row(self):
        """Return this change as a row of a mail, in the reader's language and zone."""
        states = dict(self._fields["state"]._description_selection(self.env))
        day = written_day(self.env, self.effective_date)
        return Row(
            title=f"{self.from_tier_id.name} → {self.to_tier_id.name}",
            client=self.partner_id.display_name,
            tier=(self.to_tier_id.name, self.to_tier_id.shade),
            due=" · ".join(
                filter(
                    None,
                    [states[self.state], self.env._("from %s", day) if day else ""],
                )
            ),
            note=self.reason or "",
            todo=self.env._("Look at the change"),
            url=f"{self.get_base_url()}/odoo/vip-approvals/{self.id}",
        )

    def _tell_clients(self, now=None):
        """Write to the clients who can be reached by e-mail; the mail queue sends it."""
        today = (now or fields.Datetime.now()).date()
        news = self.filtered(
            lambda change: change._is_news(today) and change.partner_id.email
        )
        for direction, changes in news.grouped("direction").items():
            template = self.env.ref(TEMPLATES.get(direction, ""), False)
            if template:
                # As superuser: our own templates, queued by a job.
                template.sudo().send_mail_batch(changes.ids, force_send=False)
        self.write({"tell_client": False})
