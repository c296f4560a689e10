from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import rows_link
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
                   AND b.breached_at >= %(since)s AND b.state = 'open'),
               EXISTS (SELECT FROM helpdesk_ticket t
                        WHERE t.commercial_partner_id = %(client)s
                          AND t.company_id = ANY(%(companies)s))
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
    {**dict.fromkeys(("late", "soon", "missed"), "bigint"), "asked": "bool"},
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
                "key": "breaches",
                "title": self.env._("Missed promises"),
                "sequence": 60,
                "lazy": True,
            },
        ]

    # Requests

    def _client_request_columns(self, ticket_ids):
        """Add to each request its clocks, when it is due next and whether it is late."""
        clocks = self.env["sla.clock"].search_fetch(
            [("ticket_id", "in", ticket_ids), ("state", "!=", states.CANCELLED)],
            [
                *("ticket_id", "metric", "round", "state", "due_at", "stopped_at"),
                "replaced_by_id",
            ],
        )
        now = event_time(self.env)
        of_ticket = clocks._shown().grouped("ticket_id")
        return {
            **super()._client_request_columns(ticket_ids),
            "promise": {
                ticket.id: self._client_360_promises(shown, now)
                for ticket, shown in of_ticket.items()
            },
        }

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

    def _client_key_points(self):
        """Add what presses: counts over all teams, also of what the reader may not see.

        Whoever serves the client must know how it stands, also with colleagues.
        """
        late, soon, missed, _asked = self._count_pressing()
        return [
            *super()._client_key_points(),
            *self._key_points_of_requests(late, soon),
            *self._key_points_of_missed(missed),
        ]

    def _key_points_of_requests(self, late, soon):
        now = event_time(self.env)
        of_client = ["commercial_partner_id", "=", self.id]
        if late:
            yield self._key_point(
                "late",
                self.env._("Requests that are late now: %s", late),
                0,
                level="danger",
                link=rows_link(
                    "helpdesk.ticket",
                    self.env._("Late now"),
                    [of_client, ["sla_due_at", "<", fields.Datetime.to_string(now)]],
                ),
                source=self.env._("from the promises of all teams"),
            )
        if soon:
            until = fields.Datetime.to_string(now + SOON)
            yield self._key_point(
                "due_soon",
                self.env._("Requests due within the hour: %s", soon),
                10,
                level="warning",
                link=rows_link(
                    "helpdesk.ticket",
                    self.env._("Due within the hour"),
                    [
                        of_client,
                        ["sla_due_at", ">=", fields.Datetime.to_string(now)],
                        ["sla_due_at", "<", until],
                    ],
                ),
                source=self.env._("from the promises of all teams"),
            )

    def _key_points_of_missed(self, count):
        if count:
            since = event_time(self.env) - REMEMBERED
            yield self._key_point(
                "missed",
                self.env._("Promises missed in the last 30 days: %s", count),
                50,
                link=rows_link(
                    "sla.breach",
                    self.env._("Missed promises"),
                    [
                        *self._client_360_breach_domain(),
                        ["breached_at", ">=", fields.Datetime.to_string(since)],
                        ["state", "=", "open"],
                    ],
                ),
                source=self.env._("from the promises of all teams"),
            )

    def _count_pressing(self):
        """Return how many requests are late now, and due soon; how many promises were
        missed of late and still count; whether there ever was a request.
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
