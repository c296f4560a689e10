from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.tokens import shade_colours, token


class ResPartner(models.Model):
    """Letters to a client: who makes them, and what stands on each."""

    _inherit = "res.partner"

    def action_letters(self):
        """Ask which letter is to be made for these clients."""
        return self._vip_ask("vip.letter", self.env._("Letters"))

    def _buttons_of_letters(self):
        if self._vip_served():
            yield self._client_360_button(
                "letters",
                self.env._("Letters"),
                "fa-file-text-o",
                "vip.letter",
                sequence=80,
                context={"default_partner_ids": self.ids},
            )

    @api.model
    def _letter_tools(self):
        """Return what every letter is drawn with."""
        return {"colour": token, "shade_colours": shade_colours}

    def _letter_lang(self):
        """Return the language of letters to this client, one that is installed."""
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        return self.lang if self.lang in installed else self.env.lang

    def _letter_head(self):
        """Return from whom and to whom a letter is, in the client's language."""
        company = self.company_id or self.env.company
        # As superuser: the company and the adviser as every letter names them.
        company, adviser = company.sudo(), self.sudo().adviser_id
        tier = self.vip_tier_id
        return {
            "lang": self.env.lang,
            "company": company,
            "logo": not company.uses_default_logo and company.logo,
            "client": self,
            "address": [
                line.strip()
                for line in self._display_address(without_company=True).splitlines()
                if line.strip()
            ],
            "number": self.client_number or "",
            "adviser": adviser.name or "",
            "today": self.env.company._vip_local_date(event_time(self.env)),
            "tier": tier.name,
            "shade": tier.shade,
            "since": self.vip_tier_since,
        }

    def _letter_certificate(self):
        """Return the certificate of the tier that this client has today."""
        client = self.with_context(lang=self._letter_lang())
        head = client._letter_head()
        # As superuser: of rights that the client has, names only.
        return {**head, "rights": client.sudo()._portal_entitlements()}
