from odoo import api, models

from ..tools.tokens import shade_colours, token


class VipDigest(models.AbstractModel):
    """One layout for what is told to our own people: in their language and zone.

    It fits a phone; programs that show text read the same rows in the same order.
    """

    _name = "vip.digest"
    _description = "Mail to Our Own People"

    @api.model
    def _reader(self, user):
        """Return this in the language and the zone of who reads it."""
        # As superuser: the zone of a company, which is no secret.
        zone = user.tz or user.company_id.sudo()._vip_zone()
        return self.with_context(lang=user.lang, tz=zone)

    @api.model
    def _tell(self, user, subject, groups, intro="", more="", url=""):
        """Tell a person, in the inbox or by e-mail as they prefer.

        :param groups: list of (title, list of ``tools.digest.Row``)
        :param intro: what stands above
        :param more: what stands below, such as how many are left out
        :param url: where ``more`` leads to
        """
        reader = self._reader(user)
        body = reader.env["ir.qweb"]._render(
            "vip_base.digest",
            {
                "company": user.company_id.name,
                "subject": subject,
                "intro": intro,
                "groups": [group for group in groups if group[1]],
                "more": more,
                "url": url,
                "token": token,
                "shade": shade_colours,
            },
            lang=user.lang,
        )
        reader.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=body,
            force_send=False,
            # The layout says all there is; nobody signs for a program.
            email_layout_xmlid="vip_base.digest_frame",
            email_add_signature=False,
        )
