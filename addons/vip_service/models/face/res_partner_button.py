from odoo import models

from odoo.addons.vip_base.tools.groups import ADVISER_GROUP, AGENT_GROUP


class ResPartner(models.Model):
    """What people do for a client on its page: buttons of the header."""

    _inherit = "res.partner"

    def _client_360_buttons(self):
        """Return what the present user may do for this client here; a door.

        An addon adds dicts of :meth:`_client_360_button`. Nothing is offered that is then
        refused. It costs no query more than the call of the page can spare.
        """
        self.ensure_one()
        return [
            *self._buttons_of_contacts(),
            *self._buttons_of_service(),
            *self._buttons_of_letters(),
        ]

    def _client_360_buttons_shown(self, known):
        """Return the buttons in order.

        :param known: of :meth:`_client_360_known`: who has a proposal gets no second one
        """
        if not self.client_type or not self.active:
            return []
        unfit = {"propose"} if known["proposed"] else set()
        buttons = [one for one in self._client_360_buttons() if one["key"] not in unfit]
        return sorted(buttons, key=lambda one: one["sequence"])

    def _client_360_button(self, key, text, icon, model, *, sequence, **more):
        """Return one button.

        :param key: unique among all addons
        :param icon: of the host's font
        :param model: whose form asks for the rest
        :param sequence: the first ones stand in the header, those from 50 on in a menu
        :param more: ``context`` of the form; ``stays``: it opens over the page (default),
            else instead of it; ``domain``: a list of rows of the model instead of a form
        """
        stays = more.get("stays", True)
        rows = "domain" in more
        action = {
            "type": "ir.actions.act_window",
            "name": text,
            "res_model": model,
            "views": [(False, "list"), (False, "form")] if rows else [(False, "form")],
            "target": "new" if stays and not rows else "current",
            "context": more.get("context") or {},
        }
        if rows:
            action["domain"] = more["domain"]
        return {
            "key": key,
            "text": text,
            "icon": icon,
            "sequence": sequence,
            "action": action,
        }

    def _buttons_of_contacts(self):
        if self.env.user.has_group(AGENT_GROUP):
            yield self._client_360_button(
                "log",
                self.env._("Log a contact"),
                "fa-phone",
                "vip.contact.log",
                sequence=10,
                context={"default_partner_id": self.id},
            )
        if self._vip_served():
            yield self._client_360_button(
                "plan",
                self.env._("Plan a contact"),
                "fa-calendar-o",
                "vip.contact.plan",
                sequence=20,
                context={"default_partner_ids": self.ids},
            )
            yield self._client_360_button(
                "write",
                self.env._("Write"),
                "fa-envelope-o",
                "mail.compose.message",
                sequence=30,
                context={
                    "default_model": self._name,
                    "default_res_ids": self.ids,
                    "default_composition_mode": "comment",
                    "default_partner_ids": self.ids,
                    "default_subtype_xmlid": "mail.mt_comment",
                },
            )
        yield self._client_360_button(
            "contacts",
            self.env._("Contacts with the client"),
            "fa-comments-o",
            "vip.contact",
            sequence=70,
            domain=[("partner_id", "=", self.id)],
        )

    def _buttons_of_service(self):
        if self.env["helpdesk.ticket"].has_access("create"):
            yield self._client_360_button(
                "request",
                self.env._("Open a request"),
                "fa-ticket",
                "helpdesk.ticket",
                sequence=50,
                stays=False,
                context={"default_partner_id": self.id},
            )
        if self._client_360_may_propose():
            yield self._client_360_button(
                "propose",
                self.env._("Propose another tier"),
                "fa-diamond",
                "vip.tier.change",
                sequence=60,
                context={
                    "default_partner_id": self.id,
                    "form_view_ref": "vip_service.vip_tier_change_view_form_propose",
                },
            )

    def _client_360_may_propose(self):
        """Tell whether the present user proposes tiers of this client."""
        return self.env.user.has_group(ADVISER_GROUP) and bool(self._vip_served())
