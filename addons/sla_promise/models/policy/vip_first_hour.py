from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.setup import Check, Step


class VipFirstHour(models.AbstractModel):
    """What is promised, and whether anything is left out."""

    _inherit = "vip.first.hour"

    @api.model
    def _steps(self):
        return [*super()._steps(), self._promises_step()]

    @api.model
    def _shipped(self):
        return [
            *super()._shipped(),
            (
                self.env._("Service items"),
                self.env["helpdesk.ticket.category"].search_count([]),
                "sla_promise.service_item_action",
            ),
            (
                self.env._("Service policies"),
                self.env["sla.policy"].search_count([]),
                "sla_promise.sla_policy_action",
            ),
            (
                self.env._("Escalation plans"),
                self.env["sla.escalation"].search_count([]),
                "sla_promise.sla_escalation_action",
            ),
        ]

    @api.model
    def _promises_step(self):
        gaps = self.env["vip.home"]._gaps()
        count = self.env["sla.policy"].search_count([("state", "=", "in_force")])
        text = self.env._("%s policies in force, no gap found", count)
        if gaps:
            text = self.env._(
                "%(count)s policies in force, %(gaps)s gaps", count=count, gaps=gaps
            )
        return Step(
            "sla_promise/promises",
            self.env._("Service items and promises"),
            bool(count) and not gaps,
            text,
            why=self.env._(
                "What a client may ask for, and within which time it is answered and "
                "solved. A gap is an item of which no policy says anything."
            ),
            buttons=(
                (self.env._("Service items"), "sla_promise.service_item_action"),
                (self.env._("Policies"), "sla_promise.sla_policy_action"),
                (self.env._("Check coverage"), "sla_promise.sla_coverage_check_action"),
            ),
            sequence=60,
        )


class VipOperations(models.AbstractModel):
    _inherit = "vip.operations"

    @api.model
    def _checks(self):
        return [
            *super()._checks(),
            self._gaps_check(),
            self._aside_check(),
            self._untold_check(),
        ]

    @api.model
    def _gaps_check(self):
        gaps = self.env["vip.home"]._gaps()
        return Check(
            "sla_promise/gaps",
            "data",
            self.env._("Gaps in promises"),
            str(gaps) if gaps else self.env._("none"),
            wrong=bool(gaps),
            todo=self.env._(
                "No policy says anything of these items and clients: write one, or one "
                "that promises nothing."
            ),
            action=self.env["vip.home"]._open_gaps() if gaps else None,
            sequence=20,
        )

    @api.model
    def _aside_check(self):
        domain = self.env["vip.home"]._clocks_aside()
        count = self.env["sla.clock"].search_count(domain)
        action = None
        if count:
            action = {
                "type": "ir.actions.act_window",
                "name": self.env._("Clocks put aside"),
                "res_model": "sla.clock",
                "views": [[False, "list"], [False, "form"]],
                "domain": list(Domain(domain)),
            }
        return Check(
            "sla_promise/aside",
            "data",
            self.env._("Clocks put aside"),
            str(count) if count else self.env._("none"),
            wrong=bool(count),
            todo=self.env._(
                "The due job could not handle them and tries again. Why is in the "
                "server's log; mostly it is a calendar or a policy."
            ),
            action=action,
            sequence=10,
        )

    @api.model
    def _untold_check(self):
        """Tell how many notices of escalation wait to be sent."""
        # As superuser: how many, not of what.
        notices = self.env["sla.notice"].sudo()
        count = notices.search_count([("state", "=", "waiting")])
        return Check(
            "sla_promise/untold",
            "mail",
            self.env._("Notices that wait to be sent"),
            str(count),
            sequence=30,
        )
