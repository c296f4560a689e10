from odoo import models

from odoo.addons.vip_base.tools.times import event_time

#: So many service items stand on the home; the page of new requests has all.
SHOWN = 6


class ResPartner(models.Model):
    """What a client can ask for, and what is promised for it before it is sent."""

    _inherit = "res.partner"

    def _portal_items_card(self):
        """Return the first service items that this person can choose."""
        self.ensure_one()
        # As superuser: whether it is a client's.
        if not self.sudo()._vip_client().client_type:
            return False
        items = self._portal_categories()
        shown = self._portal_items(items[:SHOWN], event_time(self.env))
        return {
            "note": self.env._("what we promise you, before you send"),
            "items": shown,
            "more": len(items) > SHOWN,
        }

    def _portal_categories(self):
        """Return the service items that the portal offers in the present company."""
        company = self.env.company
        # As superuser: whether the company lets its clients choose.
        if not company.sudo().helpdesk_mgmt_portal_select_category:
            return self.env["helpdesk.ticket.category"]
        return self.env["helpdesk.ticket.category"].search(
            [
                ("active", "=", True),
                ("show_in_portal", "=", True),
                ("company_id", "in", (False, company.id)),
            ]
        )

    def _portal_items(self, categories, at):
        """Return these service items for this person, as dicts of texts; a door.

        ``id``, ``name``; an addon adds ``promise`` (how long it takes) and ``by`` (when
        that is, if it is sent now).

        :param at: naive UTC
        """
        return [
            {"id": item.id, "name": item.complete_name, "promise": "", "by": ""}
            for item in categories
        ]
