import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.host_terms import host_term
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.tools.automatic import AUTOMATIC

_logger = logging.getLogger(__name__)

#: A request that could not be sent is tried again after so many minutes, then twice
#: that, and so on.
BACK_OFF = 10
MOST_TRIES = 5
#: What was solved longer ago is history: its clients are not asked any more.
OLDEST = timedelta(days=7)


class ScoreRatingRequest(models.Model):
    """A client is to be asked how satisfied they are: the outbox of rating mails.

    The host renders and sends a mail per ticket inside the write that moves it; closing
    thousands at once would wait for all of them. Here a row waits for a job.
    """

    _name = "score.rating.request"
    _description = "Rating Request"
    _log_access = False
    _order = "id"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    template_id = fields.Many2one(
        "mail.template", required=True, readonly=True, ondelete="cascade"
    )
    requested_at = fields.Datetime(string="Requested at", required=True, readonly=True)
    tries = fields.Integer(readonly=True)
    try_at = fields.Datetime(string="Try at", required=True, readonly=True, index=True)

    _ticket_uniq = models.UniqueIndex("(ticket_id)")

    @api.model
    def _queue(self, tickets, at):
        """Let the clients of tickets be asked, each once, whatever is waiting already.

        Nobody is asked about history that is loaded now.

        :param at: naive UTC datetime
        """
        if not tickets or self._is_history(at):
            return
        self.env.cr.execute(
            SQL(
                """
        INSERT INTO score_rating_request (
               ticket_id, template_id, requested_at, try_at, tries)
        SELECT id, template, %(at)s, %(at)s, 0
          FROM unnest(%(ids)s, %(templates)s) asked (id, template)
            ON CONFLICT (ticket_id) DO NOTHING
                """,
                at=at,
                ids=tickets.ids,
                templates=[t.stage_id.rating_mail_template_id.id for t in tickets],
            )
        )
        self.env.ref("sla_scoring.score_cron_rating")._trigger()

    @api.model
    def _is_history(self, at):
        """Tell whether what happened at ``at`` (naive UTC) is too old to ask about."""
        return self.env.cr.now() - at > OLDEST

    @api.model
    def _cron_send(self):
        """Send the requests that are due; one that fails waits and stops no other."""
        at = event_time(self.env)
        cron = self.env["ir.cron"]
        due = [("try_at", "<=", at), ("tries", "<", MOST_TRIES)]
        # As superuser: the job sends what anybody's move asked for.
        requests = self.sudo().search(due)
        cron._commit_progress(remaining=len(requests))
        for request in requests:
            request = request.try_lock_for_update().filtered_domain(due)
            if request:
                request._send(at)
            if not cron._commit_progress(1):
                break

    def _send(self, at):
        """Put one rating mail into the mail queue and forget the request."""
        try:
            with self.env.cr.savepoint():
                self._send_mail()
                self.unlink()
        except Exception:  # pylint: disable=broad-except
            _logger.exception("The rating request of ticket %s", self.ticket_id.id)
            wait = BACK_OFF * 2**self.tries
            self.write(
                {
                    "tries": self.tries + 1,
                    "try_at": fields.Datetime.add(at, minutes=wait),
                }
            )

    def _send_mail(self):
        """Queue the mail unless work on the ticket goes on."""
        ticket, stage = self.ticket_id, self.ticket_id.stage_id
        if (stage.solved or stage.closed) and not stage.cancels:
            ticket.rating_send_request(
                self.template_id, lang=ticket.partner_id.lang, force_send=False
            )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def action_view_ticket_rating(self):
        """Name the window in the user's language, which the host does not."""
        action = super().action_view_ticket_rating()
        return dict(action, name=host_term(self.env, action["name"], "sla_scoring"))

    def _send_ticket_rating_mail(self, force_send=False):
        """Queue the requests: the host would render and send them inside this write.

        A single ticket that is closed is asked about at once, as the host does, but
        through the mail queue. What is closed in bulk, or only solved and may be taken
        up again, waits for the job.
        """
        asked = self.filtered(
            lambda ticket: (
                ticket.rating_status == "stage_change"
                and ticket.partner_id.email
                and ticket.stage_id.rating_mail_template_id
            )
        )
        # As superuser: an outbox that nobody writes; who may move a ticket asks.
        requests = self.env["score.rating.request"].sudo()
        if len(self) == 1 and self.sudo().stage_id.closed:
            if not requests._is_history(event_time(self.env)):
                # It asks by itself: no contact with the client.
                tickets = self.with_context(**{AUTOMATIC: True})
                super(HelpdeskTicket, tickets)._send_ticket_rating_mail(
                    force_send=False
                )
            return
        requests._queue(asked, event_time(self.env))
