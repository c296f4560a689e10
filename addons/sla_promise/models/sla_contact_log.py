from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.loose_many2one import LooseMany2one
from odoo.addons.vip_base.tools.sql_epoch import epoch

from .sla_contact import DOUBTFUL

#: What people log by hand.
LOGGED = [("call", "Call"), ("visit", "Visit or meeting"), ("chat", "Chat")]


class SlaContact(models.Model):
    """Contacts that somebody has logged by hand."""

    _inherit = "sla.contact"

    logged_by_id = LooseMany2one(
        "res.users",
        string="Logged by",
        readonly=True,
        help="Who wrote it down by hand; empty for messages and finished activities.",
    )

    @api.model
    def _log_by_hand(self, ticket, kind, at, note, now):
        """Write down a contact that the current user says to have had.

        :param at: when it took place, naive UTC
        :param note: ``mail.message`` that tells of it
        :param now: naive UTC; much later than ``at``, and the contact is doubtful
        :return: as :meth:`_note`
        """
        return self.env.execute_query(
            SQL(
                """
                INSERT INTO sla_contact (ticket_id, at, recorded_at, outgoing, kind,
                                         author_id, team_id, message_id, logged_by_id,
                                         doubtful)
                SELECT t.id, %(at)s, %(now)s, TRUE, %(kind)s, %(author)s,
                       CASE WHEN EXISTS (
                                 SELECT FROM helpdesk_ticket_team_res_users_rel r
                                  WHERE r.helpdesk_ticket_team_id = t.team_id
                                    AND r.res_users_id = %(user)s)
                            THEN t.team_id END,
                       %(note)s, %(user)s, %(doubtful)s
                  FROM helpdesk_ticket t WHERE t.id = %(ticket)s
                RETURNING ticket_id, %(epoch)s, outgoing, doubtful
                """,
                ticket=ticket.id,
                at=at,
                now=now,
                kind=kind,
                author=self.env.user.partner_id.id,
                user=self.env.uid,
                note=note.id,
                doubtful=self._is_doubtful(at, now),
                epoch=epoch("at"),
            )
        )

    @api.model
    def _is_doubtful(self, at, now):
        """Tell whether a contact is written down much later than it took place."""
        return (now - at).total_seconds() > DOUBTFUL
