from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.vip_base.tools.sql import epoch
from odoo.addons.vip_base.tools.times import event_time

from ...engine.timeline import Outage

#: Tickets judged anew and committed together.
BATCH = 1000
#: Where a transaction keeps the approved outages it has read.
APPROVED = "sla_promise.approved_outages"


class SlaOutage(models.Model):
    """What outages do to clocks: when they begin, end, or are decided afterwards."""

    _inherit = "sla.outage"

    next_event_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the clocks in its scope must be judged anew: it begins or ends.",
    )
    judged_ticket_id = fields.Integer(
        readonly=True,
        copy=False,
        help="Up to this ticket they have been, for the event that is going on.",
    )

    _next_event_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    @api.model
    def _approved(self):
        """Return all approved outages as :class:`~...engine.timeline.Outage`.

        One query per transaction; once it has changed one, each time.
        """
        data = self.env.cr.precommit.data
        if data.get(APPROVED) is None:
            outages = self._read_approved(SQL("o.state IN ('declared', 'ended')"))
            if APPROVED in data:  # changed in this transaction
                return outages
            data[APPROVED] = outages
        return data[APPROVED]

    def _distrust_approved(self):
        self.env.cr.precommit.data[APPROVED] = None

    @api.model
    def _approved_by(self, at):
        """Return the outages that had been approved by an instant (naive UTC)."""
        return self._read_approved(
            SQL(
                "COALESCE(o.approved_at, o.date_from) <= %s"
                " AND (o.state IN ('declared', 'ended') OR o.revoked_at > %s)",
                at,
                at,
            )
        )

    @api.model
    def _read_approved(self, condition):
        self.env["sla.outage"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id, %s, %s,
                       ARRAY(SELECT r.res_company_id FROM %s r
                              WHERE r.sla_outage_id = o.id),
                       ARRAY(SELECT r.helpdesk_ticket_team_id FROM %s r
                              WHERE r.sla_outage_id = o.id),
                       ARRAY(SELECT below.id FROM %s r
                               JOIN helpdesk_ticket_category item
                                 ON item.id = r.helpdesk_ticket_category_id
                               JOIN helpdesk_ticket_category below
                                 ON below.parent_path LIKE item.parent_path || '%%'
                              WHERE r.sla_outage_id = o.id)
                  FROM sla_outage o
                 WHERE %s
                 ORDER BY o.date_from, o.id
                """,
                epoch("o.date_from"),
                epoch("o.date_to"),
                SQL.identifier(self._fields["company_ids"].relation),
                SQL.identifier(self._fields["team_ids"].relation),
                SQL.identifier(self._fields["category_ids"].relation),
                condition,
            )
        )
        return tuple(
            Outage(
                outage_id,
                start,
                stop,
                frozenset(companies),
                frozenset(teams) if teams else None,
                frozenset(items) if items else None,
            )
            for outage_id, start, stop, companies, teams, items in rows
        )

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _judge_from(self, at):
        """Have the clocks judged anew: at once if there are few, else by the job.

        :param at: when it was decided (naive UTC)
        """
        for outage in self:
            began = outage.date_from <= at
            outage.write(
                {
                    "next_event_at": at if began else outage.date_from,
                    "judged_ticket_id": 0,
                }
            )
            outage._judge(at)
        if self.filtered(lambda outage: outage.next_event_at):
            # As superuser: whoever decides may not read jobs.
            cron = self.env.ref("sla_promise.cron_outage").sudo()
            cron._trigger([o.next_event_at for o in self if o.next_event_at])

    @api.model
    def _cron_judge(self):
        """Judge the clocks of outages that began, ended or were decided, in batches."""
        cron = self.env["ir.cron"]
        while done := self._judge_due(event_time(self.env)):
            if not cron._commit_progress(done):
                break

    @api.model
    def _judge_due(self, at, limit=BATCH):
        """Judge the next tickets of the first outage whose event has come.

        :param at: naive UTC
        :param limit: how many tickets at most
        :return: how many tickets were judged, at least 1 if an event was handled
        """
        outages = self.sudo()  # as superuser: outages concern all tickets in scope
        outage = outages.search(
            [("next_event_at", "<=", at)], order="next_event_at, id", limit=1
        )
        return outage._judge(at, limit) if outage.try_lock_for_update() else 0

    def _judge(self, at, limit=BATCH):
        """Judge the next tickets of this outage if its event has come; return how many.

        At least 1 if there was an event, though it may concern no ticket.
        """
        self.flush_recordset()
        if not self.next_event_at or self.next_event_at > at:
            return 0
        tickets = self._next_tickets(limit)
        now = to_epoch(at)
        self.env["sla.clock"]._follower(now).rejudge(tickets.ids, now)
        tickets._sla_changed()
        if len(tickets) == limit:
            self.judged_ticket_id = tickets.ids[-1]
        else:
            self._after_event(at)
        return max(1, len(tickets))

    def _after_event(self, at):
        """Wait for the next event: an outage that has begun ends some time."""
        ended = self.date_to and self.date_to <= at
        vals = {"judged_ticket_id": 0, "next_event_at": False}
        if self.state == "declared":
            if ended:
                vals["state"] = "ended"
            elif self.date_to:
                vals["next_event_at"] = self.date_to
        self.write(vals)

    def _next_tickets(self, limit):
        """Return the next tickets, by number, that have clocks in the outage's scope."""
        (scope,) = self._read_approved(SQL("o.id = %s", self.id))
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.ticket_id
                  FROM sla_clock c
                  JOIN helpdesk_ticket t ON t.id = c.ticket_id
                 WHERE c.ticket_id > %s AND c.pause_on_outage
                   AND (c.replaced_by_id IS NULL OR EXISTS (
                        SELECT FROM sla_breach b
                         WHERE b.ticket_id = c.ticket_id AND b.clock_id = c.id))
                   AND (c.stopped_at IS NULL OR c.stopped_at > %s)
                   AND EXISTS (SELECT FROM sla_span s
                                WHERE s.ticket_id = c.ticket_id AND %s)
                 ORDER BY c.ticket_id LIMIT %s
                """,
                self.judged_ticket_id or 0,
                self.date_from,
                self.env["sla.span"]._meets(scope),
                limit,
            )
        )
        return self.env["helpdesk.ticket"].browse(row[0] for row in rows)

    @api.model
    def _pending(self, at):
        """Tell whether clocks may not know yet what outages did until ``at``."""
        return bool(
            self.env.execute_query(
                SQL("SELECT 1 FROM sla_outage WHERE next_event_at <= %s LIMIT 1", at)
            )
        )
