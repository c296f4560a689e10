from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.sql import KeptPlan
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.models.res_partner import is_of

from ...engine import states

#: Breaches on the client's page, newest first.
SHOWN_BREACHES = 10
#: Missed promises are remembered among the key points for so long.
REMEMBERED = timedelta(days=30)
#: A request that is due within this is worth a key point.
SOON = timedelta(hours=1)


def pressing(**values):
    """Return the SQL of :meth:`ResPartner._count_pressing`; the values are SQL."""
    return SQL(
        """
        SELECT count(*) FILTER (WHERE due_at < %(now)s),
               count(*) FILTER (WHERE due_at >= %(now)s),
               (SELECT count(*)
                  FROM sla_breach b JOIN res_partner p ON p.id = b.partner_id
                 WHERE %(is_of)s
                   AND b.company_id = ANY(%(companies)s)
                   AND b.breached_at >= %(since)s AND b.state = 'open')
          FROM (SELECT min(c.due_at) AS due_at
                  FROM helpdesk_ticket t
                  JOIN sla_clock c
                    ON c.ticket_id = t.id AND c.stopped_at IS NULL
                 WHERE t.commercial_partner_id = %(client)s AND t.active
                   AND t.company_id = ANY(%(companies)s)
                 GROUP BY t.id) owed
         WHERE due_at < %(soon)s
        """,
        is_of=is_of("p", values["client"]),
        **values,
    )


PRESSING = KeptPlan(
    "sla_client_pressing",
    {
        "client": "int",
        "companies": "int[]",
        **dict.fromkeys(("now", "soon", "since"), "timestamp"),
    },
    dict.fromkeys(("late", "soon", "missed"), "bigint"),
    pressing,
)


