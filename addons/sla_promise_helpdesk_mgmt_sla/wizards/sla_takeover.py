from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.resource_worktime.engine.worktime import to_epoch
from odoo.addons.sla_promise.engine import states
from odoo.addons.vip_base.tools.times import event_time


class SlaTakeover(models.TransientModel):
    """Takes over what another addon promised: shown first, then done once.

    Doing it again takes over only what has been added since.
    """

    _name = "sla.takeover"
    _description = "Taking over Helpdesk SLA"

    in_force = fields.Boolean(
        string="Put the policies in force",
        help="Without it they are drafts: tickets opened from now on are not under "
        "them until you put them in force.",
    )
    with_states = fields.Boolean(
        string="Take over open tickets",
        default=True,
        help="Tickets on which such an SLA is open get a clock that starts with the "
        "ticket and is due at the same instant.",
    )
    line_ids = fields.One2many(
        "sla.takeover.line",
        "takeover_id",
        string="Helpdesk SLAs",
        default=lambda self: self._default_line_ids(),
    )
    pausing_stage_ids = fields.Many2many(
        "helpdesk.ticket.stage",
        string="Stages that will wait for the client",
        compute="_compute_pausing_stage_ids",
        help="Stages that an SLA ignores and of which nothing is said yet.",
    )
    open_count = fields.Integer(
        string="Open tickets without a promise of ours", compute="_compute_open_count"
    )

    def _default_line_ids(self):
        line = self.env["sla.takeover.line"]
        return [
            fields.Command.create(
                {
                    "sla_id": sla.id,
                    "metric": sla._takeover_metric(),
                    "chosen": not line.new({"sla_id": sla.id}).obstacle,
                }
            )
            for sla in self.env["helpdesk.sla"].search([])
        ]

    @api.depends("line_ids.chosen")
    def _compute_pausing_stage_ids(self):
        for takeover in self:
            stages = takeover._chosen().sla_id.ignore_stage_ids
            takeover.pausing_stage_ids = stages.filtered(
                lambda stage: not stage.waiting_on and not stage.closed
            )

    @api.depends("line_ids.chosen", "line_ids.metric")
    def _compute_open_count(self):
        # As superuser: the states of all tickets, which only administrators ask for.
        clocks = self.env["sla.clock"].sudo()
        for takeover in self:
            metrics = takeover._metrics()
            takeover.open_count = metrics and len(clocks._open_states(metrics))

    def _chosen(self):
        return self.line_ids.filtered(lambda line: line.chosen and not line.obstacle)

    def _metrics(self):
        """Return {id of the other addon's SLA: metric}; what was taken over keeps it."""
        return {
            line.sla_id.id: line.sla_id.policy_ids.target_ids[:1].metric or line.metric
            for line in self._chosen()
        }

    def action_take_over(self):
        """Take over what is chosen and show the policies.

        :raise UserError: nothing is chosen
        """
        self.ensure_one()
        if not self._chosen():
            raise UserError(self.env._("Choose what is to be taken over."))
        policies, counts = self._take_over()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Taken over: %(policies)s policies, %(open)s running, %(paused)s "
                    "paused and %(late)s late promises.",
                    policies=policies,
                    open=counts.get(states.RUNNING, 0),
                    paused=counts.get(states.PAUSED, 0),
                    late=counts.get(states.MISSED, 0),
                ),
                "next": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("Policies taken over"),
                    "res_model": "sla.policy",
                    "views": [[False, "list"], [False, "form"]],
                    "domain": [("taken_over_from_id", "!=", False)],
                    "context": {"active_test": False},
                },
            },
        }

    def _take_over(self):
        """Do it; return (how many policies are new, {state of new clocks: how many})."""
        self.pausing_stage_ids.write({"waiting_on": "client"})
        metrics, policies, new = self._metrics(), {}, 0
        for line in self._chosen():
            known = line.sla_id.policy_ids
            policies[line.sla_id.id] = line.sla_id._takeover_policies(
                line.metric, self.in_force
            )
            created = policies[line.sla_id.id] - known
            new += len(created)
            self.env["vip.audit.log"]._record(
                created,
                "created",
                new=lambda policy: {
                    "taken_over_from_id": policy.taken_over_from_id.name,
                    "target_ids": policy.limits,
                },
                reason=self.env._("Taken over from the helpdesk's SLAs"),
            )
        counts = self._take_over_states(metrics, policies) if self.with_states else {}
        return new, counts

    def _take_over_states(self, metrics, policies):
        # As superuser: nobody but this code writes clocks.
        clocks = self.env["sla.clock"].sudo()
        counts = clocks._take_over(metrics, policies, to_epoch(event_time(self.env)))
        if counts:
            self.env["vip.audit.log"]._record(
                self.env.company,
                "applied",
                new={"clocks": counts},
                reason=self.env._("Open SLAs of the helpdesk taken over"),
            )
        return counts
