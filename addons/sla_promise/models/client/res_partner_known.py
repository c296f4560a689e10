from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import states


class ResPartner(models.Model):
    """Requests on the page of a past day: stage, holder and promises of then."""

    _inherit = "res.partner"

    @api.model
    def _span_then_sql(self, ticket, at, columns):
        """Return the query of the span in which a ticket was, as it was known then."""
        self.env["sla.span"].flush_model()
        return SQL(
            "SELECT %s FROM sla_span s WHERE s.ticket_id = %s AND s.start <= %s"
            " AND COALESCE(s.recorded_at, s.start) <= %s ORDER BY s.start DESC LIMIT 1",
            *(columns, ticket, at, at),
        )

    @api.model
    def _known_open_sql(self, table, at):
        """Ask the timeline: what was reopened later was closed then."""
        then = self._span_then_sql(
            SQL.identifier(table, "id"),
            at,
            SQL("COALESCE(s.active, FALSE) AND s.closed IS NOT TRUE"),
        )
        return SQL("COALESCE((%s), %s)", then, super()._known_open_sql(table, at))

    @api.model
    def _known_request_rows(self, ticket_ids, at):
        stages, items = (
            self.env["helpdesk.ticket.stage"],
            self.env["helpdesk.ticket.category"],
        )
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT k.id, %(stage)s AS stage, %(item)s AS category,
                       person.name AS "user"
                  FROM unnest(%(ids)s::int[]) AS k(id)
                  JOIN LATERAL (%(then)s) s ON TRUE
                  LEFT JOIN helpdesk_ticket_stage g ON g.id = s.stage_id
                  LEFT JOIN helpdesk_ticket_category i ON i.id = s.category_id
                  LEFT JOIN res_users u ON u.id = s.user_id
                  LEFT JOIN res_partner person ON person.id = u.partner_id
                """,
                stage=stages._field_to_sql("g", "name"),
                item=items._field_to_sql("i", "name"),
                ids=ticket_ids,
                then=self._span_then_sql(
                    SQL("k.id"), at, SQL("s.stage_id, s.category_id, s.user_id")
                ),
            )
        )
        promises = self.env["sla.clock"]._known_of_tickets(ticket_ids, at)
        told = super()._known_request_rows(ticket_ids, at)
        for row in rows:
            found = told[row["id"]]
            found.update(
                {name: row[name] or False for name in ("stage", "category", "user")}
            )
        for ticket_id, found in promises.items():
            told[ticket_id]["columns"] = {"promise_then": self._promise_then(found, at)}
        return told

    @api.model
    def _promise_then(self, found, at):
        """Return the promise that was due first, False if nothing was owed."""
        owed = [one for one in found if one["state"] in states.OPEN_STATES]
        owed += [one for one in found if one["state"] == states.MISSED]
        if not owed:
            return False
        first = min(owed, key=lambda one: (one["due_at"] is None, one["due_at"] or at))
        return {
            "label": self.env["sla.clock"]._label_of(first["metric"], first["round"]),
            "state": first["state"],
            "due_at": fields.Datetime.to_string(first["due_at"] or False),
            "late": bool(first["due_at"] and first["due_at"] < at),
        }
