from odoo import models
from odoo.tools import SQL

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.times import event_time
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

    def _client_health_measures(self):
        late, _soon, missed, asked = self._count_pressing()
        now = event_time(self.env)
        return [
            *super()._client_health_measures(),
            self._health_measure(
                "late",
                self.env._("Requests late now"),
                late if asked else None,
                day=now,
                weight=20,
                red=1,
                good=0,
                low_is_red=False,
            ),
            self._health_measure(
                "missed",
                self.env._("Promises missed, %s days", REMEMBERED.days),
                missed if asked else None,
                day=now,
                weight=20,
                red=3,
                good=0,
                low_is_red=False,
            ),
        ]
