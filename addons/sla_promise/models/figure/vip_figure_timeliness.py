from odoo import api, models
from odoo.tools import SQL

from odoo.addons.vip_base.engine.figure import Count, Share

#: What promises are told apart by.
OF_PROMISE = (
    *("user_id", "team_id", "ticket_id", "partner_id"),
    *("tier_id", "category_id", "channel_id"),
)


class Met(models.AbstractModel):
    """A promise kept: of who held the ticket when the clock stopped."""

    _name = "vip.occurrence.met"
    _inherit = "vip.occurrence"
    _description = "Promise Kept"
    _kind = "met"
    _rows_of = "sla.clock"
    _dimensions = OF_PROMISE

    @api.model
    def _label(self):
        return self.env._("Kept")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT clock.stopped_at AS at, span.user_id, span.team_id,
               clock.id AS record_id, clock.ticket_id, NULL::numeric AS value,
               %(client)s AS partner_id, clock.tier_id, span.category_id,
               %(channel)s AS channel_id
          FROM sla_clock clock
          JOIN LATERAL (%(held)s) span ON TRUE
         WHERE clock.company_id = %(company)s AND clock.state = 'met'
           AND %(during)s""",
            client=self._client(SQL("clock.partner_id")),
            channel=self._channel(SQL("clock.ticket_id")),
            held=self.env["sla.span"]._held_at("clock.ticket_id", "clock.stopped_at"),
            company=stretch.company.id,
            during=stretch.during(SQL("clock.stopped_at")),
        )


class Missed(models.AbstractModel):
    """A promise missed and not excused: of who held the ticket at that instant."""

    _name = "vip.occurrence.missed"
    _inherit = "vip.occurrence"
    _description = "Promise Missed"
    _kind = "missed"
    _rows_of = "sla.breach"
    _dimensions = OF_PROMISE
    #: Which breaches it counts.
    _states = ("open",)

    @api.model
    def _label(self):
        return self.env._("Missed")

    @api.model
    def _happened(self, stretch):
        return SQL(
            """
        SELECT breach.breached_at AS at, breach.user_id, breach.team_id,
               breach.id AS record_id, breach.ticket_id, NULL::numeric AS value,
               %(client)s AS partner_id, breach.tier_id, breach.category_id,
               %(channel)s AS channel_id
          FROM sla_breach breach
         WHERE breach.company_id = %(company)s AND breach.state = ANY(%(states)s)
           AND %(during)s""",
            states=list(self._states),
            client=self._client(SQL("breach.partner_id")),
            channel=self._channel(SQL("breach.ticket_id")),
            company=stretch.company.id,
            during=stretch.during(SQL("breach.breached_at")),
        )


class MissedGross(models.AbstractModel):
    """A promise missed, excused or not: of who held the ticket at that instant."""

    _name = "vip.occurrence.missed.gross"
    _inherit = "vip.occurrence.missed"
    _description = "Promise Missed, Gross"
    _kind = "missed_gross"
    _states = ("open", "excused")

    @api.model
    def _label(self):
        return self.env._("Missed, gross")


class Timeliness(models.AbstractModel):
    """Promises kept, of these and those missed (REQUIREMENTS P4, S4)."""

    _name = "vip.figure.timeliness"
    _inherit = "vip.figure"
    _description = "Timeliness"
    _key = "timeliness"
    _sequence = 20
    _formula = Share(Count("met"), of=(Count("met"), Count("missed")))
    _unit = "percent"
    _about = "ticket_id"
    _is_daily = True

    @api.model
    def _label(self):
        return self.env._("Timeliness %")


class TimelinessGross(models.AbstractModel):
    """Promises kept, of these and all missed, excused ones too (REQUIREMENTS S4)."""

    _name = "vip.figure.timeliness.gross"
    _inherit = "vip.figure"
    _description = "Timeliness, Gross"
    _key = "timeliness_gross"
    _sequence = 25
    _formula = Share(Count("met"), of=(Count("met"), Count("missed_gross")))
    _unit = "percent"
    _about = "ticket_id"
    _is_daily = True

    @api.model
    def _label(self):
        return self.env._("Timeliness, gross %")
