from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController


class TicketClose(HelpdeskTicketController):
    @route()
    def support_ticket_close(self, **kw):
        """Close a ticket from the portal, if the user may see it.

        The host does not ask who is closing, and closing would stop the clocks as kept.
        """
        try:
            ticket_id, stage_id = int(kw["ticket_id"]), int(kw["stage_id"])
        except (KeyError, ValueError):
            raise NotFound() from None
        ticket = request.env["helpdesk.ticket"].browse(ticket_id).exists()
        stage = request.env["helpdesk.ticket.stage"].browse(stage_id)
        try:
            ticket.check_access("read")
        except AccessError:
            raise NotFound() from None
        if not ticket:
            raise NotFound()
        # As superuser: which stages a team uses is not for the portal to read.
        if stage not in ticket.sudo().team_id._get_applicable_stages():
            return request.redirect(ticket.access_url)
        return super().support_ticket_close(ticket_id=ticket_id, stage_id=stage_id)
