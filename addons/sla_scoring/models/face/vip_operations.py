from odoo import api, models

from odoo.addons.vip_base.tools.setup import Check


class VipOperations(models.AbstractModel):
    _inherit = "vip.operations"

    @api.model
    def _checks(self):
        return [*super()._checks(), self._points_aside_check()]

    @api.model
    def _points_aside_check(self):
        count = self.env["score.aside"].search_count([("state", "=", "open")])
        return Check(
            "sla_scoring/aside",
            "data",
            self.env._("Points put aside"),
            str(count) if count else self.env._("none"),
            wrong=bool(count),
            todo=self.env._(
                "These breaches could not be charged; the others were. The line says why: "
                "mend it and try again, before the month is closed."
            ),
            action="sla_scoring.score_aside_action" if count else None,
            sequence=30,
        )


class VipFirstHour(models.AbstractModel):
    _inherit = "vip.first.hour"

    @api.model
    def _shipped(self):
        return [
            *super()._shipped(),
            (
                self.env._("Rules of points"),
                self.env["score.rule"].search_count([]),
                "sla_scoring.score_rule_action",
            ),
        ]
