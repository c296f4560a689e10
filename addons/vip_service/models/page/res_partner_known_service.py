from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.measure import When

#: So many requests that were open then are shown.
SHOWN = 40


class ResPartner(models.Model):
    """The service on the page of a past day: requests, rights, health and needs of then."""

    _inherit = "res.partner"

    def _known_parts_of_service(self, day, at, memberships):
        """Yield (key, title, sequence, data) of these sections."""
        now = at.replace(microsecond=0)
        yield "requests", self.env._("Requests then"), 30, self._known_requests(now)
        yield (
            "entitlements",
            self.env._("Rights then"),
            42,
            self._known_rights(day, now, memberships),
        )
        yield (
            "health",
            self.env._("Health then"),
            15,
            self._health_told(When(now, past=True), day),
        )
        yield (
            "needs",
            self.env._("Needs and preferences then"),
            12,
            self._needs_at(day, now),
        )

    def _known_rights(self, day, at, memberships):
        tier, _since = self._known_tier(memberships, day)
        used = self.env["vip.entitlement"]._used_by(
            self, self.env.company, day, tier, known_at=at
        )
        return self._entitlements_told(used, usable=False)

    # Requests

    def _known_requests(self, at):
        """Return what was open at an instant, of what the reader may see, as JSON."""
        tickets = self.env["helpdesk.ticket"]
        domain = [("commercial_partner_id", "=", self.id), ("opened_at", "<=", at)]
        total = tickets._search(domain, active_test=False).select(SQL("count(*)"))
        query = tickets._search(
            domain, order="opened_at DESC, id DESC", active_test=False
        )
        table = query.table
        query.add_where(self._known_open_sql(table, at))
        query.limit = SHOWN
        rows = self.env.execute_query_dict(
            query.select(
                *(
                    SQL("%s AS %s", sql, SQL.identifier(name))
                    for name, sql in {
                        "id": SQL.identifier(table, "id"),
                        "number": SQL.identifier(table, "number"),
                        "name": SQL.identifier(table, "name"),
                        "opened_at": SQL.identifier(table, "opened_at"),
                        "count": SQL("count(*) OVER ()"),
                    }.items()
                )
            )
        )
        [(total,)] = self.env.execute_query(total)
        told = self._known_request_rows([row["id"] for row in rows], at)
        return {
            "open": [
                {
                    "id": row["id"],
                    "number": row["number"],
                    "name": row["name"],
                    "opened_at": fields.Datetime.to_string(row["opened_at"]),
                    "closed_at": False,
                    **told.get(row["id"], {}),
                }
                for row in rows
            ],
            "closed": [],
            "open_count": rows[0]["count"] if rows else 0,
            "total_count": total,
            "elsewhere": [],
            "elsewhere_count": 0,
        }

    @api.model
    def _known_open_sql(self, table, at):
        """Return the condition that a ticket of ``table`` was open at an instant; a hook.

        By its day of closing, as it is known today, where nothing more is kept of it.
        """
        closed = SQL.identifier(table, "closed_date")
        return SQL("(%s IS NULL OR %s > %s)", closed, closed, at)

    @api.model
    def _known_request_rows(self, ticket_ids, at):
        """Return {ticket id: stage, category, user and columns} of then; a hook.

        What is not kept is not told.
        """
        return {
            ticket_id: {"stage": False, "category": False, "user": False, "columns": {}}
            for ticket_id in ticket_ids
        }
