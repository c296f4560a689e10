from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS

#: What decides to which client a contact belongs.
TREE = {"parent_id", "is_company", "client_type"}


class ResPartner(models.Model):
    """The client that a contact or a company below it belongs to.

    For the host each company is an entity of its own. Here the client type's tree
    decides: a company below a client, with all its contacts, is that client's, unless it
    is a client itself.
    """

    _inherit = "res.partner"

    head_client_id = fields.Many2one(
        "res.partner",
        string="Company of client",
        compute="_compute_head_client_id",
        store=True,
        recursive=True,
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        groups=STAFF_GROUPS,
        help="The client above a company that is no client itself: its tier, promises "
        "and entitlements are those of that client.",
    )

    def _auto_init(self):
        # Nobody is a client yet: nothing is computed for each contact there is.
        if not column_exists(self.env.cr, self._table, "head_client_id"):
            create_column(self.env.cr, self._table, "head_client_id", "int4")
        return super()._auto_init()

    @api.depends(
        "client_type",
        "commercial_partner_id",
        "parent_id.client_type",
        "parent_id.commercial_partner_id.client_type",
        "parent_id.head_client_id",
    )
    def _compute_head_client_id(self):
        for partner in self:
            above = partner.parent_id._vip_client()
            belongs = above.client_type and not partner.client_type
            differs = above != partner.commercial_partner_id
            partner.head_client_id = above if belongs and differs else False

    def _vip_of_client(self):
        """Return the domain of the contacts that are of this client."""
        return [
            *("|", ("commercial_partner_id", "in", self.ids)),
            ("head_client_id", "in", self.ids),
        ]

    # Tickets of those who change client

    def _vip_moving(self, vals):
        """Return those of these contacts that ``vals`` may give another client."""
        names = vals.keys() & TREE
        # As superuser: what is known is only compared.
        return self.sudo().filtered(
            lambda p: any(
                p._fields[name].convert_to_write(p[name], p) != (vals[name] or False)
                for name in names
            )
        )

    def _vip_open_tickets(self):
        """Return {ticket: its client} of what is open of these contacts and those below."""
        if not self:
            return {}
        # As superuser: tickets follow the client, whoever moves the contact.
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        found = tickets.search(
            [("partner_id", "child_of", self.ids), ("stage_id.closed", "=", False)],
            order="id",
        )
        return {ticket: ticket.commercial_partner_id.id for ticket in found}

    @api.model
    def _vip_follow(self, clients):
        """Let open tickets follow their contacts to another client.

        :param clients: {ticket: id of its client} from before
        """
        moved = [
            ticket.id
            for ticket, client_id in clients.items()
            if ticket.commercial_partner_id.id != client_id
        ]
        # As superuser: as above.
        self.env["helpdesk.ticket"].sudo().browse(moved)._client_moved()

    def _vip_tree_changed(self):
        """Derive anew whose these contacts and those below are, after changes in SQL."""
        below = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        # As superuser: as above.
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        tickets = tickets.search([("partner_id", "in", below.ids)])
        for records, name in (
            (below, "commercial_partner_id"),
            (below, "head_client_id"),
            (tickets, "commercial_partner_id"),
        ):
            self.env.add_to_compute(records._fields[name], records)
        self.env.flush_all()
