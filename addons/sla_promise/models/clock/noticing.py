"""The statements that compare tickets with the last spans of their timelines."""

from functools import partial

from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import KeptPlan, epoch
from odoo.addons.vip_service.tools.opened_at import opened_at_sql

OPENED_AT = opened_at_sql()
#: The last span of ticket t.
LAST = SQL(
    "SELECT * FROM sla_span s WHERE s.ticket_id = t.id ORDER BY s.start DESC LIMIT 1"
)
#: What a change of the ticket means for its clocks.
COUNTING = ("active", "solved", "closed", "cancels", "waiting_on")
MATCHED = ("category_id", "team_id", "priority", "partner_id")
HOLDER = ("team_id", "user_id", "of_team", "worked")
WATCHED = ("user_id", "stage_id", *MATCHED, *COUNTING, "resumed")
#: All that a span keeps: what is watched, and what was true when it began.
KEPT = (*WATCHED, "of_team", "worked")
#: True where the client has replied since the ticket came into its stage s.
RESUMED = "(s.resumed AND s.stage_id = t.stage_id)"
#: The same where a person moved the ticket: also as long as nothing was asked.
UNASKED = (
    "CASE WHEN s.stage_id = t.stage_id THEN s.resumed"
    " ELSE COALESCE(asked.nothing, FALSE) END"
)

#: The ticket's current value of each watched column; t = ticket, g = its stage.
CURRENT = {
    "user_id": "t.user_id",
    "team_id": "t.team_id",
    "stage_id": "t.stage_id",
    "category_id": "t.category_id",
    "priority": "t.priority",
    "partner_id": "t.partner_id",
    "active": "COALESCE(t.active, FALSE)",
    "solved": "(COALESCE(g.solved, FALSE) OR COALESCE(g.closed, FALSE))",
    "closed": "COALESCE(g.closed, FALSE)",
    "cancels": "COALESCE(g.cancels, FALSE)",
    "waiting_on": f"CASE WHEN g.waiting_on = 'client' AND {RESUMED}"
    " THEN NULL ELSE g.waiting_on END",
    "resumed": RESUMED,
    "of_team": """(EXISTS (
        SELECT FROM helpdesk_ticket_team_res_users_rel r
         WHERE r.helpdesk_ticket_team_id = t.team_id AND r.res_users_id = t.user_id)
        OR EXISTS (SELECT FROM helpdesk_ticket_team l
                    WHERE l.id = t.team_id AND l.user_id = t.user_id))""",
}
#: Whether a person has just moved ticket t to its stage g, and that means work.
WORKED = """(
    (COALESCE(g.works, FALSE) OR COALESCE(g.solved, FALSE) OR COALESCE(g.closed, FALSE))
    AND NOT COALESCE(g.cancels, FALSE)
    AND (%s AND s.stage_id IS DISTINCT FROM t.stage_id
         OR COALESCE(s.worked, FALSE) AND s.start >= %s AND s.stage_id = t.stage_id))"""
#: Whether ticket t is owed that its handling starts.
UNHANDLED = """EXISTS (SELECT FROM sla_clock c WHERE c.ticket_id = t.id
    AND c.metric = 'handling' AND c.stopped_at IS NULL)"""
TYPES = {
    "priority": "varchar",
    "waiting_on": "varchar",
    **dict.fromkeys(("active", "solved", "closed", "cancels", "resumed"), "bool"),
    **dict.fromkeys(("of_team", "worked"), "bool"),
}


def columns(names, prefix=""):
    """Return the SQL of a list of columns."""
    return SQL(", ".join(prefix + name for name in names))


def current(names, values=CURRENT):
    """Return the SQL of the values that ticket t in stage g has now."""
    return SQL(
        ", ".join(f"{values[name]} AS {name}" for name in names),
    )


#: What a moment of the timeline keeps, and all that span s does.
SEEN = columns((*COUNTING, *HOLDER))
KEPT_IN_SPAN = columns(KEPT, "s.")
#: The current values where a person moved the ticket, see :func:`unasked`.
CURRENT_BY_HAND = {
    name: text.replace(RESUMED, UNASKED) for name, text in CURRENT.items()
}


