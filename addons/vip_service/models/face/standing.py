"""How tickets stand between their client and us, by one statement."""

from datetime import datetime
from typing import NamedTuple

from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import KeptPlan

from ...tools.opened_at import opened_at_sql
from ..contact.noting import COUNTS

#: What we said: also what is still on its way to the client.
SAID = SQL("(c.void IS NULL OR c.void = 'queued') AND c.withheld IS NOT TRUE")


class Standing(NamedTuple):
    """How a ticket stands between its client and us; instants are naive UTC."""

    id: int
    number: str
    name: str
    closed: bool
    user_id: int | None
    user: str | None
    team_id: int | None
    team: str | None
    #: Our last word to the client.
    said_at: datetime | None
    #: The first word of the client after it; None: we have answered.
    unanswered_at: datetime | None
    #: A contact on it that was logged late and waits for a decision.
    late_id: int | None


COLUMNS = {
    **{"id": "int", "number": "varchar", "name": "varchar", "closed": "bool"},
    **{"user_id": "int", "user": "varchar", "team_id": "int", "team": "varchar"},
    **{"said_at": "timestamp", "unanswered_at": "timestamp", "late_id": "int"},
}


def standing_plan(name, answered):
    """Return the plan that reads how tickets stand: columns as of :class:`Standing`.

    :param name: of its function in the database
    :param answered: SQL of when we first answered ticket ``t`` otherwise: that it was
        made while talking to the client leaves no contact
    """

    def statement(ids, lang):
        return SQL(
            """
            SELECT t.id, t.number, t.name, COALESCE(s.closed, FALSE),
                   t.user_id, holder.name,
                   t.team_id, COALESCE(m.name->>%(lang)s, m.name->>'en_US')::varchar,
                   said.at, CASE WHEN said.at IS NOT NULL THEN heard.at
                        WHEN t.partner_id IS NOT NULL OR t.partner_email > ''
                        THEN %(opened)s END,
                   late.id
              FROM helpdesk_ticket t
              LEFT JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
              LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
              LEFT JOIN res_users u ON u.id = t.user_id
              LEFT JOIN res_partner holder ON holder.id = u.partner_id
             CROSS JOIN LATERAL (
                   SELECT GREATEST(max(c.at), %(answered)s) AS at
                     FROM vip_contact c
                    WHERE c.ticket_id = t.id AND c.outgoing AND %(said)s) said
             CROSS JOIN LATERAL (
                   SELECT min(c.at) AS at FROM vip_contact c
                    WHERE c.ticket_id = t.id AND NOT c.outgoing AND %(counts)s
                      AND c.at > said.at) heard
              LEFT JOIN LATERAL (
                   SELECT l.id FROM vip_contact c
                     JOIN vip_late_contact l ON l.contact_id = c.id
                    WHERE c.ticket_id = t.id AND l.state = 'proposed'
                    ORDER BY l.id LIMIT 1) late ON TRUE
             WHERE t.id = ANY(%(ids)s)
            """,
            lang=lang,
            opened=opened_at_sql(),
            answered=answered,
            said=SAID,
            counts=COUNTS,
            ids=ids,
        )

    return KeptPlan(name, {"ids": "int[]", "lang": "varchar"}, COLUMNS, statement)


STANDING = standing_plan("vip_ticket_standing", SQL("NULL::timestamp"))
