from odoo import fields, models

from ..engine import states
from ..tools.loose_many2one import LooseMany2one

METRICS = [
    (states.FIRST_RESPONSE, "First response"),
    (states.RESOLUTION, "Resolution"),
]
STATES = [
    (states.RUNNING, "Running"),
    (states.PAUSED, "Paused"),
    (states.MET, "Met"),
    (states.MISSED, "Missed"),
    (states.CANCELLED, "Cancelled"),
]


class SlaClock(models.Model):
    """One promise on one ticket.

    A clock keeps the target, tier and calendar it was made under: a later change of
    the policy does not touch it. Rows are written by the ticket's sync and by the due
    job only, in SQL.
    """

    _name = "sla.clock"
    _description = "Promise on a Ticket"
    _log_access = False
    _order = "due_at, id"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, ondelete="cascade", readonly=True
    )
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    policy_id = LooseMany2one("sla.policy", readonly=True)
    target_id = LooseMany2one("sla.target", readonly=True)
    metric = fields.Selection(METRICS, required=True, readonly=True)
    tier_id = LooseMany2one("vip.tier", readonly=True)
    partner_id = LooseMany2one("res.partner", string="Contact", readonly=True)
    calendar_id = LooseMany2one(
        "resource.calendar", string="Working hours", readonly=True
    )
    seconds = fields.Integer(
        required=True, readonly=True, help="The promise in seconds of working time."
    )
    pause_on_client = fields.Boolean(readonly=True)
    pause_on_third_party = fields.Boolean(readonly=True)
    item_limit = fields.Boolean(readonly=True)
    key_client = fields.Boolean(readonly=True)
    warn_percent = fields.Integer(readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    started_at = fields.Datetime(required=True, readonly=True)
    due_at = fields.Datetime(readonly=True, help="Empty while paused.")
    warn_at = fields.Datetime(readonly=True)
    warned_at = fields.Datetime(readonly=True)
    next_event_at = fields.Datetime(
        readonly=True, help="When the due job must look at this clock again."
    )
    stopped_at = fields.Datetime(readonly=True)
    overrun_seconds = fields.Integer(
        readonly=True, help="Working time between the due time and the stop."
    )
    failures = fields.Integer(readonly=True)
    replaced_by_id = LooseMany2one("sla.clock", readonly=True)

    _ticket_idx = models.Index("(ticket_id)")
    _next_event_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    _live_uniq = models.UniqueIndex("(ticket_id, metric) WHERE state <> 'cancelled'")