class ResPartner(models.Model):
    """Promises on the client's page, read by the rights of the reader."""

    _inherit = "res.partner"

    def init(self):
        PRESSING.install(self.env)
        return super().init()

    def _client_360_sections(self):
        return super()._client_360_sections() + [
            {
                "key": "key_points",
                "title": self.env._("Key points"),
                "sequence": 5,
                "lazy": False,
            },
            {
                "key": "breaches",
                "title": self.env._("Missed promises"),
                "sequence": 60,
                "lazy": True,
            },
        ]

    # Requests

    def _client_360_requests(self):
        """Add to each request its clocks, when it is due next and whether it is late."""
        data = super()._client_360_requests()
        rows = data["open"] + data["closed"]
        clocks = self.env["sla.clock"].search_fetch(
            [
                ("ticket_id", "in", [row["id"] for row in rows]),
                ("state", "!=", states.CANCELLED),
            ],
            [
                *("ticket_id", "metric", "round", "state", "due_at", "stopped_at"),
                "replaced_by_id",
            ],
        )
        of_ticket = clocks._shown().grouped("ticket_id")
        now = event_time(self.env)
        for row in rows:
            ticket = self.env["helpdesk.ticket"].browse(row["id"])
            row.update(
                self._client_360_promises(of_ticket.get(ticket, clocks[:0]), now)
            )
        return data

    @api.model
    def _client_360_promises(self, clocks, now):
        """Return what a request's row shows of its clocks at ``now`` (naive UTC)."""
        waiting = clocks.filtered(
            lambda clock: (
                clock.due_at
                and not clock.stopped_at
                and clock.state in (states.RUNNING, states.MISSED)
            )
        )
        due = min(waiting.mapped("due_at"), default=False)
        return {
            "clocks": [
                {
                    "id": clock.id,
                    "metric": clock.metric,
                    "metric_label": clock._label(),
                    "state": clock.state,
                }
                for clock in clocks
            ],
            "time_left_due_at": fields.Datetime.to_string(due),
            "late": bool(due and due < now),
        }

    # Missed promises

    def _client_360_breach_domain(self):
        return [("partner_id", "any", self._vip_of_client())]

    def _client_360_breaches(self):
        """Promises that were missed, newest first, and what became of them."""
        Breach = self.env["sla.breach"]
        Breach.flush_model()
        query = Breach._search(
            self._client_360_breach_domain(),
            order="breached_at DESC, id DESC",
            limit=SHOWN_BREACHES,
        )
        table = query.table
        user = query.left_join(table, "user_id", "res_users", "id", "holder")
        person = query.left_join(user, "partner_id", "res_partner", "id", "person")
        columns = {
            name: SQL.identifier(table, name)
            for name in ("id", "ticket_id", "ticket_number", "metric", "breached_at")
        }
        # What the clock says now: without outages declared afterwards.
        columns["overrun_seconds"] = SQL(
            "COALESCE(%s, %s)",
            SQL.identifier(table, "net_overrun_seconds"),
            SQL.identifier(table, "overrun_seconds"),
        )
        columns["state"] = SQL.identifier(table, "state")
        columns["user"] = SQL.identifier(person, "name")
        columns["count"] = SQL("count(*) OVER ()")
        rows = self.env.execute_query(query.select(*columns.values()))
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        return {
            "items": [self._client_360_breach_row(row) for row in found],
            "count": found[0]["count"] if found else 0,
        }

    @api.model
    def _client_360_breach_row(self, row):
        labels = self.env["sla.breach"].fields_get(["metric", "state"], ["selection"])
        overrun = row["overrun_seconds"]
        return {
            "id": row["id"],
            "ticket_id": row["ticket_id"] or False,
            "ticket_number": row["ticket_number"] or False,
            "metric_label": dict(labels["metric"]["selection"])[row["metric"]],
            "breached_at": fields.Datetime.to_string(row["breached_at"]),
            "overrun_seconds": False if overrun is None else overrun,
            "state": row["state"],
            "state_label": dict(labels["state"]["selection"])[row["state"]],
            "user": row["user"] or False,
        }

    # Key points (REQUIREMENTS C2)

    def _client_360_key_points(self):
        """Short hints for whoever meets this client now, the most pressing first."""
        # As superuser: whoever serves the client must know how it stands, also with
        # colleagues; the hints are counts and name no ticket.
        client = self.sudo()
        late, soon, missed = client._count_pressing()
        points = [
            client._key_point_late(late),
            client._key_point_due_soon(soon),
            client._key_point_missed(missed),
            client._key_point_adviser(),
        ]
        return {"items": [point for point in points if point]}

    def _key_point_late(self, count):
        text = self.env._("Requests that are late now: %s", count)
        return count and {"key": "late", "level": "danger", "text": text}

    def _key_point_due_soon(self, count):
        text = self.env._("Requests due within the hour: %s", count)
        return count and {"key": "due_soon", "level": "warning", "text": text}

    def _key_point_missed(self, count):
        text = self.env._("Promises missed in the last 30 days: %s", count)
        return count and {"key": "missed", "level": "info", "text": text}

    def _key_point_adviser(self):
        name = self.adviser_id.name
        text = self.env._("Has a dedicated adviser: %s", name)
        return name and {"key": "adviser", "level": "info", "text": text}

    def _count_pressing(self):
        """Return how many requests are late now, and due soon; how many promises were
        missed of late and still count.
        """
        now = event_time(self.env)
        self.env["helpdesk.ticket"].flush_model(
            ["active", "commercial_partner_id", "company_id"]
        )
        self.env["sla.breach"].flush_model(
            ["partner_id", "company_id", "breached_at", "state"]
        )
        self.env["res.partner"].flush_model(["commercial_partner_id", "head_client_id"])
        [counts] = PRESSING.rows(
            self.env,
            1,
            client=self.id,
            companies=self.env.companies.ids,
            now=now,
            soon=now + SOON,
            since=now - REMEMBERED,
        )
        return counts

    # ------------------------------------------------------------------
    # Matching again when the type of a client changes
    # ------------------------------------------------------------------

    def write(self, vals):
        result = super().write(vals)
        if "client_type" in vals and self._promises_ask_for_client_type():
            self._open_tickets()._sla_rematch()
        return result

    def _promises_ask_for_client_type(self):
        return "client_type" in self.env["sla.policy"]._ruleset().uses

    def _open_tickets(self):
        """Return the tickets of these clients and their contacts that are not closed."""
        # As superuser: promises follow the client, whoever changed it.
        return (
            self.env["helpdesk.ticket"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("stage_id.closed", "=", False),
                ],
                order="id",
            )
        )
