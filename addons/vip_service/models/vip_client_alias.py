from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.vip_base.tools import past_rows
from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.times import event_time

#: What an alias says; what it said before is kept.
SAID = ("number", "company_id", "partner_id", "recorded_at")


class VipClientAlias(models.Model):
    """A further number of a client: that of one that was merged into it.

    Files and programs go on naming it, and what they book under it adds to what they
    book under the client's own number. Written by merges only.
    """

    _name = "vip.client.alias"
    _description = "Further Client Number"
    _log_access = False
    _order = "number, id"
    _rec_name = "number"

    number = fields.Char(
        string="Client number",
        readonly=True,
        help="Empty: the merged client had figures but no number.",
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        ondelete="restrict",
        help="In which company the number is known; empty: in all.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    recorded_at = fields.Datetime(
        string="Recorded at", required=True, readonly=True, help="When it was merged."
    )
    recorded_by_id = fields.Many2one(
        "res.users", string="Recorded by", readonly=True, ondelete="restrict"
    )

    _number_unique = models.UniqueIndex(
        "(number, COALESCE(company_id, 0)) WHERE number IS NOT NULL",
        "This number is already a further number of a client.",
    )

    def init(self):
        """Make the database keep whose number it was before."""
        past_rows.keep(self.env.cr, self._table, SAID)

    @api.model
    def _take_over(self, sources, client):
        """Let the numbers of ``sources`` and their figures go on as those of ``client``.

        The figures of different numbers add, each month by month. A client without a
        number takes over the first one as its own.

        :return: ``{partner: its alias}`` of those whose number is not the client's own
        """
        self._move(sources, client)
        own = next((p for p in (client | sources) if p.client_number), client)
        facts = self.env["vip.activity"]
        with_facts = facts._clients_with_facts(client | sources)
        aliases = {}
        for partner in (client | sources) - own:
            if partner.client_number or partner in with_facts:
                aliases[partner] = self._create_for(partner, client)
        for partner in client | sources:
            facts._move(partner, client, aliases.get(partner, self))
        return aliases

    @api.model
    def _create_for(self, partner, client):
        return self.create(
            {
                "number": partner.client_number,
                "company_id": partner.company_id.id,
                "partner_id": client.id,
                "recorded_at": event_time(self.env),
                "recorded_by_id": self.env.uid,
            }
        )

    @api.model
    def _move(self, sources, client):
        """Let the further numbers of merged clients be those of ``client``."""
        known = {"partner_id": client.id, "recorded_at": event_time(self.env)}
        self.search([("partner_id", "in", sources.ids)]).write(known)


class ResPartner(models.Model):
    """Numbers that a client goes by beside its own."""

    _inherit = "res.partner"

    client_alias_ids = fields.One2many(
        "vip.client.alias",
        "partner_id",
        string="Further client numbers",
        readonly=True,
        groups=STAFF_GROUPS,
        help="Of clients that were merged into this one: files that name them book here.",
    )

    @api.constrains("client_number", "company_id")
    def _check_number_is_no_alias(self):
        """Keep a number that still leads to a client from being given to another one."""
        # As superuser: that a number is taken is no secret of who gives numbers.
        numbered = self.sudo().filtered("client_number")
        given = {(p.client_number, p.company_id) for p in numbered}
        domain = [("number", "in", numbered.mapped("client_number"))]
        # As superuser: as above.
        for alias in self.env["vip.client.alias"].sudo().search(domain):
            if (alias.number, alias.company_id) in given:
                raise ValidationError(
                    self.env._(
                        "The number %(number)s leads to “%(client)s”, into which its "
                        "client was merged.",
                        number=alias.number,
                        client=alias.partner_id.display_name,
                    )
                )