def any_differs(names, values=CURRENT):
    return SQL(
        " OR ".join(f"s.{name} IS DISTINCT FROM {values[name]}" for name in names)
    )


#: What must not change for a move to do no more than begin to wait.
STEADY = ("user_id", *MATCHED, "active", "solved", "closed", "cancels")


def notice(*, ids, at, known, created, person, by_hand, written, rematch=False):
    """Return the SQL of ``sla.span._notice``.

    :param ids, at, known, created, person: SQL of the tickets, of the epoch seconds of the
        event and of when it became known, of whether they have just been made, and of
        whether a person of ours is at work
    """
    at, known = (SQL("to_timestamp(%s) AT TIME ZONE 'UTC'", t) for t in (at, known))
    values = CURRENT_BY_HAND if by_hand else CURRENT
    differs = SQL("(%s)", any_differs(WATCHED, values))
    return SQL(
        """
        WITH d AS MATERIALIZED (
            SELECT t.id AS ticket_id, s.id AS span_id, s.start AS seen_at,
                   CASE WHEN s.id IS NULL THEN %(begin)s
                        ELSE GREATEST(s.start, %(at)s) END AS start,
                   s.id IS NULL AS is_new, %(differing)s AS differs,
                   %(counting)s AS counting,
                   %(rematch)s OR %(matched)s
                   OR s.cancels AND NOT %(cancels)s AS rematches,
                   s.id IS NOT NULL AND (t.user_id IS NOT NULL AND (
                       s.user_id IS NULL OR s.of_team IS FALSE AND %(of_team)s)
                       OR %(worked)s AND %(unhandled)s) AS taken,
                   NOT (%(unsteady)s) AND s.waiting_on IS NULL AND s.active
                   AND NOT s.solved AND NOT s.cancels AS steady,
                   %(current)s, %(worked)s AS worked
              FROM helpdesk_ticket t
              LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
              LEFT JOIN LATERAL (%(last)s) s ON TRUE %(asked)s
             WHERE t.id = ANY(%(ids)s)
               AND (%(rematch)s OR s.id IS NULL OR %(differs)s)
             ORDER BY t.id %(lock)s
        ), appended AS (
            INSERT INTO sla_span (ticket_id, start, recorded_at, %(names)s)
            SELECT ticket_id, start, %(known)s, %(names)s FROM d
             WHERE span_id IS NULL OR seen_at < start AND differs
        ), rewritten AS (
            UPDATE sla_span s SET (%(names)s) = ROW(%(values)s)
              FROM d
             WHERE s.id = d.span_id AND d.seen_at = d.start AND d.differs
        )
        SELECT ticket_id, %(start)s, is_new, COALESCE(counting, FALSE),
               COALESCE(rematches, FALSE), taken,
               CASE WHEN steady AND NOT rematches AND seen_at < start
                    THEN waiting_on END
          FROM d
         WHERE is_new OR counting OR rematches OR taken
        """,
        at=at,
        known=known,
        begin=SQL(
            "CASE WHEN %s THEN COALESCE(t.opened_at, %s) ELSE %s END", created, at, at
        ),
        counting=SQL("(%s)", any_differs(COUNTING, values)),
        matched=SQL("(%s)", any_differs(MATCHED)),
        rematch=rematch,
        # Without a rematch only what differs is there.
        differing=differs if rematch else SQL("TRUE"),
        unsteady=any_differs(STEADY),
        cancels=SQL(CURRENT["cancels"]),
        current=current((*WATCHED, "of_team"), values),
        of_team=SQL(CURRENT["of_team"]),
        worked=SQL(WORKED, person, at),
        unhandled=SQL(UNHANDLED),
        last=LAST,
        asked=unasked() if by_hand else SQL(),
        differs=differs,
        ids=ids,
        lock=SQL() if written else SQL("FOR NO KEY UPDATE OF t"),
        names=columns(KEPT),
        values=columns(KEPT, "d."),
        start=epoch("start"),
    )


