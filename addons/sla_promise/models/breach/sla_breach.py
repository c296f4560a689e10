from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import LooseMany2one

from ...tools.metric import Metric
from ..clock.sla_clock import METRICS

#: What happened: the database itself refuses to change it.
HAPPENED = (
    *("breached_at", "recorded_at", "metric", "user_id", "team_id", "ticket_number"),
)
#: What was decided about it.
DECIDED = ("reason_id", "reason", "decided_by_id", "decided_at")
#: What people may say about it.
BY_HAND = {"reason_id", "root_cause_id"}


class SlaBreach(models.Model):
    """One missed promise. Its instant never changes and it is never deleted.

    Rows are written by the clocks, see ``sla_breach_record.py``; people decide only
    whether it is excused.
    """

    _name = "sla.breach"
    _description = "Breach"
    _inherit = ["vip.decision.mixin", "vip.hands.off.mixin", "mail.thread"]
    _order = "breached_at desc, id desc"
    _rec_name = "ticket_number"
    # What is decided here is whether an excuse is taken back.
    _undecided = ("excused",)
    _proposer_field = None

    clock_id = fields.Many2one("sla.clock", ondelete="set null", readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", ondelete="set null", index="btree_not_null", readonly=True
    )
    ticket_number = fields.Char(string="Ticket number", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", readonly=True
    )
    metric = Metric(METRICS, required=True, readonly=True)
    policy_id = LooseMany2one("sla.policy", readonly=True)
    target_id = LooseMany2one("sla.target", readonly=True)
    tier_id = LooseMany2one("vip.tier", readonly=True)
    key_client = fields.Boolean(string="Key client", readonly=True)
    item_limit = fields.Boolean(string="Item limit", readonly=True)
    category_id = LooseMany2one(
        "helpdesk.ticket.category", string="Service item", readonly=True
    )
    breached_at = fields.Datetime(
        string="Breached at", required=True, readonly=True, index=True
    )
    recorded_at = fields.Datetime(
        string="Recorded at",
        readonly=True,
        help="Since when it is known: when the clocks were judged, at or after the limit.",
    )
    user_id = LooseMany2one(
        "res.users",
        string="Held by",
        index="btree_not_null",
        readonly=True,
        help="Who held the ticket at that instant.",
    )
    team_id = LooseMany2one("helpdesk.ticket.team", readonly=True)
    overrun_seconds = fields.Integer(
        string="Overrun, gross",
        readonly=True,
        help="Seconds of working time from the due time to the stop, as both were known "
        "when the clock stopped; set once.",
    )
    net_overrun_seconds = fields.Integer(
        string="Overrun, net of outages",
        readonly=True,
        help="Seconds of working time from the due time to the stop as the clock says "
        "now, without outages that were declared after it had stopped. This is what is "
        "charged.",
    )
    state = fields.Selection(
        [("open", "Open"), ("excused", "Excused"), ("withdrawn", "Withdrawn")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
        help="Withdrawn: late evidence shows that the promise was kept.",
    )
    reason_id = fields.Many2one(
        "sla.breach.reason",
        string="Reason code",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="As it was stated; stays as it is once the breach is decided.",
    )
    root_cause_id = fields.Many2one(
        "sla.breach.reason",
        string="Root cause",
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="What was found to be behind it, also after the decision.",
    )
    reason = fields.Text(
        readonly=True, tracking=True, help="The evidence by which it was decided."
    )
    excuse_ids = fields.One2many(
        "sla.excuse", "breach_id", string="Requests to excuse", readonly=True
    )
    asked = fields.Boolean(compute="_compute_asked")
    notice_ids = fields.One2many(
        "sla.notice", string="Escalation", compute="_compute_notice_ids"
    )
    gross = fields.Integer(
        string="Missed, gross",
        default=1,
        readonly=True,
        help="All promises that were missed.",
    )
    net = fields.Integer(
        string="Missed, net",
        compute="_compute_net",
        store=True,
        help="Without those that are excused or withdrawn.",
    )
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    decided_at = fields.Datetime(string="Decided at", readonly=True)

    _clock_uniq = models.UniqueIndex("(clock_id) WHERE state <> 'withdrawn'")
    _user_idx = models.Index("(user_id, breached_at)")

    def init(self):
        """Make the database itself keep what happened, and what was decided."""
        overrun = SQL("OLD.overrun_seconds IS NOT NULL"), ("overrun_seconds",)
        decided = SQL("OLD.state <> 'open' AND NEW.state = OLD.state"), DECIDED
        frozen_rows.freeze(
            self.env.cr, self._table, columns=HAPPENED, when=[overrun, decided]
        )

    @api.depends_context("uid")
    @api.depends("clock_id")
    def _compute_notice_ids(self):
        """Who was told of it, as far as the reader may know."""
        notices = self.env["sla.notice"].search([("clock_id", "in", self.clock_id.ids)])
        by_clock = notices.grouped("clock_id")
        for breach in self:
            breach.notice_ids = by_clock.get(breach.clock_id, notices.browse())

    @api.depends("excuse_ids.state")
    def _compute_asked(self):
        """Tell where a request to excuse is open, also one the reader may not see."""
        # As superuser: only whether there is such a request.
        for breach in self.sudo():
            breach.asked = "requested" in breach.excuse_ids.mapped("state")

    @api.depends("ticket_number", "metric")
    @api.depends_context("lang")
    def _compute_display_name(self):
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        for breach in self:
            number = breach.ticket_number or ""
            breach.display_name = f"{number} {metrics.get(breach.metric, '')}".strip()

    @api.depends("state")
    def _compute_net(self):
        for breach in self:
            breach.net = int(breach.state == "open")

    def _guarded_fields(self):
        return self._all_but(BY_HAND if self else ())

    def _hands_off(self, names):
        return AccessError(
            self.env._("What happened is recorded by the clocks, not by hand.")
        )

    def _edited_by_hand(self, vals):
        """Let people name the reason of an open breach and its root cause only."""
        if "reason_id" in vals and set(self.mapped("state")) - {"open"}:
            raise UserError(
                self.env._("The reason of a decided breach cannot be changed.")
            )
        return vals

    def action_ask_to_excuse(self):
        """Open the form by which an open breach is asked to be excused."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "sla_promise.sla_excuse_action_ask"
            ),
            "context": {
                "default_breach_id": self.id,
                "default_reason_id": self.reason_id.excusable and self.reason_id.id,
            },
        }

    # Whether it is excused.

    @api.model
    def _can_decide_depends(self):
        return ["state", "user_id"]

    def _parties(self):
        return self.user_id

    def _not_for_you(self):
        if self.env.user.has_group(MANAGER_GROUP):
            return AccessError(
                self.env._("Nobody decides on a breach they are charged with.")
            )
        return AccessError(self.env._("Only a service manager decides on breaches."))

    def _decided_already(self):
        return UserError(self.env._("Only an excused breach can be reinstated."))

    def action_reinstate(self):
        """Take back an excuse that was given by mistake."""
        self.check_access("write")
        return self._decide("open")

    def _carry_out(self, state, at, by):
        self._write_decision(state, at, by, reason=False)

    def _excuse(self, excuse, at, by):
        """Excuse the breach for the reason of an approved request.

        :param at: naive UTC datetime of the approval
        :param by: who approved
        """
        self._write_decision(
            *("excused", at, by),
            reason_id=excuse.reason_id.id,
            reason=excuse.evidence,
        )
