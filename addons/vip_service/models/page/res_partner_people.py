from odoo import models

from odoo.addons.vip_base.tools.groups import AGENT_GROUP

#: So many persons of a client are shown.
SHOWN = 8


class ResPartner(models.Model):
    """The section of the client's page with the persons whom one speaks to."""

    _inherit = "res.partner"

    def _client_360_people(self):
        """The contacts of the client and of the companies below it, in order."""
        people = self.search_fetch(
            [*self._vip_of_client(), ("id", "!=", self.id), ("is_company", "=", False)],
            ["name", "function", "phone", "email", "type"],
            limit=SHOWN + 1,
        )
        # An auditor has no reason to call the client.
        reachable = self.env.user.has_group(AGENT_GROUP)
        return {
            "items": [
                {
                    "id": person.id,
                    "name": person.name or "",
                    "function": person.function or False,
                    "phone": person.phone if reachable else False,
                    "email": person.email if reachable else False,
                }
                for person in people[:SHOWN]
            ],
            "more": len(people) > SHOWN,
        }
