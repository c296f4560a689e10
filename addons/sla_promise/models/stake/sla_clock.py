from odoo import models

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.stake import Line, Stake
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import written_length

from ...engine import states


class SlaClock(models.Model):
    """What a promise tells whoever decides on it."""

    _inherit = "sla.clock"

    def _promise_stake(self):
        """Return what was promised, and what came of it."""
        self.ensure_one()
        lines = [
            Line(
                self._label(),
                note=self._target_text(),
                link=record_link(self._name, self.id),
            ),
            Line(self.env._("began"), at=self.started_at),
            Line(self.env._("due"), at=self.due_at) if self.due_at else None,
            self._stake_stop(),
            self._stake_client(),
        ]
        return Stake(
            "sla_promise/promise",
            self.env._("The promise"),
            [line for line in lines if line],
            sequence=10,
        )

    def _stake_stop(self):
        """Return when it stopped and how late, or that it still runs."""
        missed = self.state == states.MISSED
        overrun = self.overrun_seconds
        if missed and not self.stopped_at:
            overrun = (event_time(self.env) - self.due_at).total_seconds()
        late = (
            self.env._("late %s", written_length(self.env, overrun, precise=True))
            if missed and overrun
            else ""
        )
        if not self.stopped_at:
            text = self.env._("still owed")
        elif missed:
            text = self.env._("kept at last")
        else:
            text = self.env._("kept")
        return Line(
            text, at=self.stopped_at or None, value=late, tone="late" if late else ""
        )

    def _stake_client(self):
        # As superuser: names alone, of a promise that the user may read.
        clock = self.sudo()
        client = clock.partner_id.commercial_partner_id
        if not client:
            return None
        return Line(
            self.env._("to %s", client.display_name),
            note=clock.tier_id.display_name or "",
            link=record_link("res.partner", client.id),
        )
