from odoo import models

from odoo.addons.vip_base.tools.times import event_time


class ResPartner(models.Model):
    """Who serves a client and how to reach them: a card on its home."""

    _inherit = "res.partner"

    def _portal_adviser_card(self):
        """Return the client's adviser, and the call that was asked for if there is one.

        Who has no adviser is told how to reach the company.
        """
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        client = self.sudo()._vip_client()
        if not client.client_type:
            return False
        adviser = client.adviser_id.filtered("active")
        at = event_time(self.env)
        company = self.env.company.sudo()
        face = adviser._portal_face(at) if adviser else False
        asked = self._portal_calls_asked(at)
        return {
            "title": not adviser and self.env._("Our service"),
            "adviser": face,
            "company": {
                "name": company.name,
                "phone": company.phone,
                "email": company.email,
            },
            "phone": self.phone or client.phone or "",
            "asked": asked,
            "item": not asked and self._portal_call_item(at),
        }
