from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal


class ClientHome(CustomerPortal):
    """The client's home in the portal: own tier and entitlements."""

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        partner = request.env.user.partner_id
        response.qcontext["vip_client"] = partner._portal_client_card()
        return response
