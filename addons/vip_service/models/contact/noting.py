"""The statement that writes down which messages on tickets are contacts."""

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import KeptPlan

from ...tools.opened_at import opened_at_sql
from ..res_partner import client_of, is_of

#: How much later than its own date an e-mail may arrive, and a contact be logged,
#: without being noted (seconds).
DOUBTFUL = 15 * 60
#: Kinds of finished activities that are a contact with the client.
CONTACTS = ("phonecall", "meeting")
#: The columns of ``Told``, of rows that have just been written or changed.
TOLD = SQL("id, ticket_id, partner_id, at, outgoing, doubtful")
#: What counts; of a row that does not, nothing follows.
COUNTS = SQL("void IS NULL AND withheld IS NOT TRUE")
#: True where the client of ticket t can read it here.
HAS_LOGIN = SQL(
    """
    EXISTS (SELECT FROM res_partner w JOIN res_users l ON l.partner_id = w.id
             WHERE %s
               AND l.active AND (l.share OR w.id = t.partner_id))
    """,
    is_of("w", SQL("t.commercial_partner_id")),
)


def note(*, ids, now, mailed, heard, elsewhere):
    """Return the SQL of ``vip.contact._note``; all arguments are SQL of arrays and values.

    :param heard: ids of messages that are the client's by their address
    :param elsewhere: of these, those from another address
    """
    return SQL(
        """
        WITH spoken AS (
            SELECT m.id, m.author_id, t.id AS ticket_id, t.team_id,
                   t.commercial_partner_id AS partner_id, t.company_id,
                   %(opened)s AS opened_at, %(outgoing)s AS outgoing,
                   CASE WHEN a.category = 'meeting' THEN 'visit'
                        WHEN a.id IS NOT NULL THEN 'call'
                        WHEN m.message_type = 'comment' THEN 'message'
                        ELSE 'email' END AS kind,
                   CASE WHEN m.message_type = 'email' AND %(mailed)s
                        THEN least(date_trunc('second', m.date), %(now)s)
                        ELSE %(now)s END AS written,
                   CASE WHEN %(outgoing)s AND a.id IS NULL
                         AND NOT (m.subtype_id IS NOT NULL AND %(login)s)
                        THEN 'queued' END AS void
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
        INSERT INTO vip_contact (ticket_id, partner_id, company_id, at,
                                 recorded_at, outgoing, kind, author_id,
                                 team_id, message_id, doubtful, elsewhere,
                                 void, void_at)
        SELECT c.ticket_id, c.partner_id, c.company_id,
               CASE WHEN late.late AND c.outgoing THEN %(now)s
                    ELSE greatest(c.written, c.opened_at) END,
               %(now)s, c.outgoing, c.kind, c.author_id,
               CASE WHEN c.outgoing AND EXISTS (
                         SELECT FROM helpdesk_ticket_team_res_users_rel r
                           JOIN res_users u ON u.id = r.res_users_id
                          WHERE r.helpdesk_ticket_team_id = c.team_id
                            AND u.partner_id = c.author_id)
                    THEN c.team_id END,
               c.id, late.late, c.id = ANY(%(elsewhere)s), c.void,
               CASE WHEN c.void IS NOT NULL THEN %(now)s END
          FROM spoken c
         CROSS JOIN LATERAL (
               SELECT %(now)s - c.written > %(most)s * interval '1 second'
                      AS late
         ) late
         ORDER BY c.id
        RETURNING %(told)s, %(counts)s
        """,
        ids=ids,
        robot=SUPERUSER_ID,
        opened=opened_at_sql(),
        now=now,
        mailed=mailed,
        most=DOUBTFUL,
        outgoing=outgoing(),
        incoming=incoming(heard),
        login=HAS_LOGIN,
        elsewhere=elsewhere,
        told=TOLD,
        counts=COUNTS,
    )


def outgoing():
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


def incoming(heard):
    """Return the SQL that is true where the client speaks to us.

    The ticket's contact, somebody of the same client, or who is told by the address.

    :param heard: ids of messages that are the client's by their address
    """
    return SQL(
        """
        (m.message_type IN ('comment', 'email') AND a.id IS NULL
         AND (m.author_id = t.partner_id
              OR u.internal IS NULL
                 AND (%s
                      OR m.id = ANY(%s))))
        """,
        is_of("p", SQL("t.commercial_partner_id")),
        heard,
    )


def note_on_client(*, ids, company, now, mailed):
    """Return the SQL that writes down which messages on a client's page are contacts.

    What is written to the client there, and what the client answers to it.

    :param company: SQL of the company, where the client is of all of them
    """
    return SQL(
        """
        WITH spoken AS (
            SELECT m.id, m.author_id, c.id AS partner_id,
                   COALESCE(c.company_id, %(company)s) AS company_id,
                   %(outgoing)s AS outgoing,
                   CASE WHEN m.message_type = 'comment' THEN 'message'
                        ELSE 'email' END AS kind,
                   CASE WHEN m.message_type = 'email' AND %(mailed)s AND NOT %(outgoing)s
                        THEN least(date_trunc('second', m.date), %(now)s)
                        ELSE %(now)s END AS at
              FROM mail_message m
              JOIN res_partner w ON w.id = m.res_id
              JOIN res_partner c ON c.id = %(client)s AND c.client_type IS NOT NULL
              LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
              LEFT JOIN res_partner p ON p.id = m.author_id
              LEFT JOIN LATERAL (
                   SELECT TRUE AS internal FROM res_users u
                    WHERE u.partner_id = m.author_id AND NOT u.share
                      AND u.id <> %(robot)s LIMIT 1
              ) u ON TRUE
             WHERE m.id = ANY(%(ids)s) AND (%(outgoing)s OR %(incoming)s)
        )
        INSERT INTO vip_contact (partner_id, company_id, at, recorded_at, outgoing, kind,
                                 author_id, message_id, doubtful, void, void_at)
        SELECT partner_id, company_id, at, %(now)s, outgoing, kind, author_id, id, FALSE,
               CASE WHEN outgoing THEN 'queued' END, CASE WHEN outgoing THEN %(now)s END
          FROM spoken ORDER BY id
        """,
        ids=ids,
        company=company,
        now=now,
        mailed=mailed,
        client=client_of("w"),
        robot=SUPERUSER_ID,
        outgoing=SQL(
            """
            (COALESCE(u.internal, FALSE) AND NOT COALESCE(%s, FALSE)
             AND m.is_internal IS NOT TRUE
             AND (s.internal IS NOT TRUE AND m.subtype_id IS NOT NULL
                  OR m.message_type = 'email_outgoing'))
            """,
            is_of("p", SQL("c.id")),
        ),
        incoming=SQL(
            "(m.message_type IN ('comment', 'email') AND u.internal IS NULL"
            " AND (s.internal IS NOT TRUE AND m.subtype_id IS NOT NULL"
            "      OR m.message_type = 'email') AND %s)",
            is_of("p", SQL("c.id")),
        ),
    )


NOTE = KeptPlan(
    "vip_contact_note",
    {
        "ids": "int[]",
        "now": "timestamp",
        "mailed": "bool",
        "heard": "int[]",
        "elsewhere": "int[]",
    },
    {
        **dict.fromkeys(("id", "ticket_id", "partner_id"), "int"),
        "at": "timestamp",
        **dict.fromkeys(("outgoing", "doubtful", "counts"), "bool"),
    },
    note,
)
