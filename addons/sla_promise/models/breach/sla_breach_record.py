from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import LooseMany2one, array
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_moment

from ...engine.terms import KEPT_BY_BREACH


class SlaBreach(models.Model):
    """What the clocks write of a breach, in SQL, and what takes it back.

    What outages that were declared late take away: a breach keeps its instant and its
    gross overrun. What is charged is the net overrun: what the clock says now. If the
    promise was kept, it is withdrawn.
    """

    _inherit = "sla.breach"

    outage_ids = fields.Many2many(
        "sla.outage",
        string="Outages",
        readonly=True,
        help="Outages that were declared afterwards, in which its clock stood still: "
        "because of them the promise is late by less, or was kept.",
    )
    contact_id = LooseMany2one(
        "vip.contact",
        string="Logged contact",
        readonly=True,
        help="The call, visit or chat, logged by hand after the breach, by which it was "
        "withdrawn.",
    )

    @api.model
    def _record(self, clock_ids):
        """Record the breaches of missed clocks, each once, and what they overran.

        The holder is who held the ticket at the due time, whenever this runs.
        """
        if not clock_ids:
            return
        self.flush_model()
        [[first]] = self.env.execute_query(
            SQL(
                """
                WITH made AS (
                INSERT INTO sla_breach (
                       clock_id, ticket_id, ticket_number, partner_id, %(names)s,
                       category_id, breached_at, recorded_at, user_id, team_id, overrun_seconds,
                       net_overrun_seconds, state, gross, net,
                       create_uid, create_date, write_uid, write_date)
                SELECT c.id, t.id, t.number, p.id, %(values)s,
                       s.category_id, c.due_at, c.recorded_at, s.user_id, s.team_id,
                       c.overrun_seconds, c.overrun_seconds, 'open', 1, 1,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM sla_clock c
                  JOIN helpdesk_ticket t ON t.id = c.ticket_id
                  LEFT JOIN res_partner p ON p.id = c.partner_id
                  LEFT JOIN LATERAL (%(held)s) s ON TRUE
                 WHERE c.id = ANY(%(ids)s) AND c.state = 'missed'
                 ORDER BY c.id
                ON CONFLICT (clock_id) WHERE state <> 'withdrawn' DO NOTHING
                RETURNING breached_at)
                SELECT min(breached_at) FROM made
                """,
                names=SQL(", ").join(map(SQL.identifier, KEPT_BY_BREACH)),
                values=SQL(", ").join(
                    SQL.identifier("c", name) for name in KEPT_BY_BREACH
                ),
                held=self.env["sla.span"]._held_at("c.ticket_id", "c.due_at"),
                uid=self.env.uid,
                now=self.env.cr.now(),
                ids=array(clock_ids),
            )
        )
        if first:
            self.env["vip.figure.day"]._forget(first)
        self._settle(clock_ids)
        self.invalidate_model(flush=False)

    def write(self, vals):
        """What was decided about a day that is over is counted of that day."""
        result = super().write(vals)
        if self and "state" in vals:
            self.env["vip.figure.day"]._forget(min(self.mapped("breached_at")))
        return result

    @api.model
    def _settle(self, clock_ids):
        """Set once what breaches overran whose clocks have stopped by now.

        The net overrun follows a clock that went on after it had been replaced, or after
        its answer had come back.
        """
        stopped = self.env.execute_query(
            SQL(
                "SELECT id FROM sla_clock"
                " WHERE id = ANY(%s) AND overrun_seconds IS NOT NULL",
                array(clock_ids),
            )
        )
        if not stopped:
            return  # as always in the due job
        self.env.cr.execute(
            SQL(
                """
                UPDATE sla_breach b
                   SET overrun_seconds
                           = COALESCE(b.overrun_seconds, c.overrun_seconds),
                       net_overrun_seconds = c.overrun_seconds
                  FROM sla_clock c
                 WHERE c.id = b.clock_id AND c.id = ANY(%s)
                   AND b.state <> 'withdrawn'
                   AND b.net_overrun_seconds IS DISTINCT FROM c.overrun_seconds
                """,
                array(row[0] for row in stopped),
            )
        )

    @api.model
    def _withdraw(self, clock_ids):
        """Withdraw the breaches of clocks that were in time after all."""
        if not clock_ids:
            return
        # As superuser: nobody but the clocks withdraws breaches.
        breaches = self.sudo().search(
            [("clock_id", "in", clock_ids), ("state", "!=", "withdrawn")]
        )
        self.env["sla.clock"].invalidate_model(flush=False)  # just judged in SQL
        for reason, kept in breaches._withdrawals():
            kept._withdraw_for(reason)

    @api.model
    def _undo(self, clock_ids):
        """Withdraw the breaches of clocks that only an undone change let be missed."""
        if not clock_ids:
            return
        # As superuser: as above.
        breaches = self.sudo().search(
            [("clock_id", "in", clock_ids), ("state", "!=", "withdrawn")]
        )
        breaches._withdraw_for(
            self.env._("The ticket was changed and set back within the same second.")
        )

    def _withdraw_for(self, reason):
        self.excuse_ids._settle(reason)
        self.write(
            {
                "state": "withdrawn",
                "net_overrun_seconds": 0,
                "reason": reason,
                "decided_by_id": False,
                "decided_at": event_time(self.env),
            }
        )

    def _withdrawals(self):
        """Return ``[(reason, breaches)]``: the evidence by which they are withdrawn.

        A contact that was logged afterwards, outages that were declared afterwards, or
        else what happened.
        """
        contacts = self._logged_contacts()
        outages = (self - self.browse(b.id for b in contacts))._sparing_outages()
        spared = self.browse(breach.id for breach in (*contacts, *outages))
        return [
            (self.env._("The events show that the promise was kept."), self - spared),
            *self._kept_by_outages(outages),
            *self._kept_by_contacts(contacts),
        ]

    # ------------------------------------------------------------------
    # Outages that were declared afterwards
    # ------------------------------------------------------------------

    def _sparing_outages(self):
        """Return {breach: outages} where the promise was late without them.

        What stopped before it was due at first was in time by itself.
        """
        moved = self.filtered(
            lambda breach: (
                not breach.clock_id.stopped_at
                or breach.clock_id.stopped_at > breach.breached_at
            )
        )
        return {breach: found for breach, found in moved._outages().items() if found}

    def _kept_by_outages(self, by_breach):
        """Name the outages by which promises were kept: {breach: outages}."""
        spared = self.browse(breach.id for breach in by_breach)
        spared._keep_outages(by_breach)
        result = []
        for outages, breaches in spared.grouped(by_breach.get).items():
            reason = self.env._(
                "The promise was kept: its clock stood still during the outage %s.",
                ", ".join(outages.mapped("name")),
            )
            result.append((reason, breaches))
        return result

    @api.model
    def _spare(self, clock_ids):
        """Bring the net overruns up to date with clocks that an outage judged anew."""
        if not clock_ids:
            return
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE sla_breach b SET net_overrun_seconds = c.overrun_seconds
                  FROM sla_clock c
                 WHERE c.id = b.clock_id AND c.id = ANY(%s)
                   AND b.state <> 'withdrawn' AND b.overrun_seconds IS NOT NULL
             RETURNING b.id
                """,
                array(clock_ids),
            )
        )
        self.invalidate_model(["net_overrun_seconds"], flush=False)
        # As superuser: nobody but the clocks writes what a breach overran.
        breaches = self.sudo().browse(breach_id for (breach_id,) in rows)
        breaches._keep_outages(breaches._outages())

    def _keep_outages(self, by_breach):
        """Keep in which outages their clocks stood still: {breach: outages}."""
        if not self:
            return
        pairs = [
            (breach.id, outage.id)
            for breach, outages in by_breach.items()
            for outage in outages
        ]
        field = self._fields["outage_ids"]
        table, breach, outage = (
            SQL.identifier(name)
            for name in (field.relation, field.column1, field.column2)
        )
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE %s = ANY(%s)", table, breach, array(self.ids))
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT * FROM unnest(%s, %s)",
                table,
                breach,
                outage,
                array(pair[0] for pair in pairs),
                array(pair[1] for pair in pairs),
            )
        )
        self.invalidate_recordset(["outage_ids"], flush=False)

    def _outages(self):
        """Return {breach: outages in which its clock stood still}; a query or two."""
        pausing = self.filtered("clock_id.pause_on_outage")
        outages = self.env["sla.outage"]
        result = dict.fromkeys(self, outages)
        if not pausing:
            return result
        timelines = self.env["sla.span"]._timelines(pausing.ticket_id.ids)
        for breach in pausing:
            clock = breach.clock_id
            start = to_epoch(clock.started_at)
            stop = clock.stopped_at or clock.due_at or event_time(self.env)
            ids = {
                moment.outage_id
                for moment in timelines.get(breach.ticket_id.id, ())
                if moment.outage_id
                and moment.start < to_epoch(stop)
                and (moment.stop is None or moment.stop > start)
            }
            result[breach] = outages.browse(sorted(ids))
        return result

    # ------------------------------------------------------------------
    # Contacts that were logged afterwards
    # ------------------------------------------------------------------

    def _kept_by_contacts(self, found):
        """Name the logged contact by which a promise was kept, and who logged it.

        Whoever logs an answer to the client afterwards withdraws a breach, which a second
        person approved if it was late: the breach says so.

        :param found: {breach: contact}
        """
        result = []
        for breach, contact in found.items():
            breach.contact_id = contact
            late = contact.late_ids
            reason = self.env._(
                "The promise was kept: contact with the client at %(at)s, logged by "
                "%(user)s at %(logged)s.",
                at=self._spelled(contact.at),
                user=(contact.logged_by_id or late.proposed_by_id).name,
                logged=self._spelled(contact.recorded_at),
            )
            if late:
                reason += " " + self.env._("Approved by %s.", late.decided_by_id.name)
            result.append((reason, breach))
        return result

    def _logged_contacts(self):
        """Return {breach: contact} where a logged contact stopped the clock in time."""
        early = self.filtered(
            lambda breach: (
                breach.clock_id.stopped_at
                and breach.clock_id.stopped_at <= breach.breached_at
            )
        )
        if not early:
            return {}
        contacts = self.env["vip.contact"].search(
            [
                ("ticket_id", "in", early.ticket_id.ids),
                ("void", "=", False),
                ("withheld", "!=", True),
                "|",
                ("logged_by_id", "!=", False),
                ("counts_since", "!=", False),
            ]
        )
        by_time = {(contact.ticket_id, contact.at): contact for contact in contacts}
        pairs = (
            (breach, by_time.get((breach.ticket_id, breach.clock_id.stopped_at)))
            for breach in early
        )
        return {breach: contact for breach, contact in pairs if contact}

    def _spelled(self, at):
        return written_moment(self.env, at)
