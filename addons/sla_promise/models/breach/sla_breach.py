from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.sql import LooseMany2one
from odoo.addons.vip_base.tools.times import event_time

from ..clock.sla_clock import METRICS

#: What the database itself refuses, whoever asks.
GUARD = """
CREATE OR REPLACE FUNCTION sla_breach_guard() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'sla_breach %: a breach is never deleted', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.breached_at IS DISTINCT FROM OLD.breached_at
       OR NEW.metric IS DISTINCT FROM OLD.metric
       OR NEW.user_id IS DISTINCT FROM OLD.user_id
       OR NEW.team_id IS DISTINCT FROM OLD.team_id
       OR NEW.ticket_number IS DISTINCT FROM OLD.ticket_number
       OR (OLD.overrun_seconds IS NOT NULL
           AND NEW.overrun_seconds IS DISTINCT FROM OLD.overrun_seconds)
       OR (OLD.state <> 'open' AND NEW.state = OLD.state
           AND (NEW.reason_id IS DISTINCT FROM OLD.reason_id
                OR NEW.reason IS DISTINCT FROM OLD.reason
                OR NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
                OR NEW.decided_at IS DISTINCT FROM OLD.decided_at))
    THEN
        RAISE EXCEPTION 'sla_breach %: what happened cannot be changed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql;
CREATE OR REPLACE TRIGGER sla_breach_guard BEFORE UPDATE OR DELETE ON sla_breach
    FOR EACH ROW EXECUTE FUNCTION sla_breach_guard();
"""


class SlaBreach(models.Model):
    """One missed promise. Its instant never changes and it is never deleted.

    Rows are written by the clocks, see ``sla_breach_record.py``; people decide only
    whether it is excused.
    """

    _name = "sla.breach"
    _description = "Breach"
    _inherit = ["mail.thread"]
    _order = "breached_at desc, id desc"
    _rec_name = "ticket_number"

    clock_id = fields.Many2one("sla.clock", ondelete="set null", readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", ondelete="set null", index="btree_not_null", readonly=True
    )
    ticket_number = fields.Char(string="Ticket number", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Contact", index="btree_not_null", readonly=True
    )
    metric = fields.Selection(METRICS, required=True, readonly=True)
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
        self.env.cr.execute(SQL(GUARD.replace("%", "%%")))

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

    def write(self, vals):
        """Let people name the reason of an open breach and its root cause only."""
        if not self.env.su:
            if set(vals) - {"reason_id", "root_cause_id"}:
                raise AccessError(
                    self.env._("What happened is recorded by the clocks, not by hand.")
                )
            if "reason_id" in vals and set(self.mapped("state")) - {"open"}:
                raise UserError(
                    self.env._("The reason of a decided breach cannot be changed.")
                )
        return super().write(vals)

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

    def action_reinstate(self):
        """Take back an excuse that was given by mistake."""
        self._check_may_decide()
        if self.filtered(lambda breach: breach.state != "excused"):
            raise UserError(self.env._("Only an excused breach can be reinstated."))
        self._decide({"state": "open", "reason": False})

    def _excuse(self, excuse):
        """Excuse the breach for the reason of an approved request."""
        self._decide(
            {
                "state": "excused",
                "reason_id": excuse.reason_id.id,
                "reason": excuse.evidence,
            }
        )

    def _check_may_decide(self):
        if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(self.env._("Only a service manager decides on breaches."))
        if not self.env.su and self.env.user.id in self.mapped("user_id").ids:
            raise AccessError(
                self.env._("Nobody decides on a breach they are charged with.")
            )

    def _decide(self, values):
        self.check_access("write")
        self.sudo().write(  # the decision is written by this function only
            {
                **values,
                "decided_by_id": self.env.uid,
                "decided_at": event_time(self.env),
            }
        )
