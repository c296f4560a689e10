from odoo import models

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.host_terms import host_term
from odoo.addons.vip_service.tools.automatic import AUTOMATIC


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
