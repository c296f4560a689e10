from datetime import datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import past_rows
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import LooseMany2one

from ...tools.opened_at import opened_at_sql
from .noting import COUNTS, DOUBTFUL, HAS_LOGIN, NOTE, TOLD, note_on_client

#: What people log by hand.
LOGGED = [("call", "Call"), ("visit", "Visit or meeting"), ("chat", "Chat")]
KINDS = [("message", "Message"), ("email", "E-mail"), *LOGGED]
#: Why a contact does not count.
VOID = [
    ("queued", "Not sent"),
    ("returned", "Did not arrive"),
    ("emptied", "Emptied afterwards"),
]
#: What is read of a ticket for its contacts.
TAKEN = (
    *("partner_id", "commercial_partner_id", "company_id", "opened_at"),
    *("team_id", "user_id"),
)


class Told(NamedTuple):
    """A contact that has just become known; ``at`` is naive UTC."""

    id: int
    ticket_id: int | None
    partner_id: int | None
    at: datetime
    outgoing: bool
    doubtful: bool


class VipContact(models.Model):
    """One contact between a client and us: who spoke, when, and how.

    Most are about a ticket. It is decided when it happens, because later the database
    cannot tell an agent's message from one that the system sent. That a ticket was made
    while talking to the client, and that it was closed, are contacts too: the ticket
    itself says so, no row is needed.

    What we write counts once it has left: once a mail server has taken it for somebody
    outside, or at once for a client who can read it in the portal. It counts no more if
    it comes back, or if its text is taken away. The row stays, with why it is void.
    """

    _name = "vip.contact"
    _description = "Contact with the Client"
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "at"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        ondelete="cascade",
        readonly=True,
        help="What it was about; empty if it was about no request.",
    )
    partner_id = LooseMany2one(
        "res.partner",
        string="Client",
        compute="_compute_from_ticket",
        store=True,
        readonly=True,
        help="The commercial partner; of a ticket the one that the ticket has now.",
    )
    company_id = LooseMany2one(
        "res.company",
        compute="_compute_from_ticket",
        store=True,
        readonly=True,
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    recorded_at = fields.Datetime(
        string="Recorded at", required=True, readonly=True, help="When it became known."
    )
    outgoing = fields.Boolean(readonly=True, help="We spoke to the client.")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    author_id = LooseMany2one("res.partner", string="Who spoke", readonly=True)
    team_id = LooseMany2one(
        "helpdesk.ticket.team",
        readonly=True,
        help="The team of the ticket, if one of its members spoke.",
    )
    message_id = LooseMany2one("mail.message", readonly=True)
    logged_by_id = LooseMany2one(
        "res.users",
        string="Logged by",
        readonly=True,
        help="Who wrote it down by hand; empty for messages and finished activities.",
    )
    note = fields.Text(
        string="What was said",
        readonly=True,
        help="Of a contact without a ticket; on a ticket the internal note tells it.",
    )
    doubtful = fields.Boolean(
        readonly=True,
        help="An e-mail that says it was written more than 15 minutes before it arrived, "
        "a message that did not arrive, "
        "or a call, visit or chat that was logged more than 15 minutes later.",
    )
    void = fields.Selection(
        VOID,
        string="Why it does not count",
        readonly=True,
        help="Not sent: no mail server has taken it yet for somebody outside, and the "
        "client cannot read it in the portal. Did not arrive: it came back. Emptied "
        "afterwards: its text was taken away.",
    )
    void_at = fields.Datetime(
        string="Does not count since", readonly=True, help="When that became known."
    )
    elsewhere = fields.Boolean(
        string="From another address",
        readonly=True,
        help="The client wrote from a second address, or from one that we do not know "
        "and that answered what we had sent to the client.",
    )

    withheld = fields.Boolean(
        string="Does not count",
        readonly=True,
        help="It was logged more than 15 minutes later by somebody whom it may spare. "
        "It counts for nothing until a second person says so.",
    )
    counts_since = fields.Datetime(
        string="Counts since",
        readonly=True,
        help="When a second person let it count, if it was recorded late.",
    )
    late_ids = fields.One2many("vip.late.contact", "contact_id", readonly=True)
    late_state = fields.Selection(related="late_ids.state", string="Late contact")

    _ticket_idx = models.Index("(ticket_id, at)")
    _partner_idx = models.Index("(partner_id, at)")
    # What has not left yet: for the job that looks whether it has.
    _queued_idx = models.Index("(recorded_at) WHERE void = 'queued'")
    _with_somebody = models.Constraint(
        "CHECK (ticket_id IS NOT NULL OR partner_id IS NOT NULL)",
        "A contact is with a client or about a ticket.",
    )

    def init(self):
        """Let the database keep when an answer had counted that came back and then left."""
        NOTE.install(self.env)
        counted = SQL(
            "OLD.void = 'returned' AND NEW.void IS NULL"
            " AND OLD.void_at > OLD.recorded_at AND OLD.withheld IS NOT TRUE"
        )
        past_rows.keep(self.env.cr, self._table, ("at", "void_at"), counted)

    @api.depends("ticket_id.commercial_partner_id", "ticket_id.company_id")
    def _compute_from_ticket(self):
        """Let the contacts of a ticket be its client's, also after that is corrected."""
        for contact in self.filtered("ticket_id"):
            contact.partner_id = contact.ticket_id.commercial_partner_id
            contact.company_id = contact.ticket_id.company_id

    @api.model
    def _told(self, contacts, now):
        """Do what follows from contacts that have become known; a hook.

        :param contacts: list of :class:`Told`, not empty
        :param now: naive UTC at which they became known
        """

    @api.model
    def _write_down(self, insert, now):
        """Run an INSERT or UPDATE of contacts that become known ``now``; tell what counts.

        :return: list of :class:`Told`: those that count
        """
        return self._tell(self._keep(insert), now)

    @api.model
    def _tell(self, kept, now):
        """Do what follows from what :meth:`_keep` returns; return what counts of it."""
        contacts = [contact for contact, counts in kept if counts]
        if contacts:
            self._told(contacts, now)
        return contacts

    @api.model
    def _keep(self, insert):
        """Run an INSERT or UPDATE of contacts; return (:class:`Told`, it counts) of all."""
        return self._kept(
            self.env.execute_query(SQL("%s RETURNING %s, %s", insert, TOLD, COUNTS))
        )

    @api.model
    def _kept(self, rows):
        self._forget_cached(row[1] for row in rows)
        return [(Told(*row), counts) for *row, counts in rows]

    def _count_from(self, at, now):
        """Let a contact that was recorded late count from when it took place.

        :param at: naive UTC
        :param now: naive UTC, when that was decided
        """
        self.ensure_one()
        self.flush_recordset()
        self._write_down(
            SQL(
                "UPDATE vip_contact SET at = %s, withheld = FALSE, counts_since = %s"
                " WHERE id = %s",
                *(at, now, self.id),
            ),
            now,
        )
        self.invalidate_recordset(flush=False)

    @api.model
    def _forget_cached(self, ticket_ids):
        """Drop what is cached of the contacts of tickets that were written in SQL."""
        tickets = self.env["helpdesk.ticket"].browse(set(filter(None, ticket_ids)))
        tickets.invalidate_recordset(["contact_ids"], flush=False)

    # ------------------------------------------------------------------
    # Messages and finished activities
    # ------------------------------------------------------------------

    @api.model
    def _note(self, message_ids, now, mailed, heard=()):
        """Write down which of these messages on tickets are contacts; one statement.

        An e-mail of the client is as old as it says, but not older than the ticket and
        not younger than now. One of ours that arrives much later counts from its
        arrival, until a second person decides that it was sent before.

        :param now: naive UTC
        :param mailed: the messages come from the mail gateway: only then is the date
            of an e-mail believed
        :param heard: {message id: was it from another address} of messages that are the
            client's by their address
        :return: list of :class:`Told`: those that count
        """
        self.env["mail.message"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id", "head_client_id"])
        self.env["helpdesk.ticket"].flush_model(["partner_email", *TAKEN])
        heard = dict(heard)
        rows = NOTE.rows(
            self.env,
            len(message_ids),
            ids=message_ids,
            now=now,
            mailed=mailed,
            heard=heard,
            elsewhere=[key for key, elsewhere in heard.items() if elsewhere],
        )
        contacts = self._tell(self._kept(rows), now)
        self.env["vip.late.contact"]._propose_mails(contacts, now)
        return contacts

    @api.model
    def _note_on_clients(self, message_ids, now, mailed):
        """Write down which of these messages on pages of clients are contacts.

        :param now: naive UTC
        :param mailed: they come from the mail gateway: only then is a date believed
        :return: list of :class:`Told`: those that count
        """
        self.env["mail.message"].flush_model()
        self.env["res.partner"].flush_model()
        return self._write_down(
            note_on_client(
                ids=SQL("%s", message_ids),
                company=SQL("%s", self.env.company.id),
                now=SQL("%s::timestamp", now),
                mailed=SQL("%s", mailed),
            ),
            now,
        )

    @api.model
    def _has_login(self):
        """Return the SQL that is true where the client of ticket t can read it here."""
        return HAS_LOGIN

    # ------------------------------------------------------------------
    # What left no message
    # ------------------------------------------------------------------

    @api.model
    def _log(self, tickets, at, outgoing, kind="call"):
        """Write down a contact of each ticket that left no message, such as a call.

        :param at: naive UTC
        """
        if not tickets:
            return
        tickets.flush_recordset(TAKEN)
        self._write_down(
            SQL(
                """
                INSERT INTO vip_contact (ticket_id, partner_id, company_id, at,
                                         recorded_at, outgoing, kind, author_id,
                                         team_id, doubtful)
                SELECT t.id, t.commercial_partner_id, t.company_id,
                       greatest(%(at)s, %(opened)s), %(at)s, %(outgoing)s,
                       %(kind)s, u.partner_id,
                       CASE WHEN r.res_users_id IS NOT NULL THEN t.team_id END, FALSE
                  FROM helpdesk_ticket t
                  LEFT JOIN res_users u ON u.id = t.user_id AND %(outgoing)s
                  LEFT JOIN helpdesk_ticket_team_res_users_rel r
                    ON r.helpdesk_ticket_team_id = t.team_id AND r.res_users_id = u.id
                 WHERE t.id = ANY(%(ids)s) ORDER BY t.id
                """,
                at=at,
                opened=opened_at_sql(),
                outgoing=outgoing,
                kind=kind,
                ids=tickets.ids,
            ),
            at,
        )

    @api.model
    def _log_by_hand(self, ticket, kind, at, note, now, evidence="", files=()):
        """Write down a contact that the current user says to have had about a ticket.

        :param at: when it took place, naive UTC
        :param note: ``mail.message`` that tells of it
        :param now: naive UTC; much later than ``at``, and the contact is doubtful; if it
            may spare who logs it, it counts when a second person says so
        :param evidence: how it can be checked; ``files`` that prove it
        """
        ticket.flush_recordset(TAKEN)
        withheld = self._is_withheld(ticket, at, now)
        insert = SQL(
            """
                INSERT INTO vip_contact (ticket_id, partner_id, company_id, at,
                                         recorded_at, outgoing, kind, author_id,
                                         team_id, message_id, logged_by_id, doubtful,
                                         withheld)
                SELECT t.id, t.commercial_partner_id, t.company_id, %(at)s, %(now)s,
                       TRUE, %(kind)s, %(author)s,
                       CASE WHEN EXISTS (
                                 SELECT FROM helpdesk_ticket_team_res_users_rel r
                                  WHERE r.helpdesk_ticket_team_id = t.team_id
                                    AND r.res_users_id = %(user)s)
                            THEN t.team_id END,
                       %(note)s, %(user)s, %(doubtful)s, %(withheld)s
                  FROM helpdesk_ticket t WHERE t.id = %(ticket)s
                """,
            ticket=ticket.id,
            at=at,
            now=now,
            kind=kind,
            author=self.env.user.partner_id.id,
            user=self.env.uid,
            note=note.id,
            doubtful=self._is_doubtful(at, now),
            withheld=withheld,
        )
        if withheld:
            [(contact, _counts)] = self._keep(insert)
            late = self.env["vip.late.contact"]
            late._propose(contact.id, self.env.user, at, now, evidence, files)
        else:
            self._write_down(insert, now)

    @api.model
    def _log_without_ticket(self, client, kind, at, note, now):
        """Write down a contact with a client that the current user says to have had.

        :param client: the commercial partner
        :param at: when it took place, naive UTC
        :param note: what was said, plain text
        :param now: naive UTC; much later than ``at``, and the contact is doubtful
        """
        self._write_down(
            SQL(
                """
                INSERT INTO vip_contact (partner_id, company_id, at, recorded_at,
                                         outgoing, kind, author_id, logged_by_id, note,
                                         doubtful)
                VALUES (%s, %s, %s, %s, TRUE, %s, %s, %s, %s, %s)
                """,
                client.id,
                (client.company_id or self.env.company).id,
                at,
                now,
                kind,
                self.env.user.partner_id.id,
                self.env.uid,
                note,
                self._is_doubtful(at, now),
            ),
            now,
        )

    @api.model
    def _is_withheld(self, ticket, at, now):
        """Tell whether a contact that the current user logs counts for nothing yet.

        A late one of an agent is decided by a manager, whomever it spares: two agents
        could log each other's calls. One of a manager is decided by another one, if it
        may spare the first.
        """
        if not self._is_doubtful(at, now):
            return False
        user = self.env.user
        return (
            not user.has_group(MANAGER_GROUP)
            # As superuser: only whether it is the user.
            or user in ticket.sudo()._spared_by_late_contact(at)
        )

    @api.model
    def _is_doubtful(self, at, now):
        """Tell whether a contact is written down much later than it took place."""
        return (now - at).total_seconds() > DOUBTFUL

    @api.model
    def _check_not_ahead(self, at, now):
        """Return when a contact took place, to the second.

        :raise UserError: that is in the future
        """
        at = at.replace(microsecond=0)
        if at > now:
            raise UserError(
                self.env._("A contact with the client is not in the future.")
            )
        return at
