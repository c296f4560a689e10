import re

from markupsafe import Markup

from odoo import models

from odoo.addons.mail.tools.discuss import Store

#: A note about a decision names the change and the kind of note: see `_decision_note`.
NOTE = re.compile(
    r'<span[^>]*data-oe-model="vip\.tier\.change"[^>]*>[^<]*</span>', re.DOTALL
)
ID = re.compile(r'data-oe-id="(\d+)"')
KIND = re.compile(r'data-oe-field="(\w+)"')


class MailMessage(models.Model):
    """Notes about decisions are read in the reader's language, whoever decided."""

    _inherit = "mail.message"

    def _to_store_defaults(self, target):
        return [
            Store.Attr("body", value=lambda message: message._body_for_reader())
            if name == "body"
            else name
            for name in super()._to_store_defaults(target)
        ]

    def _body_for_reader(self):
        """Return the body; a note of ours about this very record is said again."""
        is_note = self.message_type == "notification" and NOTE.search(self.body or "")
        return Markup(NOTE.sub(self._said_again, self.body)) if is_note else self.body

    def _said_again(self, found):
        number, kind = ID.search(found[0]), KIND.search(found[0])
        if not number or not kind:
            return found[0]
        # As superuser: the note was written for whoever reads the message.
        change = self.env["vip.tier.change"].sudo().browse(int(number[1])).exists()
        about = (change._name, change.id), ("res.partner", change.partner_id.id)
        if not change or (self.model, self.res_id) not in about:
            return found[0]
        return str(change._decision_note(kind[1]))
