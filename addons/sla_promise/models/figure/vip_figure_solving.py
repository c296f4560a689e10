from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Count, Number, Share
from odoo.addons.vip_service.tools.opened_at import opened_at_sql

#: What a ticket in somebody's hands is told apart by.
OF_SPAN = (
    *("user_id", "team_id", "ticket_id", "partner_id"),
    *("tier_id", "category_id", "channel_id"),
)
#: Tickets, however often they became solved; those that were still so in the end.
SOLVED = Count("solved", each="ticket_id")
STAYED = Count("solved", only="value = 1", each="ticket_id")
LEFT_OPEN = Count("open", each="ticket_id")


class Solved(models.AbstractModel):
    """A ticket became solved: of who held it then; value 1: still so when the month ended."""

    _name = "vip.occurrence.solved"
    _inherit = "vip.occurrence"
    _description = "Ticket Solved"
    _kind = "solved"
    _rows_of = "helpdesk.ticket"
    _dimensions = OF_SPAN

    @api.model
    def _label(self):
        return self.env._("Solved")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT span.start AS at, span.user_id, span.team_id,
               span.ticket_id AS record_id, span.ticket_id,
               (NOT EXISTS (
                   SELECT FROM sla_span later
                    WHERE later.ticket_id = span.ticket_id AND later.start > span.start
                      AND later.start < %(until)s
                      AND later.solved IS NOT TRUE))::integer AS value,
               %(client)s AS partner_id, %(tier)s AS tier_id, span.category_id,
               ticket.channel_id
          FROM sla_span span
          JOIN helpdesk_ticket ticket ON ticket.id = span.ticket_id
         WHERE ticket.company_id = %(company)s AND span.solved
           AND span.cancels IS NOT TRUE AND %(during)s
           AND (SELECT s.solved FROM sla_span s
                 WHERE s.ticket_id = span.ticket_id AND s.start < span.start
              ORDER BY s.start DESC LIMIT 1) IS NOT TRUE""",
            until=stretch.end_of(SQL("span.start")),
            client=self._client(SQL("span.partner_id")),
            tier=self._tier(SQL("span.partner_id"), stretch.company, SQL("span.start")),
            company=stretch.company.id,
            during=stretch.during(SQL("span.start")),
        )


class LeftOpen(models.AbstractModel):
    """A ticket in somebody's hands when a month ended, waiting for nobody else."""

    _name = "vip.occurrence.open"
    _inherit = "vip.occurrence"
    _description = "Ticket Left Open"
    _kind = "open"
    _rows_of = "helpdesk.ticket"
    _dimensions = OF_SPAN

    @api.model
    def _label(self):
        return self.env._("Left open")

    @api.model
    def _happened(self, stretch):
        end = "ends.at - INTERVAL '1 second'"
        return SQL(
            """
        SELECT %(end)s AS at, span.user_id, span.team_id,
               ticket.id AS record_id, ticket.id AS ticket_id, NULL::numeric AS value,
               %(client)s AS partner_id, %(tier)s AS tier_id, span.category_id,
               ticket.channel_id
          FROM (SELECT ticket.* FROM helpdesk_ticket ticket
                 WHERE company_id = %(company)s
                   AND (stage_id = ANY(%(open_stages)s) OR closed_date IS NULL
                        OR closed_date >= %(first_end)s)
                -- Few of all tickets: found before anything is joined to them.
                OFFSET 0) ticket
          JOIN unnest(%(ends)s::timestamp[]) ends (at) ON TRUE
          JOIN LATERAL (%(held)s) span ON TRUE
         WHERE %(opened_at)s < ends.at
           -- What was last closed before an end was not open at that end.
           AND (ticket.stage_id = ANY(%(open_stages)s) OR ticket.closed_date IS NULL
                OR ticket.closed_date >= ends.at)
           AND span.solved IS NOT TRUE AND span.waiting_on IS NULL""",
            end=SQL(end),
            client=self._client(SQL("span.partner_id")),
            tier=self._tier(SQL("span.partner_id"), stretch.company, SQL(end)),
            held=self.env["sla.span"]._held_at("ticket.id", end),
            company=stretch.company.id,
            ends=stretch.ends,
            first_end=stretch.ends[0],
            open_stages=list(self.env["helpdesk.ticket.stage"]._open_ids()),
            opened_at=opened_at_sql("ticket"),
        )


class Volume(models.AbstractModel):
    """Tickets brought to a solution (REQUIREMENTS P4)."""

    _name = "vip.figure.volume"
    _inherit = "vip.figure"
    _description = "Tickets Solved"
    _key = "volume"
    _sequence = 10
    _formula = Number(SOLVED)
    _adds_up = True
    _about = "ticket_id"
    _least = 0

    @api.model
    def _label(self):
        return self.env._("Tickets solved")


class Solving(models.AbstractModel):
    """Tickets that stayed solved, of these and those left open (REQUIREMENTS K1, P4)."""

    _name = "vip.figure.solving"
    _inherit = "vip.figure"
    _description = "Problem Solving"
    _key = "solving"
    _sequence = 40
    _formula = Share(STAYED, of=(STAYED, LEFT_OPEN))
    _unit = "percent"
    _about = "ticket_id"

    @api.model
    def _label(self):
        return self.env._("Problem solving %")
