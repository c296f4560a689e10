from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import STAFF_GROUPS
from odoo.addons.vip_base.tools.sql import array

from ...tools.opened_at import opened_at_sql
from ..contact.noting import COUNTS
from .standing import SAID


class HelpdeskTicket(models.Model):
    """Who spoke last on a ticket, its client or we, and when: for lists."""

    _inherit = "helpdesk.ticket"

    vip_last_word = fields.Json(
        string="Last word",
        compute="_compute_vip_last_word",
        groups=STAFF_GROUPS,
        help="Who spoke last, the client or we, and when. What the request says itself "
        "is the client's word.",
    )

    @api.depends("contact_ids", "opened_at", "partner_id")
    def _compute_vip_last_word(self):
        """Read it of all of them by one query."""
        self.flush_model(["opened_at", "partner_id", "partner_email"])
        self.env["vip.contact"].flush_model()
        # Whoever may read a ticket may know who spoke last.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, COALESCE(word.at, %(opened)s), COALESCE(word.outgoing, FALSE)
                  FROM helpdesk_ticket t
                  LEFT JOIN LATERAL (
                       SELECT c.at, c.outgoing FROM vip_contact c
                        WHERE c.ticket_id = t.id
                          AND CASE WHEN c.outgoing THEN %(said)s ELSE %(counts)s END
                        ORDER BY c.at DESC, c.id DESC LIMIT 1) word ON TRUE
                 WHERE t.id = ANY(%(ids)s)
                   AND (word.at IS NOT NULL OR t.partner_id IS NOT NULL
                        OR t.partner_email > '')
                """,
                opened=opened_at_sql(),
                said=SAID,
                counts=COUNTS,
                ids=array(self._origin.ids),
            )
        )
        found = {
            id_: {"at": fields.Datetime.to_string(at), "ours": ours}
            for id_, at, ours in rows
        }
        for ticket in self:
            ticket.vip_last_word = found.get(ticket._origin.id, False)
