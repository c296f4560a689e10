from odoo import models


class SlaBreach(models.Model):
    """Whether an excuse is taken back: what happened, and what it was given for."""

    _inherit = "sla.breach"

    def _stakes(self):
        return [*super()._stakes(), *self._breach_stakes()]

    def _breach_stakes(self):
        """Return what a missed promise tells, also whoever decides on an excuse."""
        clock = self.clock_id
        since = clock.started_at if clock else self.breached_at
        until = (clock and clock.stopped_at) or None
        return [
            *([clock._promise_stake()] if clock else ()),
            *self.ticket_id._request_stakes(since, until),
            *self.user_id._request_history(self.breached_at),
        ]
