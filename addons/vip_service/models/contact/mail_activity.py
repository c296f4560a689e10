from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.groups import AGENT_GROUP
from odoo.addons.vip_base.tools.times import event_time

from .noting import CONTACTS

#: In the context: the contact is written down by who fulfils what was planned.
WRITTEN_DOWN = "vip_contact_written_down"
#: What is planned with a client, and the host's kind of activity for it.
PLANNED = {
    "call": "mail.mail_activity_data_call",
    "visit": "mail.mail_activity_data_meeting",
    "message": "mail.mail_activity_data_email",
}


class MailActivity(models.Model):
    """Contacts that are planned with clients: the host's activities on their page."""

    _inherit = "mail.activity"

    @api.model
    def _vip_planned_types(self):
        """Return {kind of contact: id of the host's type}, of those there still are."""
        known = self.env["ir.model.data"]
        found = {
            kind: known._xmlid_to_res_id(xmlid, raise_if_not_found=False)
            for kind, xmlid in PLANNED.items()
        }
        return {kind: type_id for kind, type_id in found.items() if type_id}

    @api.model
    def _vip_planned_domain(self):
        """Return the domain of planned contacts with clients and their contacts."""
        return Domain("res_model", "=", "res.partner") & (
            Domain("activity_type_id", "in", list(self._vip_planned_types().values()))
            | Domain("activity_type_id.category", "in", CONTACTS)
        )

    def _vip_planned_kind(self):
        """Return the kind of contact that this activity plans, None if it plans none."""
        kinds = {type_id: kind for kind, type_id in self._vip_planned_types().items()}
        kind = kinds.get(self.activity_type_id.id)
        if not kind and self.activity_type_id.category in CONTACTS:
            kind = "call" if self.activity_type_id.category == "phonecall" else "visit"
        return kind

    def _action_done(self, feedback=False, attachment_ids=None):
        """Write down the contacts with clients that were planned and have taken place.

        A planned message is none: what was written says so itself.
        """
        fulfilled = []
        if not self.env.context.get(WRITTEN_DOWN):
            fulfilled = [found for one in self if (found := one._vip_fulfilled())]
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        contacts, now = self.env["vip.contact"], event_time(self.env)
        for client, kind in fulfilled:
            contacts._log_without_ticket(client, kind, now, feedback or "", now)
        return result

    def _vip_fulfilled(self):
        """Return (client, kind) of the contact that this was, None if it was none."""
        kind = self.res_model == "res.partner" and self._vip_planned_kind()
        if kind not in ("call", "visit") or not self.env.user.has_group(AGENT_GROUP):
            return None
        # As superuser: what makes a client of the partner, whoever was to call it.
        partner = self.env["res.partner"].sudo().browse(self.res_id).exists()
        client = partner._vip_client()
        if not client.client_type or self.env.user.partner_id in partner | client:
            return None
        return client, kind
