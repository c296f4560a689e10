from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.vip_base.tools.host_terms import host_term

from .ticket_doors import LARGEST, plain

#: In the session: what was typed to ask for a call, and what is wrong with it.
CALL = "vip_call"


class ClientPortal(CustomerPortalHelpdesk):
    """The client's list of tickets: its bar in the client's language."""

    @route()
    def portal_my_tickets(self, **kw):
        """List the tickets; what the page cannot have asked for is left out."""
        asked = {
            name: plain(kw.pop(name, None))
            for name in ("sortby", "filterby", "search", "search_in", "groupby")
        }
        known = {
            "sortby": self._ticket_get_searchbar_sortings(),
            "groupby": self._ticket_get_searchbar_groupby(),
            "search_in": self._ticket_get_searchbar_inputs(),
        }
        for name, choices in known.items():
            if asked[name] not in choices:
                asked[name] = None
        for name in "date_begin", "date_end":
            asked[name] = self._day_in(kw.pop(name, None))
        return super().portal_my_tickets(**kw, **asked)

    def _day_in(self, text):
        try:
            return fields.Datetime.to_datetime(plain(text)) and text
        except ValueError:
            return None

    @route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        """Show a ticket; an id or a key that no ticket has leads home."""
        if not 0 < ticket_id <= LARGEST:
            return request.redirect("/my")
        if access_token and not access_token.isascii():
            access_token = None
        return super().portal_my_ticket(ticket_id, access_token, **kw)

    def _ticket_get_searchbar_sortings(self):
        return self._in_own_language(super()._ticket_get_searchbar_sortings())

    def _ticket_get_searchbar_groupby(self):
        return self._in_own_language(super()._ticket_get_searchbar_groupby())

    def _ticket_get_searchbar_inputs(self):
        return self._in_own_language(super()._ticket_get_searchbar_inputs())

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        """Show who was asked what it answered, or where to answer; and who sees to it."""
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        partner = request.env.user.partner_id
        return {
            **values,
            "vip_answer": partner._portal_answer(ticket.id),
            "vip_contact": ticket._client_contact(),
        }

    def _in_own_language(self, choices):
        return {
            key: dict(
                choice, label=host_term(request.env, choice["label"], "vip_service")
            )
            for key, choice in choices.items()
        }


class ClientHome(CustomerPortal):
    """The client's home in the portal: a card of each addon."""

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        partner = request.env.user.partner_id
        response.qcontext["vip_head"] = partner._portal_head()
        response.qcontext["vip_cards"] = partner._portal_home()
        response.qcontext["vip_call"] = request.session.pop(CALL, None) or {}
        return response

    @route("/my/call-back", type="http", auth="user", methods=["POST"], website=True)
    def ask_for_call(self, phone="", when="", about="", **kw):
        """Let a client ask to be called, and show at home what becomes of it."""
        typed = {"phone": plain(phone), "when": plain(when), "about": plain(about)}
        try:
            request.env.user.partner_id._portal_ask_for_call(**typed)
        except UserError as error:
            request.session[CALL] = {"wrong": str(error), **typed}
        return request.redirect("/my#vip_card_adviser")
