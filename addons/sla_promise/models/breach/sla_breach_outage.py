from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.sql_array import array


class SlaBreach(models.Model):
    """What outages that were declared late take away from a breach.

    Its instant and its gross overrun stay what they were. What is charged is the net
    overrun: what the clock says now. If the promise was kept, it is withdrawn.
    """

    _inherit = "sla.breach"

    outage_ids = fields.Many2many(
        "sla.outage",
        string="Outages",
        readonly=True,
        help="Outages that were declared afterwards, in which its clock stood still: "
        "because of them the promise is late by less, or was kept.",
    )

    def _withdrawals(self):
        """Name the outages by which a promise was kept that was late without them.

        What stopped before it was due at first was in time by itself.
        """
        moved = self.filtered(
            lambda breach: (
                not breach.clock_id.stopped_at
                or breach.clock_id.stopped_at > breach.breached_at
            )
        )
        known = {breach: found for breach, found in moved._outages().items() if found}
        spared = self.browse(breach.id for breach in known)
        spared._keep_outages(known)
        result = super(SlaBreach, self - spared)._withdrawals()
        for outages, breaches in spared.grouped(known.get).items():
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
        breaches = self.sudo().browse(breach_id for (breach_id,) in rows)
        breaches._keep_outages(breaches._outages())

    def _keep_outages(self, known):
        """Keep in which outages their clocks stood still: {breach: outages}."""
        if not self:
            return
        pairs = [
            (breach.id, outage.id)
            for breach, outages in known.items()
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
