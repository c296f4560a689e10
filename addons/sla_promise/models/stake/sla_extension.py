from odoo import models

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.vip_base.tools.stake import Line, Stake
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_length


class SlaExtension(models.Model):
    """What whoever extends a limit should have seen: what becomes of it, and why."""

    _inherit = "sla.extension"

    def _stakes(self):
        clock = self.clock_id
        if not clock:
            return super()._stakes()
        return [
            *super()._stakes(),
            clock._promise_stake(),
            self._limit_stake(),
            *self.ticket_id._request_stakes(clock.started_at),
            *self.requested_by_id._request_history(self.requested_at),
        ]

    def _limit_stake(self):
        """Return what becomes of the limit if this is approved."""
        at = event_time(self.env)
        lines = []
        # As superuser: the promise is one that the user may read.
        clock = self.clock_id.sudo()
        if self.state == "requested" and not clock._extension_problem(at, self):
            added, due = clock._extension_of(self, to_epoch(at))
            lines = [
                Line(
                    self.env._("added working time"),
                    value=written_length(self.env, added),
                ),
                Line(self.env._("then due"), at=to_datetime(due)),
            ]
        return Stake(
            "sla_promise/limit", self.env._("If it is approved"), lines, sequence=15
        )
