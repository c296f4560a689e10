from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_service.models.res_partner import is_of
from odoo.addons.vip_service.tools.measure import Measure
from odoo.addons.vip_service.tools.story import StoryPart

from .res_partner import REMEMBERED


class ResPartner(models.Model):
    """What missed promises add to a client's story and health."""

    _inherit = "res.partner"

    def _client_story_parts(self):
        return [*super()._client_story_parts(), *self._story_missed()]

    def _story_missed(self):
        breaches = self.env["sla.breach"]
        if not breaches.has_access("read"):
            return
        query = breaches._search(
            [*self._client_360_breach_domain(), ("state", "!=", "withdrawn")]
        )
        table = query.table
        metrics = dict(breaches._fields["metric"]._description_selection(self.env))
        states = dict(breaches._fields["state"]._description_selection(self.env))

        def tell(row):
            excused = row["state"] != "open"
            return {
                "text": self.env._(
                    "Promise missed: %s", metrics.get(row["metric"], row["metric"])
                ),
                "note": " · ".join(
                    filter(None, (row["number"], excused and states[row["state"]]))
                ),
                "link": row["ticket_id"]
                and record_link("helpdesk.ticket", row["ticket_id"]),
                "tone": not excused and "danger",
            }

        yield StoryPart(
            "missed",
            query,
            SQL.identifier(table, "breached_at"),
            tell,
            {
                "number": SQL.identifier(table, "ticket_number"),
                **{
                    name: SQL.identifier(table, name)
                    for name in ("metric", "state", "ticket_id")
                },
            },
            icon="fa-exclamation-triangle",
            group="promises",
            searched=(SQL.identifier(table, "ticket_number"),),
        )

    @api.model
    def _client_health_measures(self, when):
        reads = ("helpdesk.ticket", "sla.clock", "sla.breach", "res.partner")
        asked = SQL(
            "CASE WHEN EXISTS (SELECT FROM helpdesk_ticket t"
            " WHERE t.commercial_partner_id = p.id AND t.company_id = ANY(%s) AND %s) THEN",
            self.env.companies.ids,
            when.known(SQL("t.opened_at")),
        )
        return [
            *super()._client_health_measures(when),
            Measure(
                "late",
                self.env._("Requests late now"),
                SQL("%s %s END", asked, self._late_sql(when)),
                reads,
                weight=20,
                red=1,
                good=0,
            ),
            Measure(
                "missed",
                self.env._("Promises missed, %s days", REMEMBERED.days),
                SQL("%s %s END", asked, self._missed_sql(when)),
                reads,
                weight=20,
                red=3,
                good=0,
            ),
        ]

    @api.model
    def _late_sql(self, when):
        """Return the SQL of how many requests of a client ``p`` are late.

        Of a past instant by the breaches that were known: limits may have moved since.
        """
        if not when.past:
            return SQL(
                """
                (SELECT count(DISTINCT t.id)
                   FROM helpdesk_ticket t
                   JOIN sla_clock c ON c.ticket_id = t.id AND c.stopped_at IS NULL
                  WHERE t.commercial_partner_id = p.id AND t.active
                    AND t.company_id = ANY(%s) AND c.due_at < %s)
                """,
                self.env.companies.ids,
                when.at,
            )
        return SQL(
            """
            (SELECT count(DISTINCT b.ticket_id)
               FROM sla_breach b
               JOIN res_partner o ON o.id = b.partner_id
               LEFT JOIN sla_clock c ON c.id = b.clock_id
              WHERE %(is_of)s AND b.company_id = ANY(%(companies)s)
                AND b.breached_at < %(at)s AND %(known)s
                AND (c.stopped_at IS NULL OR c.stopped_at > %(at)s))
            """,
            is_of=is_of("o", SQL("p.id")),
            companies=self.env.companies.ids,
            at=when.at,
            known=when.known(SQL("b.recorded_at")),
        )

    @api.model
    def _missed_sql(self, when):
        """Return the SQL of how many promises to a client ``p`` were missed of late."""
        stands = SQL("b.state = 'open'")
        if when.past:
            stands = SQL("(%s OR b.decided_at > %s)", stands, when.at)
        return SQL(
            """
            (SELECT count(*) FROM sla_breach b JOIN res_partner o ON o.id = b.partner_id
              WHERE %(is_of)s AND b.company_id = ANY(%(companies)s)
                AND b.breached_at >= %(since)s AND b.breached_at <= %(at)s
                AND %(stands)s AND %(known)s)
            """,
            is_of=is_of("o", SQL("p.id")),
            companies=self.env.companies.ids,
            since=when.at - REMEMBERED,
            at=when.at,
            stands=stands,
            known=when.known(SQL("b.recorded_at")),
        )
