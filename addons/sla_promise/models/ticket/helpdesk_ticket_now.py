from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.vip_base.models.resource_calendar_leaves import APPROVED
from odoo.addons.vip_base.tools.times import event_time


class HelpdeskTicket(models.Model):
    """What the form of a ticket shows that passes with time: read beside the form."""

    _inherit = "helpdesk.ticket"

    def sla_now(self):
        """Return how much working time is left of each promise, and who is not there.

        A call of its own, so that opening a ticket does not wait for it. ``clocks``: as
        ``sla.clock._stretches``, and ``why`` each was promised; ``away``: until when its
        holder is on approved leave, and who stands in; ``acts``: what the reader may do
        with it, by its name.

        :raise AccessError: the user may not read the ticket
        """
        self.ensure_one()
        self.check_access("read")
        now = event_time(self.env)
        none = self.env["sla.clock"]
        clocks = none._of_tickets(self.ids, why=True).get(self.id, none)._shown()
        left = clocks._stretches(now)
        return {
            "clocks": {
                clock.id: {"why": clock.why or "", **left.get(clock.id, {})}
                for clock in clocks
            },
            "away": self._sla_away(now),
            "acts": self.sla_acts,
        }

    def _sla_away(self, now):
        """Return until when the holder is on leave and who stands in; False if there.

        In its place the leader of the team is told, else its stand-in, without any the
        service managers.
        """
        # As superuser: who holds a ticket and who leads its team, for who may read it.
        ticket = self.sudo()
        holder, team = ticket.user_id, ticket.team_id
        others = (team.user_id | team.sla_stand_in_id).filtered("active") - holder
        away = self._sla_on_leave(holder | others, now)
        if holder.id not in away:
            return False
        there = others.filtered(lambda user: user.id not in away)
        return {
            "who": holder.name,
            "until": fields.Datetime.to_string(away[holder.id]),
            "stands_in": there[:1].name or False,
        }

    def _sla_on_leave(self, users, now):
        """Return {user id: until when} of those of these users who are on leave."""
        if not users:
            return {}
        # Why somebody is not there is told to nobody here.
        self.env["resource.calendar.leaves"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT user_id, max(date_to) FROM (%s) w WHERE user_id = ANY(%s)"
                " AND date_from <= %s AND date_to > %s GROUP BY 1",
                *(APPROVED, users.ids, now, now),
            )
        )
        return dict(rows)
