from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from odoo.addons.vip_base.tools.times import event_time

from ...engine.alike import ALIKE, likeness

#: So many complaints of a client are compared.
COMPARED = 50


class VipComplaint(models.Model):
    """Repeats of one client and one matter are found while one types, and linked."""

    _inherit = "vip.complaint"

    repeat_of_id = fields.Many2one(
        "vip.complaint",
        string="Repeats",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('partner_id', '=', partner_id), ('id', '!=', id)]",
    )
    alike_ids = fields.Many2many(
        "vip.complaint", string="Perhaps the same", compute="_compute_alike_ids"
    )

    @api.depends("name", "about_id", "ticket_id")
    def _compute_alike_ids(self):
        for complaint in self:
            complaint.alike_ids = complaint._alike()

    def _of_client_lately(self):
        """Return the other complaints of the client in the last twelve months."""
        ticket = self.ticket_id or self.about_id
        client = ticket.commercial_partner_id
        if not client:
            return self.browse()
        since = event_time(self.env) - relativedelta(months=12)
        return self.search(
            [
                ("partner_id", "=", client.id),
                ("filed_at", ">=", since),
                ("id", "not in", self._origin.ids),
            ],
            limit=COMPARED,
        )

    def _alike(self):
        """Return complaints of the client that are about something alike, best first."""
        found = {
            other: likeness(self.name, other.name) for other in self._of_client_lately()
        }
        alike = [other for other, share in found.items() if share >= ALIKE]
        alike.sort(key=lambda other: -found[other])
        return self.browse(other.id for other in alike)
