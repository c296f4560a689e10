from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.models.figure.vip_occurrence import Dimension

from ..res_partner import client_of, tiers


class VipOccurrence(models.AbstractModel):
    """What service is told apart by: team, unit, client, tier, item, channel, ticket.

    As of then, as far as a row of ours kept it.
    """

    _inherit = "vip.occurrence"

    @api.model
    def _known_dimensions(self):
        def unit_path(env):
            return env["vip.unit"]._path_at(SQL("o.team_id"), SQL("o.at"))

        return {
            **super()._known_dimensions(),
            "team_id": Dimension("helpdesk.ticket.team", is_kept=True),
            "unit_id": Dimension("vip.unit", unit_path, ("team_id",), is_kept=True),
            "partner_id": Dimension("res.partner"),
            "tier_id": Dimension("vip.tier"),
            "category_id": Dimension("helpdesk.ticket.category"),
            "channel_id": Dimension("helpdesk.ticket.channel"),
            "ticket_id": Dimension("helpdesk.ticket"),
        }

    # What a row does not keep itself is looked up, and only where it is asked for: a
    # column that nobody reads costs nothing.

    @api.model
    def _client(self, partner):
        """Return the SQL of the client of a partner, given as the SQL of its id."""
        return SQL(
            "(SELECT %s FROM res_partner p WHERE p.id = %s)", client_of("p"), partner
        )

    @api.model
    def _tier(self, partner, company, at):
        """Return the SQL of the tier that a partner's client had on the day of ``at``."""
        day = SQL(
            "((%s) AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", at, company._vip_zone()
        )
        return SQL(
            "(SELECT tier_id FROM (%s) k (client, company, day, tier_id, since))",
            tiers(
                SQL("ARRAY[%s]", partner),
                SQL("ARRAY[%s]", company.id),
                SQL("ARRAY[%s]", day),
            ),
        )

    @api.model
    def _channel(self, ticket):
        """Return the SQL of the channel by which a ticket came, given its id."""
        return SQL(
            "(SELECT t.channel_id FROM helpdesk_ticket t WHERE t.id = %s)", ticket
        )
