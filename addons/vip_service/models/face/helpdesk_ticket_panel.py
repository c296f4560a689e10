from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import AGENT_GROUP, STAFF_GROUPS
from odoo.addons.vip_base.tools.times import event_time

from ...tools.figures_sql import any_consent_sql
from ..ladder.vip_ladder_version import version_sql
from ..res_partner import tiers

#: So many other requests of the client stand beside a ticket, the newest first.
LAST_REQUESTS = 3
#: How the badge of a stage looks where nothing more is known of it than whether it ends.
CLOSED, OPEN = "done", "new"
#: What the panel says of the client itself.
PARTNER = ("name", "client_type", "client_number", "city", "phone")


class HelpdeskTicket(models.Model):
    """The client beside its ticket: who it is, how it stands, what it is owed.

    One call of its own, at most six queries: opening a ticket does not wait for it.
    """

    _inherit = "helpdesk.ticket"

    def client_panel(self):
        """Return what stands beside this ticket of its client; False without a client.

        :raise AccessError: the user may not read the ticket
        """
        self.ensure_one()
        known = self._panel_client()
        if known is None:
            self.check_access("read")
            return False
        if not known["client_type"] or not self.env.user.has_groups(STAFF_GROUPS):
            return False
        client = self.env["res.partner"].browse(known["id"])
        rules = client._panel_rules(
            self.env.company.id,
            known["newest_month"],
            known["version_id"],
            known["consent"],
            self.env.lang or "en_US",
        )
        return {
            "partner": self._panel_partner(known, rules),
            "road": client._panel_road(known, rules),
            "care": client._care_told(known["care"]),
            "key_points": client._key_points_now(),
            "may_say": self.env.user.has_group(AGENT_GROUP),
            "requests": self._panel_requests(client),
            "rights": self._panel_rights(known["rights"] or []),
        }

    # Who it is

    def _panel_client(self):
        """Return what is known of the client of this ticket, if the user may read that.

        With its adviser, its tier today, what that entitles it to, and the newest month
        that the company has figures for; by one query.
        """
        company = self.env.company
        today = company._vip_local_date(event_time(self.env))
        self._panel_flush()
        query = self._search(Domain("id", "=", self.id))
        table = query.table
        columns = {
            "id": SQL("c.id"),
            **{name: SQL.identifier("c", name) for name in PARTNER},
            "adviser_id": SQL("c.adviser_id"),
            "adviser": SQL("person.name"),
            "adviser_phone": SQL("person.phone"),
            "tier_id": SQL("held.tier_id"),
            "tier_since": SQL("held.date_from"),
            "newest_month": self.env["res.partner"]._client_360_month_sql(),
            "consent": any_consent_sql(company.id, today),
            "care": self._panel_care(today),
            "version_id": SQL("(%s)", version_sql(company.id, today, SQL("v.id"))),
            "rights": self.env["vip.entitlement"]._panel_sql(
                company.id, today, SQL("c.id"), SQL("held.tier_id")
            ),
        }
        selected = query.select(
            SQL("%s AS client_id", SQL.identifier(table, "commercial_partner_id"))
        )
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT %(columns)s
                  FROM (%(ticket)s) t
                  LEFT JOIN res_partner c ON c.id = t.client_id
                  LEFT JOIN res_users u ON u.id = c.adviser_id
                  LEFT JOIN res_partner person ON person.id = u.partner_id
                  LEFT JOIN LATERAL (%(tier)s) held ON TRUE
                """,
                columns=SQL(", ").join(
                    SQL("%s AS %s", sql, SQL.identifier(name))
                    for name, sql in columns.items()
                ),
                ticket=selected,
                tier=SQL(
                    "SELECT h.tier_id, h.date_from FROM (%s) AS"
                    " h (partner_id, company_id, date, tier_id, date_from)",
                    tiers(
                        SQL("ARRAY[c.id]"),
                        SQL("ARRAY[%s]", company.id),
                        SQL("ARRAY[%s::date]", today),
                    ),
                ),
            )
        )
        return rows[0] if rows else None

    @api.model
    def _panel_care(self, today):
        partners = self.env["res.partner"]
        return SQL(
            "(SELECT %s FROM res_partner p WHERE p.id = c.id)",
            partners._care_columns(today, event_time(self.env)),
        )

    @api.model
    def _panel_flush(self):
        self.env["res.partner"].flush_model()
        self.env["res.users"].flush_model(["partner_id"])
        self.env["vip.entitlement"].flush_model()
        self.env["vip.entitlement.use"].flush_model()
        self.env["vip.tier.membership"].flush_model()
        self.env["vip.client.group.member"].flush_model()
        self.env["vip.ladder.version"]._flush_ladders()

    @api.model
    def _panel_partner(self, known, rules):
        labels = dict(
            self.env["res.partner"]
            ._fields["client_type"]
            ._description_selection(self.env)
        )
        return {
            "id": known["id"],
            "name": known["name"] or "",
            "number": known["client_number"] or False,
            "type_label": labels.get(known["client_type"], False),
            "city": known["city"] or False,
            "phone": known["phone"] or False,
            "tier": rules["badges"].get(known["tier_id"], False),
            "tier_since": fields.Date.to_string(known["tier_since"]) or False,
            "adviser": known["adviser_id"]
            and {
                "id": known["adviser_id"],
                "name": known["adviser"] or "",
                "phone": known["adviser_phone"] or False,
            },
        }

    # What it asked for

    def _panel_requests(self, client):
        """Return the client's other requests that the user may read, and how many more.

        Nobody sees counts of what he may not see without being told that there is more.
        """
        mine = self._search(
            Domain("commercial_partner_id", "=", client.id)
            & Domain("id", "!=", self.id),
            order="opened_at DESC, id DESC",
            limit=LAST_REQUESTS,
        )
        table = mine.table
        stage = mine.left_join(
            table, "stage_id", "helpdesk_ticket_stage", "id", "panel_stage"
        )
        readable = self._search(Domain("commercial_partner_id", "=", client.id))
        columns = {
            "id": SQL.identifier(table, "id"),
            "number": SQL.identifier(table, "number"),
            "name": SQL.identifier(table, "name"),
            "stage": self.env["helpdesk.ticket.stage"]._field_to_sql(stage, "name"),
            "kind": self._panel_stage_kind(stage),
            "readable": SQL("(%s)", readable.select(SQL("count(*)"))),
            # Of all teams: what the reader may not see is only counted.
            "total": SQL(
                "(SELECT count(*) FROM helpdesk_ticket o WHERE o.active"
                " AND o.commercial_partner_id = %s AND o.company_id = ANY(%s))",
                client.id,
                self.env.companies.ids,
            ),
            **self._panel_request_columns(table),
        }
        rows = self.env.execute_query_dict(
            mine.select(
                *(
                    SQL("%s AS %s", sql, SQL.identifier(name))
                    for name, sql in columns.items()
                )
            )
        )
        counts = [(row.pop("readable"), row.pop("total")) for row in rows]
        readable, total = counts[0] if counts else (0, 0)
        return {
            "items": [self._panel_request(row) for row in rows],
            "count": readable,
            "elsewhere": total - readable,
        }

    @api.model
    def _panel_stage_kind(self, stage):
        """Return the SQL of what a stage is shown as (``vip_base`` StageBadge); a hook."""
        return SQL(
            "CASE WHEN %s THEN %s ELSE %s END",
            SQL.identifier(stage, "closed"),
            CLOSED,
            OPEN,
        )

    @api.model
    def _panel_request_columns(self, table):
        """Return ``{name: SQL}`` of what a row says more of a ticket ``table``; a door.

        An addon shows them by :meth:`_panel_request`.
        """
        return {}

    @api.model
    def _panel_request(self, row):
        """Return a row as JSON; a door. ``late``: it is or was late, in seconds."""
        return {
            "id": row["id"],
            "number": row["number"] or "",
            "name": row["name"] or "",
            "stage": row["stage"] or "",
            "kind": row["kind"],
            "late": False,
        }

    # What it is owed

    @api.model
    def _panel_rights(self, rows):
        return [
            {
                **row,
                "left": max(row["quota"] - row["used"], 0) if row["quota"] else False,
            }
            for row in rows
        ]