def unasked():
    """Return the SQL that joins whether ticket t waits for an answer to nothing.

    It comes into a stage g that waits for the client, and we have not spoken to the
    client since the client's last word. Staff that made a ticket while talking to
    the client spoke to him: the channel says so when it is made, later the first
    response, which nobody writes by hand.
    """
    return SQL(
        """
        LEFT JOIN LATERAL (
             SELECT NOT EXISTS (
                    SELECT FROM vip_contact a
                     WHERE a.ticket_id = t.id AND a.outgoing
                       AND a.void IS NULL AND a.withheld IS NOT TRUE
                       AND a.at >= said.last)
                    AND (said.spoken OR CASE WHEN s.id IS NOT NULL
                    THEN (t.first_response_at <= %s) IS NOT TRUE
                    ELSE NOT EXISTS (
                    SELECT FROM helpdesk_ticket_channel l
                      JOIN res_users u ON u.id = t.create_uid
                     WHERE l.id = t.channel_id AND l.live AND NOT u.share
                       AND u.partner_id IS DISTINCT FROM t.partner_id) END) AS nothing
               FROM (SELECT COALESCE(max(q.at), '-infinity') AS last,
                            count(*) > 0 AS spoken
                       FROM vip_contact q
                      WHERE q.ticket_id = t.id AND NOT q.outgoing
                        AND q.void IS NULL AND q.withheld IS NOT TRUE) said
              WHERE g.waiting_on = 'client'
                AND s.stage_id IS DISTINCT FROM t.stage_id
                AND COALESCE((SELECT m.wait_needs_asking
                                FROM helpdesk_ticket_team m
                               WHERE m.id = t.team_id), TRUE)
        ) asked ON TRUE
        """,
        OPENED_AT,
    )


def changed(ids):
    """Return the SQL of the facts for matching of tickets; see ``sla.span._changes``."""
    return SQL(
        """
        SELECT t.id, t.company_id, t.partner_id, t.category_id, k.parent_path,
               t.team_id,
               COALESCE(m.resource_calendar_id, y.resource_calendar_id),
               t.priority, COALESCE(t.sla_tier_id, t.vip_tier_id), %(responded)s,
               COALESCE(c.live AND NOT u.share
                        AND u.partner_id IS DISTINCT FROM t.partner_id, FALSE),
               %(seen)s
          FROM helpdesk_ticket t
          JOIN LATERAL (%(last)s) s ON TRUE
          LEFT JOIN helpdesk_ticket_category k ON k.id = t.category_id
          LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
          LEFT JOIN res_company y ON y.id = t.company_id
          LEFT JOIN helpdesk_ticket_channel c ON c.id = t.channel_id
          LEFT JOIN res_users u ON u.id = t.create_uid
         WHERE t.id = ANY(%(ids)s)
        """,
        responded=epoch("t.first_response_at"),
        seen=columns((*COUNTING, *HOLDER), "s."),
        last=LAST,
        ids=ids,
    )


#: The usual comparison, without a rematch: {(by hand, written): plan}.
NOTICE = {
    (by_hand, written): KeptPlan(
        f"sla_notice{'_by_hand' * by_hand}{'_written' * written}",
        {
            "ids": "int[]",
            **dict.fromkeys(("at", "known"), "bigint"),
            **dict.fromkeys(("created", "person"), "bool"),
        },
        {
            "ticket_id": "int",
            "start": "bigint",
            **dict.fromkeys(("is_new", "counting", "rematches", "taken"), "bool"),
            "waits": "varchar",
        },
        partial(notice, by_hand=by_hand, written=written),
    )
    for by_hand in (False, True)
    for written in (False, True)
}
CHANGES = KeptPlan(
    "sla_changes",
    {"ids": "int[]"},
    {
        **dict.fromkeys(("id", "company_id", "partner_id", "category_id"), "int"),
        "parent_path": "varchar",
        **dict.fromkeys(("team_id", "calendar_id"), "int"),
        "priority": "varchar",
        "tier_id": "int",
        "responded": "bigint",
        "answered": "bool",
        **{name: TYPES.get(name, "int") for name in COUNTING},
        **{f"seen_{name}": TYPES.get(name, "int") for name in HOLDER},
    },
    changed,
)
