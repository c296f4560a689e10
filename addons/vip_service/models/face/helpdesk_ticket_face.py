from odoo import api, models
from odoo.tools import SQL


class HelpdeskTicket(models.Model):
    """What a row of a home says of a ticket: whose it is, where it stands, who has it."""

    _inherit = "helpdesk.ticket"

    @api.model
    def _faces(self, ticket_ids):
        """Return ``{ticket id: JSON}`` of what rows of pages say of tickets; one query.

        ``number``, ``name``, ``client`` and ``user`` ({id, name} or False), ``tier`` (as
        its badge takes it) and ``stage`` (its name and, by the columns of addons, what it
        means).

        :param ticket_ids: of tickets that the present user may read
        """
        if not ticket_ids:
            return {}
        query = self.with_context(active_test=False)._search([("id", "in", ticket_ids)])
        rows = self.env.execute_query_dict(self._faces_query(query))
        return {row["id"]: self._face(row) for row in rows}

    @api.model
    def _face(self, row):
        """Return what is told of a row of :meth:`_faces_query`."""
        tier_id = row["tier_id"]
        shades = self.env["vip.tier"]._shades()
        return {
            "id": row["id"],
            "number": row["number"],
            "name": row["name"],
            "client": row["client_id"]
            and {"id": row["client_id"], "name": row["client"]},
            "sender": row["sender"] or False,
            "user": row["user_id"] and {"id": row["user_id"], "name": row["user"]},
            "tier": tier_id
            and {
                "id": tier_id,
                "name": row["tier"],
                "shade": shades.get(tier_id, 0),
            },
            "stage": row["stage"] or False,
            "stage_means": self._stage_means(row),
        }

    @api.model
    def _stage_means(self, row):
        """Return which of the kinds of a stage's badge a row of :meth:`_faces` has."""
        return "done" if row["closed"] else "new"

    @api.model
    def _face_columns(self, query, stage):
        """Return ``{name: SQL}`` of what is read of each ticket; a hook.

        :param stage: alias of the ticket's stage
        """
        table = query.table
        tier = query.left_join(table, "vip_tier_id", "vip_tier", "id", "face_tier")
        user = query.left_join(table, "user_id", "res_users", "id", "face_user")
        person = query.left_join(user, "partner_id", "res_partner", "id", "face_person")
        client = query.left_join(
            table, "commercial_partner_id", "res_partner", "id", "face_client"
        )
        return {
            "id": SQL.identifier(table, "id"),
            "number": SQL.identifier(table, "number"),
            "name": SQL.identifier(table, "name"),
            "sender": SQL.identifier(table, "partner_name"),
            "client_id": SQL.identifier(client, "id"),
            "client": SQL.identifier(client, "name"),
            "user_id": SQL.identifier(user, "id"),
            "user": SQL.identifier(person, "name"),
            "tier_id": SQL.identifier(tier, "id"),
            "tier": self.env["vip.tier"]._field_to_sql(tier, "name"),
            "stage": self.env["helpdesk.ticket.stage"]._field_to_sql(stage, "name"),
            "closed": SQL.identifier(stage, "closed"),
        }

    @api.model
    def _faces_query(self, query, more=None):
        """Return the SELECT of what is read of the tickets of a query.

        :param more: {name: SQL} of further columns
        """
        # Whoever may read a ticket may know whose it is and who holds it.
        stage = query.left_join(
            query.table, "stage_id", "helpdesk_ticket_stage", "id", "face_stage"
        )
        columns = {**self._face_columns(query, stage), **(more or {})}
        return query.select(
            *(
                SQL("%s AS %s", sql, SQL.identifier(name))
                for name, sql in columns.items()
            )
        )
