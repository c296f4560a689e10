from datetime import timedelta
from os import SEEK_END

from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError
from odoo.http import request, route
from odoo.tools import html2plaintext, human_size, plaintext2html

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.vip_base.tools.times import event_time

#: The ids that the database can have.
LARGEST = 2**31 - 1
#: What the form of a new request sends beside files.
ASKED = ("subject", "description", "category", "team")
LONGEST_TITLE = 200
LONGEST_TEXT = 20000
#: The same form again within this time is the same request.
AGAIN = timedelta(minutes=2)


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


def _twice_the_usual(_controller):
    return 2 * request.httprequest.max_content_length


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

    def _get_categories(self, **kw):
        """Offer what the portal shows of the company of who asks."""
        return request.env.user.partner_id._portal_categories()

    def _get_create_new_ticket_values(self, **kw):
        """Say what is promised for each service item before anything is sent."""
        values = super()._get_create_new_ticket_values(**kw)
        partner = request.env.user.partner_id
        at = event_time(request.env)
        return {
            **values,
            "vip_items": partner._portal_items(values["categories"], at),
            "vip_asked": {"category": plain(kw.get("item"))},
            "vip_wrong": [],
        }

    # What is a little too large is read, so that it can be named.
    @route(methods=["POST"], max_content_length=_twice_the_usual)
    def submit_ticket(self, **kw):
        """Open a request by the form, once; what is wrong with it is said in the form."""
        asked = {name: (plain(kw.get(name)) or "").strip() for name in ASKED}
        values = self._get_create_new_ticket_values(**kw)
        wrong = list(self._wrong_with(asked, values))
        if wrong:
            page = {**values, "vip_asked": asked, "vip_wrong": wrong}
            response = request.render("helpdesk_mgmt.portal_create_ticket", page)
            response.status_code = 422
            return response
        sent = self._sent_already(asked)
        if sent:
            return request.redirect(sent.access_url)
        # Ids only: the host makes numbers of them.
        chosen = {name: asked[name] for name in ("category", "team") if asked[name]}
        return super().submit_ticket(**{**kw, "category": None, **asked, **chosen})

    def _wrong_with(self, asked, values):
        """Yield what is wrong with what a client sends, in words for people."""
        env = request.env
        if not asked["subject"]:
            yield env._("Please say in a few words what it is about.")
        if len(asked["subject"]) > LONGEST_TITLE:
            yield env._("Please say it shorter: at most %s letters.", LONGEST_TITLE)
        if not asked["description"]:
            yield env._("Please describe what you would like us to do.")
        if len(asked["description"]) > LONGEST_TEXT:
            yield env._(
                "The description is too long: at most %s letters.", LONGEST_TEXT
            )
        if self._is_wrong_choice(
            asked["category"],
            values["categories"],
            values["ticket_category_id_required"],
        ):
            yield env._("Please choose one of the services below.")
        if self._is_wrong_choice(
            asked["team"], values["teams"], values["ticket_team_id_required"]
        ):
            yield env._("Please choose one of the teams below.")
        most = values["max_upload_size"]
        for file in request.httprequest.files.getlist("attachment"):
            size = file.seek(0, SEEK_END)
            file.seek(0)
            if size > most:
                yield env._(
                    "“%(file)s” is too large: at most %(most)s.",
                    file=file.filename,
                    most=human_size(most),
                )

    def _is_wrong_choice(self, text, offered, required):
        """Tell whether a choice is none of what the client was offered."""
        if not text:
            return bool(offered) and required
        return text not in {str(one.id) for one in offered or ()}

    def _sent_already(self, asked):
        """Return the request, as superuser, that the very same form has just made.

        Of two presses at the same time the server begins the later one anew.
        """
        partner = request.env.user.partner_id
        partner._portal_take_turn()
        # As superuser: the person's own, to lead to it.
        tickets = request.env["helpdesk.ticket"].sudo()
        since = event_time(request.env) - AGAIN
        found = tickets.search(
            [
                ("partner_id", "=", partner.id),
                ("name", "=", asked["subject"]),
                ("category_id", "=", int(asked["category"] or 0) or False),
                ("opened_at", ">=", since),
            ],
            order="id desc",
            limit=1,
        )
        text = html2plaintext(plaintext2html(asked["description"]))
        return found if html2plaintext(found.description or "") == text else tickets
