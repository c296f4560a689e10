from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.loose_many2one import LooseMany2one
from odoo.addons.vip_base.tools.sql_epoch import epoch
from odoo.addons.vip_service.tools.opened_at import opened_at_sql

from ..engine.rounds import Answer

KINDS = [
    ("message", "Message"),
    ("email", "E-mail"),
    ("call", "Call"),
    ("visit", "Visit or meeting"),
    ("chat", "Chat"),
]
#: Kinds of finished activities that are a contact with the client.
CONTACTS = ("phonecall", "meeting")
#: How much later than its own date an e-mail may arrive, and a contact be logged,
#: without being noted (seconds).
DOUBTFUL = 15 * 60
#: The address in a text such as "Li Wei <li@example.com>".
ADDRESS = r"[^<\s]+@[^>\s]+"


class SlaContact(models.Model):
    """One contact between a ticket's client and us: who spoke, when, and how.

    It is decided when it happens, because later the database cannot tell an agent's
    message from one that the system sent (DESIGN §5). That a ticket was made while
    talking to the client, and that it was closed, are contacts too: the first response
    and the timeline say so, no row is needed.
    """

    _name = "sla.contact"
    _description = "Contact with the Client"
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "at"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", readonly=True
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
    doubtful = fields.Boolean(
        readonly=True,
        help="An e-mail that says it was written more than 15 minutes before it arrived, "
        "or a call, visit or chat that was logged more than 15 minutes later.",
    )

    _ticket_idx = models.Index("(ticket_id, at)")

    @api.model
    def _note(self, message_ids, now, mailed):
        """Write down which of these messages are contacts; one statement.

        An e-mail is as old as it says, but not older than the ticket and not younger
        than now. One of the client that arrives much later counts from its arrival:
        nobody could have answered it before.

        :param now: naive UTC
        :param mailed: the messages come from the mail gateway: only then is the date
            of an e-mail believed
        :return: rows of (ticket id, epoch seconds, outgoing, doubtful)
        """
        self.env["mail.message"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["helpdesk.ticket"].flush_model(
            [
                "partner_id",
                "commercial_partner_id",
                "partner_email",
                "opened_at",
                "team_id",
            ]
        )
        return self.env.execute_query(
            SQL(
                """
                WITH spoken AS (
                    SELECT m.id, m.author_id, t.id AS ticket_id, t.team_id,
                           %(opened)s AS opened_at, %(outgoing)s AS outgoing,
                           CASE WHEN a.category = 'meeting' THEN 'visit'
                                WHEN a.id IS NOT NULL THEN 'call'
                                WHEN m.message_type = 'comment' THEN 'message'
                                ELSE 'email' END AS kind,
                           CASE WHEN m.message_type = 'email' AND %(mailed)s
                                THEN least(date_trunc('second', m.date), %(now)s)
                                ELSE %(now)s END AS written
                      FROM mail_message m
                      JOIN helpdesk_ticket t ON t.id = m.res_id
                      LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
                      LEFT JOIN mail_activity_type a ON a.id = m.mail_activity_type_id
                      LEFT JOIN res_partner p ON p.id = m.author_id
                      LEFT JOIN LATERAL (
                           SELECT TRUE AS internal FROM res_users u
                            WHERE u.partner_id = m.author_id AND NOT u.share
                              AND u.id <> %(robot)s LIMIT 1
                      ) u ON TRUE
                     WHERE m.id = ANY(%(ids)s) AND (%(outgoing)s OR %(incoming)s)
                )
                INSERT INTO sla_contact (ticket_id, at, recorded_at, outgoing, kind,
                                         author_id, team_id, message_id, doubtful)
                SELECT c.ticket_id,
                       CASE WHEN late.late AND NOT c.outgoing THEN %(now)s
                            ELSE greatest(c.written, c.opened_at) END,
                       %(now)s, c.outgoing, c.kind, c.author_id,
                       CASE WHEN c.outgoing AND EXISTS (
                                 SELECT FROM helpdesk_ticket_team_res_users_rel r
                                   JOIN res_users u ON u.id = r.res_users_id
                                  WHERE r.helpdesk_ticket_team_id = c.team_id
                                    AND u.partner_id = c.author_id)
                            THEN c.team_id END,
                       c.id, late.late
                  FROM spoken c
                 CROSS JOIN LATERAL (
                       SELECT %(now)s - c.written > %(most)s * interval '1 second'
                              AS late
                 ) late
                 ORDER BY c.id
                RETURNING ticket_id, %(at)s, outgoing, doubtful
                """,
                ids=list(message_ids),
                robot=SUPERUSER_ID,
                opened=opened_at_sql(),
                now=now,
                mailed=mailed,
                most=DOUBTFUL,
                at=epoch("at"),
                outgoing=self._outgoing(),
                incoming=self._incoming(),
            )
        )

    @api.model
    def _outgoing(self):
        """Return the SQL that is true where one of us speaks to the client.

        A comment or e-mail that the client can see, or a logged call or meeting, by an
        internal user who is neither the ticket's client nor the system itself.
        """
        return SQL(
            """
            (COALESCE(u.internal, FALSE)
             AND m.author_id IS DISTINCT FROM t.partner_id
             AND (COALESCE(a.category = ANY(%s), FALSE)
                  OR m.message_type IN ('comment', 'email', 'email_outgoing')
                     AND a.id IS NULL AND m.is_internal IS NOT TRUE
                     AND (s.internal IS NOT TRUE AND m.subtype_id IS NOT NULL
                          OR m.message_type = 'email_outgoing')))
            """,
            list(CONTACTS),
        )

    @api.model
    def _incoming(self):
        """Return the SQL that is true where the client speaks to us.

        The ticket's contact, somebody of the same client, or the address that the
        ticket is from.
        """
        return SQL(
            """
            (m.message_type IN ('comment', 'email') AND a.id IS NULL
             AND (m.author_id = t.partner_id
                  OR u.internal IS NULL
                     AND (p.commercial_partner_id = t.commercial_partner_id
                          OR lower(substring(m.email_from FROM %(address)s))
                             = lower(substring(t.partner_email FROM %(address)s)))))
            """,
            address=ADDRESS,
        )

    @api.model
    def _log(self, tickets, at, outgoing, kind="call"):
        """Write down a contact of each ticket that left no message, such as a call.

        :param at: naive UTC
        :return: as :meth:`_note`
        """
        if not tickets:
            return []
        return self.env.execute_query(
            SQL(
                """
                INSERT INTO sla_contact (ticket_id, at, recorded_at, outgoing, kind,
                                         author_id, team_id, doubtful)
                SELECT t.id, greatest(%(at)s, %(opened)s), %(at)s, %(outgoing)s,
                       %(kind)s, u.partner_id,
                       CASE WHEN r.res_users_id IS NOT NULL THEN t.team_id END, FALSE
                  FROM helpdesk_ticket t
                  LEFT JOIN res_users u ON u.id = t.user_id AND %(outgoing)s
                  LEFT JOIN helpdesk_ticket_team_res_users_rel r
                    ON r.helpdesk_ticket_team_id = t.team_id AND r.res_users_id = u.id
                 WHERE t.id = ANY(%(ids)s) ORDER BY t.id
                RETURNING ticket_id, %(epoch)s, outgoing, doubtful
                """,
                at=at,
                opened=opened_at_sql(),
                outgoing=outgoing,
                kind=kind,
                ids=tickets.ids,
                epoch=epoch("at"),
            )
        )

    @api.model
    def _of(self, ticket_ids):
        """Return ({ticket id: [Answer]}, {ticket id: [epoch seconds the client spoke]}).

        One query, in order of time.
        """
        answers, asks = {}, {}
        for ticket_id, at, outgoing, team_id in self.env.execute_query(
            SQL(
                "SELECT ticket_id, %s, outgoing, team_id FROM sla_contact "
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
