from odoo import models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.stake import Line, Stake

from ...engine import states


class VipLateContact(models.Model):
    """What whoever lets a contact count should have seen: which promises it turns."""

    _inherit = "vip.late.contact"

    def _stakes(self):
        since = min(self.sla_clock_ids.mapped("started_at"), default=self.at)
        return [
            *super()._stakes(),
            self._turned_stake(),
            *self.ticket_id._request_stakes(since),
            *self.proposed_by_id._request_history(self.proposed_at),
        ]

    def _turned_stake(self):
        """Return the promises that it may turn from missed to kept."""
        lines = []
        for clock in self.sla_clock_ids:
            in_time = not clock.due_at or self.at <= clock.due_at
            turns = clock.state == states.MISSED and in_time
            note = self.env._("missed as it is; in time if it counts") if turns else ""
            lines.append(
                Line(
                    clock._label(),
                    at=clock.due_at or None,
                    note=note,
                    tone="soon" if turns else "",
                    link=record_link(clock._name, clock.id),
                )
            )
        return Stake(
            "sla_promise/turned",
            self.env._("Promises that it may concern, by due time"),
            lines,
            self.env._("No promise of the ticket ran when it took place."),
            10,
        )
