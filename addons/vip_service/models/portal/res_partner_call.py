import re

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, plaintext2html

from odoo.addons.vip_base.tools.reason import said

#: A number that somebody can dial: digits with what people write between them.
PHONE = re.compile(r"\+?[\d\s().\-/]{5,40}")
DIGITS = re.compile(r"\d")
FEWEST_DIGITS = 5
LONGEST = 1000
#: So many calls that were asked for are shown.
SHOWN = 3


class ResPartner(models.Model):
    """A client asks to be called: a request with a promise, held by its adviser."""

    _inherit = "res.partner"

    def _portal_call_item(self, at):
        """Return the service item of calls as :meth:`_portal_items` says, if in use."""
        item = self._portal_call_category()
        return self._portal_items(item, at)[0] if item else False

    def _portal_call_category(self):
        # As superuser: which item it is, for who asks for it.
        items = self.env["helpdesk.ticket.category"].sudo()
        item = self.env.ref("vip_service.category_call_back", raise_if_not_found=False)
        return item.sudo() if item and item.active else items

    def _portal_calls_asked(self, at):
        """Return what becomes of the calls that this person waits for, as texts."""
        tickets = self._portal_open_calls()[:SHOWN]
        told = tickets._client_told(at)
        return [{**told[ticket.id], "link": ticket.access_url} for ticket in tickets]

    def _portal_open_calls(self):
        """Return the tickets, as superuser, of calls this person asked for."""
        # As superuser: the person's own, for texts about them.
        tickets = self.env["helpdesk.ticket"].sudo()
        item = self._portal_call_category()
        if not item:
            return tickets
        own = Domain("partner_id", "=", self.id) & Domain("category_id", "=", item.id)
        return tickets.search(own & tickets._client_awaits(), order="id desc")

    def _portal_ask_for_call(self, phone, when="", about=""):
        """Return the request for a call of this person: the open one, or a new one.

        Two presses at the same time make one request: the later one is begun anew by the
        server, and then sees what the first made.

        :raise UserError: what is wrong with what was typed
        """
        self.ensure_one()
        phone, when, about = said(phone), said(when), said(about)
        item = self._portal_call_category()
        # As superuser: whose contact it is, and who advises it.
        client = self.sudo()._vip_client()
        if not item or not client.client_type:
            raise UserError(self.env._("Calls cannot be asked for here."))
        if not _is_phone(phone):
            raise UserError(
                self.env._("Please give a number that we can call: digits, at least 5.")
            )
        if len(when) > LONGEST or len(about) > LONGEST:
            raise UserError(self.env._("Please say it in at most %s letters.", LONGEST))
        self._portal_take_turn()
        asked = self._portal_open_calls()[:1]
        if asked:
            return asked
        lines = [
            self.env._("Phone: %s", phone),
            when and self.env._("When: %s", when),
            about and self.env._("About: %s", about),
        ]
        return self._portal_open_call(client, item, "\n".join(filter(None, lines)))

    def _portal_open_call(self, client, item, text):
        # As superuser: the portal makes no tickets but by our pages.
        tickets = self.env["helpdesk.ticket"].sudo()
        channel = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web", False)
        ticket = tickets.create(
            {
                "name": self.env._("Please call me back"),
                "description": plaintext2html(text),
                "company_id": self.env.company.id,
                "category_id": item.id,
                "channel_id": channel.id if channel else False,
                "partner_id": self.id,
                "partner_name": self.name,
                "partner_email": self.email,
                "user_id": False,
                "stage_id": self.env["helpdesk.ticket.team"]
                .sudo()
                ._get_applicable_stages()[:1]
                .id,
            }
        )
        ticket.message_subscribe(partner_ids=self.ids)
        adviser = client.adviser_id.filtered("active")
        if adviser and ticket._may_hold(adviser) and not adviser._portal_is_away():
            ticket.user_id = adviser
        return ticket

    def _portal_take_turn(self):
        """Let two requests of this person at the same time collide."""
        self.env.cr.execute(
            SQL("UPDATE res_partner SET color = color WHERE id = %s", self.id)
        )


def _is_phone(text):
    """Tell whether a text is a number that somebody can dial.

    >>> _is_phone("+86 138-0013 8000"), _is_phone("call me"), _is_phone("12")
    (True, False, False)
    """
    return bool(PHONE.fullmatch(text)) and len(DIGITS.findall(text)) >= FEWEST_DIGITS
