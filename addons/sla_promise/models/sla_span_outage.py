from odoo import api, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.event_time import event_time

from ..engine.outages import Place, cut, opening
from .sla_span import epoch


class SlaSpan(models.Model):
    """Declared outages are a layer over the timelines, not a part of them.

    Whoever judges or explains reads timelines here, so an outage that is declared late,
    or revoked, changes no span.
    """

    _inherit = "sla.span"

    @api.model
    def _timelines(self, ticket_ids):
        timelines = super()._timelines(ticket_ids)
        outages = self.env["sla.outage"]._approved()
        if not outages or not timelines:
            return timelines
        first = min(timeline[0].start for timeline in timelines.values())
        outages = [out for out in outages if out.stop is None or out.stop > first]
        return self._with_outages(timelines, outages) if outages else timelines

    @api.model
    def _opening(self, change):
        timeline = super()._opening(change)
        outages = self.env["sla.outage"]._approved()
        if not outages:
            return timeline
        now = max(change.at, to_epoch(event_time(self.env)))
        place = Place(change.company_id, change.team_id, change.category_id)
        return opening(change.moment, place, outages, now)

    @api.model
    def _with_outages(self, timelines, outages):
        """Return the timelines, cut where outages that concern them begin and end.

        One more query for all of them, and only if there are such outages.
        """
        places = self._places(timelines)
        return {
            ticket_id: tuple(
                piece
                for moment in timeline
                for piece in cut(moment, places[ticket_id, moment.start], outages)
            )
            for ticket_id, timeline in timelines.items()
        }

    @api.model
    def _places(self, ticket_ids):
        """Return {(ticket id, epoch second at which a span began): Place}."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.ticket_id, %s, t.company_id, s.team_id, s.category_id
                  FROM sla_span s JOIN helpdesk_ticket t ON t.id = s.ticket_id
                 WHERE s.ticket_id = ANY(%s)
                """,
                epoch("s.start"),
                list(ticket_ids),
            )
        )
        return {(ticket_id, at): Place(*place) for ticket_id, at, *place in rows}

    @api.model
    def _meets(self, outage):
        """Return the SQL that tells whether span s of ticket t lies in an outage."""
        conditions = [SQL("t.company_id = ANY(%s)", list(outage.company_ids))]
        conditions.append(
            SQL(
                "NOT EXISTS (SELECT FROM sla_span n WHERE n.ticket_id = s.ticket_id"
                " AND n.start > s.start AND %s <= %s)",
                epoch("n.start"),
                outage.start,
            )
        )
        if outage.stop is not None:
            conditions.append(SQL("%s < %s", epoch("s.start"), outage.stop))
        for name in ("team_ids", "category_ids"):
            ids = getattr(outage, name)
            if ids is not None:
                column = SQL("s.%s", SQL.identifier(name.replace("_ids", "_id")))
                conditions.append(SQL("%s = ANY(%s)", column, list(ids)))
        return SQL(" AND ").join(conditions)
