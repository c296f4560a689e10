from odoo import api, models
from odoo.tools import SQL

from odoo.addons.sla_promise.models.clock.noticing import (
    TYPES,
    WATCHED,
    columns,
    current,
)
from odoo.addons.vip_base.tools.sql import array


class SlaSpan(models.Model):
    _inherit = "sla.span"

    @api.model
    def _begin_taken_over(self, opened, held, now):
        """Begin the timelines of tickets that have none, from their opening.

        Who held them before is not known, so nobody is said to have; what they are now
        they are since they were held, else since now.

        :param opened: {ticket id: epoch seconds of its opening}
        :param held: {ticket id: epoch seconds since when it waits}
        :param now: epoch seconds
        """
        past, present = [], []
        for ticket_id, *watched in self._unseen(opened):
            values = dict(zip(WATCHED, watched, strict=True))
            begin = max(opened[ticket_id], min(held.get(ticket_id, now), now))
            if begin > opened[ticket_id]:
                before = {
                    **values,
                    "user_id": None,
                    "stage_id": None,
                    "waiting_on": None,
                    "active": True,
                    **dict.fromkeys(("solved", "closed", "cancels"), False),
                }
                past.append([ticket_id, opened[ticket_id], *before.values()])
            present.append([ticket_id, begin, *values.values()])
        self._append(past, now)
        self._append(present, now)

    @api.model
    def _unseen(self, ticket_ids):
        """Return (ticket id, *WATCHED) of tickets that have no timeline yet."""
        return self.env.execute_query(
            SQL(
                """
                SELECT t.id, %s
                  FROM helpdesk_ticket t
                  LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                  LEFT JOIN sla_span s ON s.ticket_id = t.id
                 WHERE t.id = ANY(%s) AND s.id IS NULL
                 ORDER BY t.id
                """,
                current(WATCHED),
                array(ticket_ids),
            )
        )

    @api.model
    def _append(self, rows, now):
        """Append spans: rows of (ticket id, start in epoch seconds, *WATCHED).

        :param now: when they become known, epoch seconds
        """
        if not rows:
            return
        ticket_ids, starts, *watched = zip(*rows, strict=True)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO sla_span (ticket_id, start, recorded_at, %(names)s)
                SELECT ticket_id, to_timestamp(start) AT TIME ZONE 'UTC',
                       to_timestamp(%(now)s) AT TIME ZONE 'UTC', %(names)s
                  FROM unnest(%(ids)s, %(starts)s, %(arrays)s)
                       v (ticket_id, start, %(names)s)
                """,
                names=columns(WATCHED),
                now=now,
                ids=array(ticket_ids),
                starts=array(starts, "bigint"),
                arrays=SQL(", ").join(
                    array(values, TYPES.get(name, "int"))
                    for name, values in zip(WATCHED, watched, strict=True)
                ),
            )
        )
