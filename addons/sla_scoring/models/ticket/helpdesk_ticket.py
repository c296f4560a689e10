from odoo import models

from odoo.addons.vip_base.tools.host_terms import host_term
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.engine.answer_link import name_of
from odoo.addons.vip_service.models.answer.vip_question import ASKING
from odoo.addons.vip_service.tools.automatic import AUTOMATIC


class HelpdeskTicket(models.Model):
    """The stage's rating template asks the client: by our question, with our link."""

    _inherit = "helpdesk.ticket"

    def action_view_ticket_rating(self):
        """Name the window in the user's language, which the host does not."""
        action = super().action_view_ticket_rating()
        return dict(action, name=host_term(self.env, action["name"], "sla_scoring"))

    def _send_ticket_rating_mail(self, force_send=False):
        """Queue questions: the host would render and send its mails inside this write.

        The client of a single ticket that is closed is asked at once, as the host does,
        but through the mail queue. What is closed in bulk, or only solved and may be
        taken up again, waits for the job.
        """
        at = event_time(self.env)
        questions = self.env["vip.question"]
        asked = self._to_be_asked()
        if asked:
            templates = [ticket.stage_id.rating_mail_template_id for ticket in asked]
            queued = questions._queue(asked, templates, at)
        # As superuser: whether it is closed, of a ticket that the user writes.
        if len(self) != 1 or not self.sudo().stage_id.closed:
            return None
        if asked:
            return queued._ask(at)
        if self.partner_id.email or questions._is_history(at):
            return None
        # Nobody can be asked: the host leaves its note.
        ticket = self.with_context(**{AUTOMATIC: True})
        return super(HelpdeskTicket, ticket)._send_ticket_rating_mail(force_send=False)

    def _to_be_asked(self):
        """Return those of these tickets whose clients are asked about this closing."""
        asked = self.filtered(
            lambda ticket: (
                ticket.rating_status == "stage_change"
                and ticket.partner_id.email
                and ticket.stage_id.rating_mail_template_id
            )
        )
        return asked - self.env["vip.question"]._asked_about(asked) if asked else asked

    def _rating_get_access_token(self, partner=None):
        """Let the links of the mail that asks name the question, not a key of the host.

        The host's rating is made as always. Everybody who works here can read its key:
        it feeds nothing.
        """
        token = super()._rating_get_access_token(partner)
        asking = self.env.context.get(ASKING)
        return name_of(asking) if isinstance(asking, int) else token
