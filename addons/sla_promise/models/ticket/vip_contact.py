from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import epoch

from ...engine.rounds import Answer


class VipContact(models.Model):
    """Contacts as promises hear of them: those about a ticket."""

    _inherit = "vip.contact"

    @api.model
    def _told(self, contacts, now):
        """Let first responses, waiting and clocks follow."""
        result = super()._told(contacts, now)
        heard = [
            (
                contact.ticket_id,
                to_epoch(contact.at),
                contact.outgoing,
                contact.doubtful,
            )
            for contact in contacts
            if contact.ticket_id
        ]
        self.env["helpdesk.ticket"]._sla_hear(heard, now)
        return result

    @api.model
    def _of(self, ticket_ids):
        """Return ({ticket id: [Answer]}, {ticket id: [epoch seconds the client spoke]}).

        One query, in order of time.
        """
        answers, asks = {}, {}
        for ticket_id, at, outgoing, team_id in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, outgoing, team_id FROM vip_contact "
                "WHERE ticket_id = ANY(%s) ORDER BY ticket_id, at, id",
                epoch("at"),
                list(ticket_ids),
            )
        ):
            if outgoing:
                answers.setdefault(ticket_id, []).append(Answer(at, team_id))
            else:
                asks.setdefault(ticket_id, []).append(at)
        return answers, asks
