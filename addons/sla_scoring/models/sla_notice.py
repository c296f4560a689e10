import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.loose_many2one import LooseMany2one

_logger = logging.getLogger(__name__)

#: What is older helps nobody any more and is not sent (hours).
STALE_HOURS = 24


class SlaNotice(models.Model):
    """Outbox: what the due job has to tell people; digests leave from here.

    REQUIREMENTS S4: what runs late warns its handler before the limit, and the handler
    and the leader of the team after it.
    """

    _name = "sla.notice"
    _description = "Notice"
    _log_access = False
    _order = "id"

    clock_id = fields.Many2one(
        "sla.clock", required=True, ondelete="cascade", readonly=True
    )
    ticket_id = LooseMany2one("helpdesk.ticket", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", required=True, ondelete="cascade", readonly=True
    )
    kind = fields.Selection(
        [("warning", "Warning"), ("breach", "Breach")], required=True, readonly=True
    )
    created_at = fields.Datetime(string="Created at", required=True, readonly=True)
    sent_at = fields.Datetime(string="Sent at", readonly=True)

    _once_uniq = models.UniqueIndex("(clock_id, user_id, kind)")
    _unsent_idx = models.Index("(user_id) WHERE sent_at IS NULL")

    @api.model
    def _warn(self, clock_ids, at):
        """Put warnings about these clocks into the outbox, for who holds the ticket.

        Nobody holds it: the leader of the team.
        """
        if not clock_ids:
            return
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sla_notice (clock_id, ticket_id, user_id, kind, created_at)
                SELECT c.id, t.id, u.id, 'warning', %s
                  FROM sla_clock c
                  JOIN helpdesk_ticket t ON t.id = c.ticket_id
                  LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
                  JOIN res_users u
                    ON u.active AND u.id = COALESCE(t.user_id, m.user_id)
                 WHERE c.id = ANY(%s)
                ON CONFLICT DO NOTHING
                """,
                at,
                list(clock_ids),
            )
        )

    @api.model
    def _cron_send(self):
        """Send everybody one digest of what is new; each person in an own step.

        Whoever cannot be reached does not keep the others waiting; it is tried again
        until the notices are stale.
        """
        cron = self.env["ir.cron"]
        users = self._waiting_users()
        cron._commit_progress(remaining=len(users))
        for user in users:
            try:
                self._send_to(user)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Notices of user %s are not sent", user.id)
            if not cron._commit_progress(1):
                break

    @api.model
    def _waiting_users(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT user_id FROM sla_notice WHERE sent_at IS NULL ORDER BY 1"
            )
        )
        return self.env["res.users"].browse(row[0] for row in rows)

    @api.model
    def _send_to(self, user, now=None):
        """Deliver to one person what still matters; the rest is only marked."""
        now = now or fields.Datetime.now()
        notices = (
            self.sudo()
            .search([("user_id", "=", user.id), ("sent_at", "=", False)])
            .try_lock_for_update()
        )
        matters = notices.filtered(lambda notice: notice._matters(now))
        if matters:
            self._deliver(user, matters)
        notices.write({"sent_at": now})

    def _matters(self, now):
        """Tell whether this is still worth telling: not stale, not overtaken."""
        self.ensure_one()
        if self.created_at < now - timedelta(hours=STALE_HOURS):
            return False
        if self.kind == "warning":
            return self.clock_id.state == "running"
        return self.clock_id.state == "missed"

    @api.model
    def _deliver(self, user, notices):
        """Tell ``user`` about ``notices`` in one message: the hook for other channels.

        Here: a notification in the person's inbox or e-mail, as they prefer, and in
        their language.
        """
        notices = notices.with_context(lang=user.lang)
        body = self.env["ir.qweb"]._render(
            "sla_scoring.notice_digest",
            {
                "late": notices.filtered(lambda notice: notice.kind == "breach"),
                "soon": notices.filtered(lambda notice: notice.kind == "warning"),
                "local": lambda at: fields.Datetime.context_timestamp(
                    self.with_context(tz=user.tz or "UTC"), at
                ).strftime("%Y-%m-%d %H:%M"),
            },
            lang=user.lang,
        )
        notices.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=notices.env._("Promises that run late"),
            body=body,
        )
