from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_moment

from ..models.contact.mail_activity import WRITTEN_DOWN
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
    partner_ids = fields.Many2many(
        "res.partner",
        string="Clients",
        domain=[("client_type", "!=", False)],
        help="Whom you spoke to, where they were several.",
    )
    activity_id = fields.Many2one(
        "mail.activity",
        string="Was planned",
        compute="_compute_activity_id",
        store=True,
        readonly=False,
        ondelete="set null",
        help="The planned contact that this was: it is done with it.",
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

    @api.depends("partner_id", "kind")
    def _compute_activity_id(self):
        """Propose the contact of this kind that was to be made next by oneself."""
        for log in self:
            log.activity_id = log._planned()[:1]

    def _planned(self):
        """Return what the user planned of this kind with this client, the next first."""
        activities = self.env["mail.activity"]
        client = self.partner_id._vip_client()
        if not client:
            return activities
        domain = activities._vip_planned_domain() & Domain(
            [
                ("user_id", "=", self.env.uid),
                ("res_id", "in", self._contacts_of(client)),
            ]
        )
        planned = activities.search(domain, order="date_deadline, id")
        return planned.filtered(lambda one: one._vip_planned_kind() == self.kind)

    def _contacts_of(self, client):
        # As superuser: only whether a planned contact is one with this client.
        return client.sudo().search(client._vip_of_client()).ids

    def action_log(self):
        """Write the contact down; on a ticket an internal note tells of it.

        :raise AccessError: the user may not write the ticket, or not read the client
        :raise UserError: it took place before the opening or in the future, or it is
            about neither a ticket nor a client, or about tickets of several
        """
        self.ensure_one()
        tickets = self.ticket_id | self.ticket_ids
        clients = self.partner_id | self.partner_ids
        if tickets:
            self._check_one_client(tickets)
            for ticket in tickets:
                ticket._log_contact_by_hand(
                    *(self.kind, self.at, self._body()),
                    "\n".join(filter(None, (self.note, self.evidence))),
                    self.attachment_ids,
                )
        elif clients:
            for client in clients:
                client._log_contact_by_hand(self.kind, self.at, self.note)
            self._fulfil()
        else:
            raise UserError(self.env._("A contact is with a client or about a ticket."))
        return {"type": "ir.actions.act_window_close"}

    def _fulfil(self):
        """Finish the planned contact that this was; its evidence is written down."""
        if self.activity_id and self.activity_id in self._planned():
            self.activity_id.with_context(**{WRITTEN_DOWN: True})._action_done()

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
