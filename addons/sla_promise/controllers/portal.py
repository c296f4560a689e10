from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class ClientPromises(CustomerPortalHelpdesk):
    """The client's tickets with what was promised on them."""

    @route()
    def portal_my_tickets(self, page=1, **kw):
        response = super().portal_my_tickets(page=page, **kw)
        if "grouped_tickets" in getattr(response, "qcontext", {}):
            tickets = request.env["helpdesk.ticket"].concat(
                *response.qcontext["grouped_tickets"]
            )
            response.qcontext["sla_promises"] = {
                ticket_id: tickets._client_foremost(promises)
                for ticket_id, promises in tickets._client_promises().items()
            }
        return response

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        # As superuser, as the host, which has let them in: the zone is still the reader's.
        told = ticket.with_user(request.env.user).sudo()
        values["sla_promises"] = told._client_promises()[ticket.id]
        values["sla_zone"] = told._client_zone()
        return values
