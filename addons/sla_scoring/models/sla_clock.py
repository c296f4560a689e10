from odoo import api, fields, models

from ..engine import states
from ..tools.loose_many2one import KeylessMany2one, LooseMany2one

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
    _description = "Clock"
    _log_access = False
    _order = "due_at, id"

    ticket_id = KeylessMany2one("helpdesk.ticket", required=True, readonly=True)
    company_id = LooseMany2one("res.company", required=True, readonly=True)
    policy_id = LooseMany2one("sla.policy", readonly=True)
    target_id = LooseMany2one("sla.target", readonly=True)
    metric = fields.Selection(METRICS, required=True, readonly=True)
    tier_id = LooseMany2one("vip.tier", readonly=True)
    partner_id = LooseMany2one("res.partner", string="Contact", readonly=True)
    calendar_id = LooseMany2one(
        "resource.calendar",
        string="Working hours",
        readonly=True,
        help="Empty: around the clock.",
    )
    seconds = fields.Integer(
        string="Promised seconds",
        required=True,
        readonly=True,
        help="The promise in seconds of working time.",
    )
    pause_on_client = fields.Boolean(string="Pause for client", readonly=True)
    pause_on_third_party = fields.Boolean(string="Pause for third party", readonly=True)
    item_limit = fields.Boolean(string="Item limit", readonly=True)
    key_client = fields.Boolean(string="Key client", readonly=True)
    warn_percent = fields.Integer(string="Warn at %", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    started_at = fields.Datetime(string="Started at", required=True, readonly=True)
    due_at = fields.Datetime(string="Due at", readonly=True, help="Empty while paused.")
    warn_at = fields.Datetime(string="Warn at", readonly=True)
    warned_at = fields.Datetime(string="Warned at", readonly=True)
    next_event_at = fields.Datetime(
        string="Next event at",
        readonly=True,
        help="When the due job must look at this clock again.",
    )
    stopped_at = fields.Datetime(string="Stopped at", readonly=True)
    overrun_seconds = fields.Integer(
        string="Overrun",
        readonly=True,
        help="Seconds of working time between the due time and the stop.",
    )
    failures = fields.Integer(
        readonly=True, help="How often the due job could not handle this clock."
    )
    replaced_by_id = LooseMany2one("sla.clock", string="Replaced by", readonly=True)

    _next_event_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")
    #: What is owed now: serves the time left of tickets.
    _owed_idx = models.Index("(ticket_id, due_at) WHERE stopped_at IS NULL")
    #: One live clock per metric; in one index with all clocks of a ticket.
    _live_uniq = models.UniqueIndex(
        "(ticket_id, metric, (CASE WHEN state = 'cancelled' THEN id ELSE 0 END))"
    )

    @api.depends_context("lang")
    @api.depends("ticket_id", "metric")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for clock in self:
            number = clock.ticket_id.number or ""
            clock.display_name = f"{number} {metrics.get(clock.metric, '')}".strip()
