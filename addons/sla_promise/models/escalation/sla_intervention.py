from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_base.tools.times import event_time

KEPT = ("ticket_id", "at", "user_id", "kind", "to_user_id", "to_team_id", "told_at")


class SlaIntervention(models.Model):
    """What a manager or leader did on a ticket that was escalated (REQUIREMENTS S4).

    Handing it over, taking it over and raising its priority are noticed; what else was
    done, people enter (:meth:`_enter`).
    """

    _name = "sla.intervention"
    _description = "Intervention"
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "at"

    ticket_id = LooseMany2one("helpdesk.ticket", required=True, readonly=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = LooseMany2one("res.users", string="Who", required=True, readonly=True)
    kind = fields.Selection(
        [
            ("taken", "Took it over"),
            ("handed", "Handed it over"),
            ("priority", "Changed the priority"),
            ("client", "Spoke to the client"),
            ("instructed", "Told the agent what to do"),
            ("other", "Something else"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    to_user_id = LooseMany2one("res.users", string="To whom", readonly=True)
    to_team_id = LooseMany2one("helpdesk.ticket.team", string="To team", readonly=True)
    note = fields.Text(readonly=True)
    told_at = fields.Datetime(
        string="Told at",
        readonly=True,
        help="When an escalation level had last told this person of the ticket.",
    )

    _ticket_idx = models.Index("(ticket_id, at)")

    def init(self):
        """Keep what people did as it was; only their words may be erased."""
        frozen_rows.freeze(self.env.cr, self._table, columns=KEPT)

    @api.model
    def _escalated(self, tickets):
        """Return those of these tickets of which a level has told somebody."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT ticket_id FROM sla_notice WHERE ticket_id = ANY(%s)",
                tickets.ids,
            )
        )
        return tickets.browse(ticket_id for (ticket_id,) in rows)

    @api.model
    def _notice(self, tickets, vals, by):
        """Keep that somebody changed these escalated tickets.

        :param vals: what was written
        :param by: the user
        """
        if "user_id" in vals or "team_id" in vals:
            kind = "taken" if vals.get("user_id") == by.id else "handed"
        else:
            kind = "priority"
        self._keep(
            self._escalated(tickets),
            by,
            kind=kind,
            to_user_id=vals.get("user_id"),
            to_team_id=vals.get("team_id"),
        )

    @api.model
    def _enter(self, ticket, kind, note):
        """Keep what the user says to have done on an escalated ticket.

        :raise AccessError: the user does not answer for this ticket
        :raise UserError: it was never escalated, or nothing is said
        """
        ticket.check_access("read")
        user = self.env.user
        if not ticket._answers_for(user):
            raise AccessError(
                self.env._("Only who was told, leads the team or manages intervenes.")
            )
        if not self._escalated(ticket):
            raise UserError(self.env._("This ticket was not escalated."))
        if not (note or "").strip():
            raise UserError(self.env._("Say what you did."))
        self._keep(ticket, user, kind=kind, note=note.strip())

    @api.model
    def _keep(self, tickets, by, **values):
        told = self._told(tickets, by)
        # As superuser: rows are written here only.
        self.sudo().create(
            [
                {
                    **values,
                    "ticket_id": ticket.id,
                    "user_id": by.id,
                    "at": event_time(self.env),
                    "told_at": told.get(ticket.id),
                }
                for ticket in tickets
            ]
        )

    @api.model
    def _told(self, tickets, by):
        """Return {ticket id: when a level last told this person of it}."""
        # As superuser: notices of this person.
        rows = (
            self.env["sla.notice"]
            .sudo()
            ._read_group(
                [("ticket_id", "in", tickets.ids), ("user_id", "=", by.id)],
                ["ticket_id"],
                ["created_at:max"],
            )
        )
        return {ticket.id: at for ticket, at in rows}
