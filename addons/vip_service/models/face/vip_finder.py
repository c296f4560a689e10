from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.finding import MOST, Place, digits
from odoo.addons.vip_base.tools.groups import AGENT_GROUP

#: Fewer digits than that are no phone number yet.
PHONE = 4
#: Of at most so many clients that are found the first key point is told.
POINTED = 3


class VipFinder(models.AbstractModel):
    """Clients by name, number and phone, tickets by number."""

    _inherit = "vip.finder"

    @api.model
    def _places(self):
        return [
            *super()._places(),
            Place(
                kind="client",
                model="res.partner",
                action="vip_service.client_action",
                find=self._find_clients,
                tell=self._tell_client,
            ),
            Place(
                kind="ticket",
                model="helpdesk.ticket",
                action=self.env["vip.home"]._requests_window(),
                find=self._find_tickets,
                tell=self._tell_ticket,
            ),
        ]

    @api.model
    def _find_clients(self, text):
        """Return clients, and contacts of clients, that a text names."""
        partners = self.env["res.partner"]
        if not partners._has_field_access(partners._fields["client_number"], "read"):
            return partners
        of_clients = Domain("client_type", "!=", False) | Domain(
            "commercial_partner_id.client_type", "!=", False
        )
        named = Domain.OR(
            [
                Domain("complete_name", "ilike", text),
                Domain("client_number", "=ilike", f"{text}%"),
                Domain("client_alias_ids.number", "=ilike", f"{text}%"),
            ]
        )
        found = partners.search(of_clients & named, limit=MOST)
        return found | self._find_by_phone(of_clients, text)

    @api.model
    def _find_by_phone(self, domain, text):
        """Return whose phone number it may be, for who may see phone numbers."""
        partners, number = self.env["res.partner"], digits(text)
        reachable = self.env.user.has_group(AGENT_GROUP)
        if len(number) < PHONE or not reachable:
            return partners
        # However it is written: digits in this order, whatever stands between them.
        pattern = f"%{'%'.join(number)}%"
        found = partners.search(domain & Domain("phone", "like", pattern), limit=100)
        return found.filtered(lambda one: number in digits(one.phone))[:MOST]

    @api.model
    def _tell_client(self, partner):
        client = partner._vip_client()
        number = client.client_number or ""
        # As superuser: the tier of a client that the user may read.
        tier = client.sudo().vip_tier_id.name or ""
        whose = client.name if client != partner else ""
        point = self._first_key_point(partner, client)
        note = " · ".join(filter(None, (whose, number, tier, point)))
        return partner.name or "", note, client.id

    @api.model
    def _first_key_point(self, partner, client):
        """Return the most pressing key point, where few are found: each is looked up."""
        if len(list(partner._prefetch_ids)) > POINTED or not client.client_type:
            return ""
        client = client.sudo(self.env.su)
        if not client.has_access("read"):
            return ""
        points = client._key_points_now()
        return points[0]["text"] if points else ""

    @api.model
    def _find_tickets(self, text):
        if not digits(text):
            return self.env["helpdesk.ticket"]
        return self.env["helpdesk.ticket"].search(
            [("number", "ilike", text)], order="id desc", limit=MOST
        )

    @api.model
    def _tell_ticket(self, ticket):
        # As superuser: the name of the client of a ticket that the user may read.
        client = ticket.sudo().partner_id.name or ""
        note = " · ".join(filter(None, (ticket.name, client)))
        return ticket.number, note, ticket.id
