from odoo import models
from odoo.exceptions import AccessError

from odoo.addons.vip_base.tools.groups import ADVISER_GROUP, MANAGER_GROUP


class ResPartner(models.Model):
    """Who serves a client: writes on its page and plans contacts with it."""

    _inherit = "res.partner"

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Let the adviser of a client write on its page, which needs no write access."""
        needed = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation == "create" and self.env.user.has_group(ADVISER_GROUP):
            needed.update(dict.fromkeys(self._vip_served(), "read"))
        return needed

    def _vip_served(self):
        """Return those of these partners whom the present user serves.

        An adviser the own clients and their contacts, a service manager all clients.
        """
        user = self.env.user
        every = user.has_group(MANAGER_GROUP)
        if not every and not user.has_group(ADVISER_GROUP):
            return self.browse()
        return self.filtered(lambda partner: partner._vip_is_served_by(user, every))

    def _vip_is_served_by(self, user, every):
        client = self._vip_client()
        return bool(client.client_type) and (every or client.adviser_id == user)

    def _check_vip_served(self):
        """Raise AccessError unless the present user serves all of these clients."""
        self.check_access("read")
        if self - self._vip_served():
            raise AccessError(
                self.env._(
                    "Contacts are planned by the adviser of the client and by managers."
                )
            )

    # Buttons of lists

    def action_plan_contacts(self):
        """Ask for contacts with these clients: what, when and by whom."""
        return self._vip_ask("vip.contact.plan", self.env._("Plan contacts"))

    def action_log_contacts(self):
        """Ask for one contact with all of these clients, such as a meeting."""
        return self._vip_ask("vip.contact.log", self.env._("Log a contact"))

    def _vip_ask(self, wizard, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": wizard,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_ids": self.ids},
        }
