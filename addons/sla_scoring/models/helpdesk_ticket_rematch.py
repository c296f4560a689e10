from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_service.tools.event_time import event_time
from odoo.addons.vip_service.tools.groups import STAFF_GROUPS

from ..engine.worktime import to_epoch
from ..tools.timeline import Change, Moment
from .sla_span import COUNTING, CURRENT, epoch

#: Tickets that are matched again together.
BATCH = 2000


class HelpdeskTicket(models.Model):
    """Matching open tickets again for what their timeline knows nothing of."""

    _inherit = "helpdesk.ticket"

    no_promise_ids = fields.One2many(
        "sla.no.promise",
        "ticket_id",
        string="No promise",
        readonly=True,
        groups=STAFF_GROUPS,
    )
    sla_tier_id = fields.Many2one(
        "vip.tier",
        string="Tier of the promises",
        readonly=True,
        copy=False,
        ondelete="restrict",
        groups=STAFF_GROUPS,
        help="The client's tier that took effect while the ticket was open. "
        "Empty: the tier when the request arrived.",
    )

    @api.depends("no_promise_ids")
    def _compute_sla_clock_info(self):
        """Say also where a policy promises nothing."""
        super()._compute_sla_clock_info()
        for ticket in self:
            clocks = ticket.sla_clock_info or []
            promised = {clock["metric"] for clock in clocks}
            rows = ticket.no_promise_ids.filtered(
                lambda row, promised=promised: row.metric not in promised
            )
            ticket.sla_clock_info = [*clocks, *rows._info()]

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                # A default in the caller's context must not fill it either.
                vals["sla_tier_id"] = False
        return super().create(vals_list)

    def write(self, vals):
        """Match again when something changes that only some policies look at."""
        if "sla_tier_id" in vals and not self.env.su:
            raise AccessError(
                self.env._("The tier of the promises follows from what happens.")
            )
        if "partner_id" in vals:
            # Another client brings its own tier at opening.
            vals = {**vals, "sla_tier_id": False}
        result = super().write(vals)
        if not self.env["sla.policy"]._watched_fields().isdisjoint(vals):
            self._sla_rematch()
        return result

    def _sla_rematch(self, at=None):
        """Match these tickets again, as far as something is still owed on them.

        :param at: when it happened (naive UTC); the event time if not given
        """
        at = to_epoch(at or event_time(self.env))
        for first in range(0, len(self), BATCH):
            self[first : first + BATCH]._sla_rematch_batch(at)

    def _sla_rematch_batch(self, at):
        self._sla_sync()
        changes = self._sla_changes(at)
        if not changes:
            return
        responded = {
            change.ticket_id: change.first_response_at
            for change in changes
            if change.first_response_at is not None
        }
        # As superuser: nobody but this code writes clocks.
        self.env["sla.clock"].sudo()._follow(changes, responded)
        self._sla_forget()

    def _sla_changes(self, at):
        """Return a Change for each of these tickets that is open, as if a fact changed."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, GREATEST(%(at)s, %(start)s), t.company_id, t.partner_id,
                       t.category_id, k.parent_path, t.team_id,
                       COALESCE(m.resource_calendar_id, y.resource_calendar_id),
                       t.priority, COALESCE(t.sla_tier_id, t.vip_tier_id),
                       %(responded)s, %(counting)s
                  FROM helpdesk_ticket t
                  JOIN sla_span s ON s.ticket_id = t.id AND s.stop IS NULL
                  LEFT JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
                  LEFT JOIN helpdesk_ticket_category k ON k.id = t.category_id
                  LEFT JOIN helpdesk_ticket_team m ON m.id = t.team_id
                  LEFT JOIN res_company y ON y.id = t.company_id
                 WHERE t.id = ANY(%(ids)s) AND t.active
                   AND NOT (%(closed)s)
                 ORDER BY t.id
                """,
                at=at,
                start=epoch("s.start"),
                responded=epoch("t.first_response_at"),
                counting=SQL(", ".join(CURRENT[name] for name in COUNTING)),
                closed=SQL(CURRENT["closed"]),
                ids=list(self._ids),
            )
        )
        return [
            Change(
                ticket_id,
                moved,
                False,
                False,
                True,
                *facts,
                False,
                Moment(moved, None, *counting),
            )
            for ticket_id, moved, *facts, counting in (
                (*row[:11], row[11:]) for row in rows
            )
        ]
