from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_moment

from ..models.contact.vip_contact import LOGGED


class VipContactLog(models.TransientModel):
    """Asks for a call, visit or chat with the client that left no message."""

    _name = "vip.contact.log"
    _description = "Log of a Contact"

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True, ondelete="cascade")
    ticket_ids = fields.Many2many(
        "helpdesk.ticket",
        string="Requests",
        readonly=True,
        help="Of one client, if one talk was about several.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        ondelete="cascade",
        help="Whom you spoke to, where it was about no ticket.",
    )
    kind = fields.Selection(LOGGED, required=True, default="call")
    at = fields.Datetime(
        string="When",
        required=True,
        default=lambda self: event_time(self.env),
        help="When you spoke to the client: until now, and not before a ticket was "
        "opened.",
    )
    note = fields.Text(
        string="What was said",
        required=True,
        help="On a ticket it becomes an internal note; without one it is "
        "for the adviser of the client and for managers.",
    )
    evidence = fields.Text(
        help="How it can be checked: who was there, from which number you called.",
    )
    attachment_ids = fields.Many2many("ir.attachment", string="Files")
    doubtful = fields.Boolean(compute="_compute_doubtful")
    withheld = fields.Boolean(
        compute="_compute_doubtful",
        help="It counts when a second person says so.",
    )

    @api.depends("at", "ticket_id", "ticket_ids")
    def _compute_doubtful(self):
        now = event_time(self.env)
        contacts = self.env["vip.contact"]
        for log in self:
            log.doubtful = bool(log.at) and contacts._is_doubtful(log.at, now)
            log.withheld = log.doubtful and any(
                contacts._is_withheld(ticket, log.at, now)
                for ticket in log.ticket_id | log.ticket_ids
            )

    def action_log(self):
        """Write the contact down; on a ticket an internal note tells of it.

        :raise AccessError: the user may not write the ticket, or not read the client
        :raise UserError: it took place before the opening or in the future, or it is
            about neither a ticket nor a client, or about tickets of several
        """
        self.ensure_one()
        tickets = self.ticket_id | self.ticket_ids
        if tickets:
            self._check_one_client(tickets)
            for ticket in tickets:
                ticket._log_contact_by_hand(
                    *(self.kind, self.at, self._body()),
                    "\n".join(filter(None, (self.note, self.evidence))),
                    self.attachment_ids,
                )
        elif self.partner_id:
            self.partner_id._log_contact_by_hand(self.kind, self.at, self.note)
        else:
            raise UserError(self.env._("A contact is with a client or about a ticket."))
        return {"type": "ir.actions.act_window_close"}

    def _check_one_client(self, tickets):
        """Check that a contact is with one client, on however many tickets."""
        # As superuser: only whether it is the same client.
        if len(tickets.sudo().commercial_partner_id) > 1:
            raise UserError(
                self.env._(
                    "A contact is with one client; these requests are of several: "
                    "log it on those of each."
                )
            )

    def _body(self):
        """Return the internal note: what it was, when, and what was said."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        head = self.env._(
            "%(kind)s with the client, %(at)s",
            kind=kinds[self.kind],
            at=written_moment(self.env, self.at),
        )
        return plaintext2html(f"{head}\n{self.note}")
