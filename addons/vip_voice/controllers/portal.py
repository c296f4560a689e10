from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.vip_service.controllers.ticket_doors import LARGEST, plain


class VoicePortal(CustomerPortal):
    """Where a client says what was wrong, and sees what becomes of it."""

    @route("/my/complaint", type="http", auth="user", methods=["GET"], website=True)
    def portal_complain(self, ticket=None, **kw):
        """Return the form by which a complaint is filed."""
        partner = request.env.user.partner_id
        if not partner._portal_may_complain():
            return request.redirect("/my")
        return self._complaint_form(partner, ticket=plain(ticket))

    @route("/my/complaint", type="http", auth="user", methods=["POST"], website=True)
    def portal_complaint_file(self, ticket=None, reason=None, remedy=None, **kw):
        """File what the client says; without words nothing is filed."""
        partner = request.env.user.partner_id
        if not partner._portal_may_complain():
            return request.redirect("/my")
        ticket, reason = plain(ticket) or "", plain(reason) or ""
        remedy = plain(remedy) or ""
        if not reason.strip():
            return self._complaint_form(
                partner, ticket=ticket, remedy=remedy, again=True
            )
        ticket_id = int(ticket) if ticket.isdecimal() else None
        complaint = partner._portal_complain(ticket_id, reason, remedy)
        return request.redirect(f"/my/complaint/{complaint.id}")

    @route(
        "/my/complaint/<int:complaint_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_complaint(self, complaint_id, **kw):
        """Show a complaint to who has filed it; any other leads home."""
        partner = request.env.user.partner_id
        if not 0 < complaint_id <= LARGEST:
            return request.redirect("/my")
        complaint = partner._portal_complaint_of(complaint_id)
        if not complaint:
            return request.redirect("/my")
        return request.render(
            "vip_voice.portal_complaint_page",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "vip_complaint",
                "complaint": partner._portal_complaint_page(complaint),
            },
        )

    def _complaint_form(self, partner, **values):
        return request.render(
            "vip_voice.portal_complaint_form",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "vip_complaint",
                "requests": partner._portal_requests_to_choose(),
                **values,
            },
        )
