from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import LooseMany2one, array
from odoo.addons.vip_base.tools.times import event_time

from ...engine.recount import Switch
from ..clock import sla_clock_recount

#: Where a transaction keeps what the person is told of switches when it ends.
SWITCHED = "sla_promise_switched"


class SlaCalendarSwitch(models.Model):
    """A team, or a company, got other working hours: who, when, from which to which.

    Running promises count by the hours before until then, and by the new ones from then
    on. Rows are kept: a what-if and an explanation of the past read them.
    """

    _name = "sla.calendar.switch"
    _description = "Other Working Hours"
    _log_access = False
    _order = "at desc, id desc"
    _rec_name = "at"

    team_id = LooseMany2one(
        "helpdesk.ticket.team", readonly=True, help="Empty: the company."
    )
    company_id = LooseMany2one("res.company", readonly=True)
    old_calendar_id = LooseMany2one(
        "resource.calendar", string="Working hours before", readonly=True
    )
    calendar_id = LooseMany2one(
        "resource.calendar", string="Working hours since", readonly=True
    )
    at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = LooseMany2one("res.users", string="By", readonly=True)
    pending = fields.Boolean(
        readonly=True, help="Some running promises may not know of it yet."
    )

    _pending_idx = models.Index("(at) WHERE pending")

    @api.model
    def _record(self, switches):
        """Keep that working hours were exchanged, and judge anew what is owed.

        The person who did it is told of the effects when the transaction ends.

        :param switches: (team, company, calendar before, calendar since) as records
        """
        at, result = event_time(self.env), []
        user_env, self = self.env, self.sudo()  # clocks follow whoever changes hours
        self.env["sla.clock"]._flush_all_of_promises()
        # One after another: what has the old hours again would be taken for unaware.
        while self._recount_batch(at, sla_clock_recount.MOST_PREVIEWED):
            pass
        for team, company, old, new in switches:
            self.env["vip.audit.log"]._record(
                team or company,
                "changed",
                old={"resource_calendar_id": old.id},
                new={"resource_calendar_id": new.id},
            )
            switch = self.create(
                {
                    "team_id": team.id,
                    "company_id": company.id,
                    "old_calendar_id": old.id,
                    "calendar_id": new.id,
                    "at": at,
                    "user_id": self.env.uid,
                    "pending": True,
                }
            )
            result += switch._recount_all()
        self._forget_pending()
        self.env["sla.clock"]._trigger_recount()
        precommit = self.env.cr.precommit
        if SWITCHED not in precommit.data:
            precommit.data[SWITCHED] = []
            precommit.add(user_env["sla.calendar.switch"]._tell)
        precommit.data[SWITCHED] += result

    @api.model
    def _tell(self):
        """Tell the person what came of switches, once for a transaction."""
        effects = self.env.cr.precommit.data.pop(SWITCHED, [])
        if effects:
            self.env["resource.calendar"]._tell_effects(effects)

    def _recount_all(self):
        """Judge anew what this concerns; told as in :meth:`_record`."""
        self.flush_recordset()
        most = sla_clock_recount.MOST
        found = self._clocks(SQL("TRUE"), most + 1)
        if not found:
            self.pending = False
            return []
        tickets = sorted({ticket_id for _clock_id, ticket_id, _company in found})
        clocks = self.env["sla.clock"]
        if len(tickets) > most:
            return clocks._recount_tickets(tickets, self.at, most)
        return [
            effect
            for switch, ids in self._switches(found)
            for effect in clocks._recount_tickets(ids, self.at, most, switch)
        ]

    def _switches(self, found):
        """Return [(Switch, ids of its tickets)], one for each company.

        :param found: rows of :meth:`_clocks`
        """
        calendar, result = self.calendar_id.exists(), []
        for company_id in sorted({row[2] for row in found}):
            rows = [row for row in found if row[2] == company_id]
            company = self.env["res.company"].browse(company_id)
            switch = Switch(
                to_epoch(self.at),
                calendar.id or None,
                calendar._worktime_version(company) if calendar else None,
                frozenset(row[0] for row in rows),
            )
            result.append((switch, sorted({row[1] for row in rows})))
        return result

    def _clocks(self, condition, limit):
        """Return (clock id, ticket id, company id) of what still counts by the old hours.

        Only promises in the team's hours, of tickets that this team has, or those of the
        company whose team has no hours of its own.

        :param condition: SQL over the clock c
        """
        where = SQL("m.resource_calendar_id IS NULL")
        if self.team_id.id:
            where = SQL("k.team_id = %s", self.team_id.id)
        if self.company_id.id:
            where = SQL("%s AND c.company_id = %s", where, self.company_id.id)
        return self.env.execute_query(
            SQL(
                """
                SELECT c.id, c.ticket_id, c.company_id
                  FROM sla_clock c
                  JOIN helpdesk_ticket k ON k.id = c.ticket_id
                  JOIN sla_target g ON g.id = c.target_id AND g.calendar_mode = 'team'
                  LEFT JOIN helpdesk_ticket_team m ON m.id = k.team_id
                 WHERE c.stopped_at IS NULL AND c.state IN ('running', 'paused')
                   AND c.calendar_id IS NOT DISTINCT FROM %s AND %s AND %s
                 ORDER BY c.ticket_id LIMIT %s
                """,
                self.old_calendar_id.id or None,
                where,
                condition,
                limit,
            )
        )

    # ------------------------------------------------------------------
    # What may not know of it yet
    # ------------------------------------------------------------------

    @api.model
    def _forget_pending(self):
        self.env.registry.clear_cache()

    @api.model
    def _pending_of(self, ticket_ids):
        """Return the Switch list of which clocks of tickets may not know yet."""
        concerned = SQL("c.ticket_id = ANY(%s)", array(ticket_ids))
        # As superuser: clocks follow working time, whoever looks.
        return [
            what
            for switch in self.sudo().search([("pending", "=", True)], order="at, id")
            for what, _ids in switch._switches(switch._clocks(concerned, None))
        ]

    @api.model
    def _recount_batch(self, at, limit):
        """Judge the next tickets anew; return how many, or 0 if nothing is pending."""
        for switch in self.search([("pending", "=", True)], order="at, id"):
            found = switch._clocks(SQL("TRUE"), limit)
            for what, ids in switch._switches(found):
                self.env["sla.clock"]._recount_tickets(ids, at, len(ids), what)
            if found:
                return len(found)
            switch.pending = False
            switch.flush_recordset()
            self._forget_pending()
        return 0
