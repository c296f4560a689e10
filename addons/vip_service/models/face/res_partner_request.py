from odoo import api, fields, models
from odoo.tools import SQL

OPEN_REQUESTS = 20
CLOSED_REQUESTS = 10
#: So many open requests of other teams are told of.
ELSEWHERE = 5


class ResPartner(models.Model):
    """The section of the client's page with what it asked for, open and closed last."""

    _inherit = "res.partner"

    def _client_request_columns(self, ticket_ids):
        """Return what the rows of these requests say more; a door.

        An addon adds ``{key: {ticket id: JSON}}``. The value is shown by the component
        under that key in the registry ``vip_client_request_columns``; a request without
        one says nothing there. As many queries for one request as for many.

        :param ticket_ids: of tickets that the present user may read
        """
        return {}

    def _client_360_requests(self):
        """What the client asked for: what is open, what was closed last.

        Of open requests that the present user may not read it says that there are, what
        for, in which stage and who holds them: who serves the client must know, and the
        counts of key points look over all teams. One query, whatever the history.
        """
        domain = [("commercial_partner_id", "=", self.id)]
        total = self.env["helpdesk.ticket"]._search(domain).select(SQL("count(*)"))
        is_open, is_closed = (
            [*domain, ("stage_id.closed", "=", closed)] for closed in (False, True)
        )
        rows = self.env.execute_query_dict(
            SQL(
                "(%s) UNION ALL (%s) UNION ALL (%s)",
                self._client_360_request_query(is_open, OPEN_REQUESTS, "open", total),
                self._client_360_request_query(
                    is_closed, CLOSED_REQUESTS, "closed", total
                ),
                self._client_360_elsewhere_query(is_open, total),
            )
        )
        elsewhere = [row for row in rows if row["part"] == "elsewhere"]
        rows = [row for row in rows if row["part"] != "elsewhere"]
        found = {"open": [], "closed": []}
        columns = self._client_request_columns([row["id"] for row in rows])
        for row in rows:
            shown = {
                key: values[row["id"]]
                for key, values in columns.items()
                if row["id"] in values
            }
            found[row["part"]].append(
                {**self._client_360_request_row(row), "columns": shown}
            )
        opened = [row for row in rows if row["part"] == "open"]
        return {
            **found,
            "open_count": opened[0]["count"] if opened else 0,
            "total_count": rows[0]["total"] if rows else 0,
            "elsewhere": [
                {
                    name: row[name] or False
                    for name in ("number", "category", "stage", "user")
                }
                for row in elsewhere
            ],
            "elsewhere_count": elsewhere[0]["count"] if elsewhere else 0,
        }

    def _client_360_elsewhere_query(self, is_open, total):
        """Return the query of open requests that the present user may not read."""
        readable = self.env["helpdesk.ticket"]._search(is_open)
        # As superuser: that there are more is told; what they say is not.
        return self.sudo()._client_360_request_query(
            [
                *is_open,
                ("company_id", "in", [*self.env.companies.ids, False]),
                ("id", "not in", readable),
            ],
            ELSEWHERE,
            "elsewhere",
            total,
        )

    @api.model
    def _client_360_request_query(self, domain, limit, part, total):
        """Return the query of the newest tickets of ``domain`` as page rows."""
        Ticket = self.env["helpdesk.ticket"]
        query = Ticket._search(domain, order="opened_at DESC, id DESC", limit=limit)
        table = query.table
        category = query.left_join(
            table, "category_id", "helpdesk_ticket_category", "id", "vip_category"
        )
        stage = query.left_join(
            table, "stage_id", "helpdesk_ticket_stage", "id", "vip_stage"
        )
        user = query.left_join(table, "user_id", "res_users", "id", "vip_user")
        person = query.left_join(user, "partner_id", "res_partner", "id", "vip_person")
        columns = {
            "part": SQL("%s::text", part),
            "id": SQL.identifier(table, "id"),
            "number": Ticket._field_to_sql(table, "number"),
            "name": Ticket._field_to_sql(table, "name"),
            "category": Ticket.category_id._field_to_sql(category, "name"),
            "stage": Ticket.stage_id._field_to_sql(stage, "name"),
            "opened_at": Ticket._field_to_sql(table, "opened_at"),
            "closed_at": Ticket._field_to_sql(table, "closed_date"),
            "user": self._field_to_sql(person, "name"),
            "count": SQL("count(*) OVER ()")
            if part != "closed"
            else SQL("NULL::bigint"),
            "total": SQL("(%s)", total),
        }
        return query.select(
            *(
                SQL("%s AS %s", sql, SQL.identifier(name))
                for name, sql in columns.items()
            )
        )

    @api.model
    def _client_360_request_row(self, row):
        times = {
            name: fields.Datetime.to_string(row[name]) if row[name] else False
            for name in ("opened_at", "closed_at")
        }
        texts = {
            name: row[name] or False
            for name in ("number", "name", "category", "stage", "user")
        }
        return {"id": row["id"], **texts, **times}
