from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.vip_base.tools.host_terms import host_term


class ClientPortal(CustomerPortalHelpdesk):
    """The client's list of tickets: its bar in the client's language."""

    def _ticket_get_searchbar_sortings(self):
        return self._in_own_language(super()._ticket_get_searchbar_sortings())

    def _ticket_get_searchbar_groupby(self):
        return self._in_own_language(super()._ticket_get_searchbar_groupby())

    def _ticket_get_searchbar_inputs(self):
        return self._in_own_language(super()._ticket_get_searchbar_inputs())

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Show who was asked what it answered, or where to answer."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        partner = request.env.user.partner_id
        return {**values, "vip_answer": partner._portal_answer(ticket.id)}

    def _in_own_language(self, choices):
        return {
            key: dict(
                choice, label=host_term(request.env, choice["label"], "vip_service")
            )
            for key, choice in choices.items()
        }


class ClientHome(CustomerPortal):
    """The client's home in the portal: own tier and entitlements."""

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        partner = request.env.user.partner_id
        response.qcontext["vip_client"] = partner._portal_client_card()
        return response
