from odoo import models

from odoo.addons.vip_service.tools.event_time import event_time
from odoo.addons.vip_service.tools.host_terms import host_term


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def action_view_ticket_rating(self):
        """Name the window in the user's language, which the host does not."""
        action = super().action_view_ticket_rating()
        return dict(action, name=host_term(self.env, action["name"], "sla_scoring"))

    def _send_ticket_rating_mail(self, force_send=False):
        """Queue the requests: the host would render and send them inside this write."""
        asked = self.filtered(
            lambda ticket: (
                ticket.rating_status == "stage_change"
                and ticket.partner_id.email
                and ticket.stage_id.rating_mail_template_id
            )
        )
        # As superuser: an outbox that nobody writes; who may move a ticket asks.
        self.env["score.rating.request"].sudo()._queue(asked, event_time(self.env))
