from odoo import api, models

from odoo.addons.vip_service.tools.portal_card import PortalCard

#: So many open requests are on the client's home; the others are in the list.
MOST = 5


class ResPartner(models.Model):
    """What the client's home in the portal says of open requests: by when."""

    _inherit = "res.partner"

    @api.model
    def _portal_cards(self):
        return [
            *super()._portal_cards(),
            PortalCard(
                key="sla_promise",
                title=self.env._("Your requests, by promised time"),
                template="sla_promise.portal_card_requests",
                values=self._portal_requests,
                sequence=20,
            ),
        ]

    @api.model
    def _portal_requests(self):
        """Return the open requests that the current user may read, next due first."""
        # Read as the client; only the ids of the open stages are asked for it.
        stages = self.env["helpdesk.ticket.stage"]._open_ids()
        tickets = self.env["helpdesk.ticket"].search([("stage_id", "in", stages)])
        promises = tickets._client_promises()
        shown = []
        for ticket in tickets:
            foremost = ticket._client_foremost(promises[ticket.id])
            rank = foremost["rank"] if foremost else (True, ticket.opened_at)
            shown.append((rank, ticket, foremost))
        shown.sort(key=lambda one: (one[0], one[1].id))
        return bool(shown) and {
            "requests": [
                {
                    "name": ticket.name,
                    "number": ticket.number,
                    "link": f"/my/ticket/{ticket.id}",
                    "promise": foremost,
                }
                for _rank, ticket, foremost in shown[:MOST]
            ],
            "more": max(0, len(shown) - MOST),
        }
