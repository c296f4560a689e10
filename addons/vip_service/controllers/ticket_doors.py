from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController

#: The ids that the database can have.
LARGEST = 2**31 - 1


def id_in(text):
    """Return the id that a request names.

    :raise NotFound: it is none that a record can have

    >>> id_in(" 7 ")
    7
    """
    try:
        number = int(text)
    except (TypeError, ValueError):
        raise NotFound() from None
    if not 0 < number <= LARGEST:
        raise NotFound()
    return number


def plain(text):
    """Return a text of a request without what no database keeps."""
    return text.replace("\x00", "") if isinstance(text, str) else None


class TicketDoors(HelpdeskTicketController):
    """What clients change through the portal: only by a form of theirs, only their own.

    For the host a link is enough, which a picture in a message can be.
    """

    @route(methods=["POST"])
    def support_ticket_close(self, **kw):
        """Close a ticket from the portal, if the user may see it.

        The host does not ask who is closing, and closing would stop the clocks as kept.
        """
        ticket_id, stage_id = id_in(kw.get("ticket_id")), id_in(kw.get("stage_id"))
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

    @route(methods=["POST"])
    def submit_ticket(self, **kw):
        """Open a ticket by the form; what the form cannot send leads back to it."""
        asked = {name: plain(kw.get(name)) for name in ("subject", "description")}
        try:
            chosen = {
                name: str(id_in(kw[name]))
                for name in ("category", "team")
                if kw.get(name)
            }
        except NotFound:
            return request.redirect("/new/ticket")
        category = request.env["helpdesk.ticket.category"]
        category = category.browse(int(chosen.get("category", 0)))
        if not (asked["subject"] or "").strip() or category != category.exists():
            return request.redirect("/new/ticket")
        return super().submit_ticket(**{**kw, "category": None, **asked, **chosen})
