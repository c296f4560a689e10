from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import CONTEXT_KEY, event_time


class ResPartner(models.Model):
    """How many requests of a client are late now, for lists of clients."""

    _inherit = "res.partner"

    vip_late_count = fields.Integer(
        string="Late",
        compute="_compute_vip_late_count",
        search="_search_vip_late_count",
        groups=STAFF_GROUPS,
        help="Requests that are late now, of those that you may see.",
    )

    @api.depends_context("uid", CONTEXT_KEY)
    def _compute_vip_late_count(self):
        of_these = Domain("commercial_partner_id", "in", self._origin.ids)
        counts = {client.id: count for client, count in self._vip_late(of_these)}
        for partner in self:
            partner.vip_late_count = counts.get(partner._origin.id, 0)

    @api.model
    def _search_vip_late_count(self, operator, value):
        """Search for clients with requests that are late now."""
        if operator != ">" or value != 0:
            return NotImplemented
        clients = [client.id for client, _count in self._vip_late(Domain.TRUE)]
        return Domain("id", "in", clients)

    @api.model
    def _vip_late(self, domain):
        late = Domain("sla_due_at", "<", event_time(self.env))
        return self.env["helpdesk.ticket"]._read_group(
            domain & late, ["commercial_partner_id"], ["__count"]
        )
