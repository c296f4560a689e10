from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import ADVISERS, AGENTS, CARETAKERS, MANAGERS, Tile
from odoo.addons.vip_base.tools.times import event_time


class VipHome(models.AbstractModel):
    """What a home says of promises: late, soon, waiting, gaps."""

    _inherit = "vip.home"

    @api.model
    def _tiles(self):
        return super()._tiles() + self._promise_tiles() + self._care_tiles()

    @api.model
    def _promise_tiles(self):
        nothing_late = self.env._("nothing is late")
        nothing_soon = self.env._("nothing is due soon")
        late = {"oldest": "sla_due_at", "tone": "late", "empty": nothing_late}
        soon = {"tone": "soon", "empty": nothing_soon, "sequence": 20}
        return [
            self._ticket_tile(
                "sla_promise/late_mine",
                self.env._("Late"),
                AGENTS,
                self._mine_late,
                **late,
                sequence=10,
            ),
            self._ticket_tile(
                "sla_promise/soon_mine",
                self.env._("Due soon"),
                AGENTS,
                self._mine_soon,
                **soon,
            ),
            self._ticket_tile(
                "sla_promise/waiting_mine",
                self.env._("Waiting"),
                AGENTS,
                self._mine_waiting,
                empty=self.env._("nobody keeps you waiting"),
                sequence=40,
            ),
            self._ticket_tile(
                "sla_promise/late_of_my_clients",
                self.env._("Late requests of my clients"),
                ADVISERS,
                self._late_of_my_clients,
                **late,
                sequence=10,
            ),
            self._ticket_tile(
                "sla_promise/late",
                self.env._("Late now"),
                MANAGERS,
                self._late,
                **late,
                sequence=10,
            ),
            self._ticket_tile(
                "sla_promise/soon",
                self.env._("Due soon"),
                MANAGERS,
                self._soon,
                **soon,
            ),
        ]

    @api.model
    def _care_tiles(self):
        """Return what those look after who answer for how promises are configured."""
        roles = CARETAKERS
        return [
            Tile(
                key="sla_promise/gaps",
                label=self.env._("Gaps in promises"),
                roles=roles,
                model="sla.policy",
                counted=self._gaps,
                opened=self._open_gaps,
                tone="soon",
                empty=self.env._("a policy speaks of every item and client"),
                sequence=20,
            ),
            Tile(
                key="sla_promise/aside",
                label=self.env._("Clocks put aside"),
                roles=roles,
                model="sla.clock",
                which=self._clocks_aside,
                action="sla_promise.sla_clock_action",
                tone="soon",
                empty=self.env._("the due job handles every clock"),
                sequence=40,
            ),
        ]

    @api.model
    def _requests_window(self):
        return "sla_promise.sla_ticket_action"

    # Which they are

    @api.model
    def _late(self):
        now = fields.Datetime.to_string(event_time(self.env))
        return Domain("sla_due_at", "<", now)

    @api.model
    def _soon(self):
        return Domain("sla_soon", "=", True)

    @api.model
    def _mine_late(self):
        return self._mine() & self._late()

    @api.model
    def _mine_soon(self):
        return self._mine() & self._soon()

    @api.model
    def _mine_waiting(self):
        return self._mine() & Domain("stage_id.waiting_on", "!=", False)

    @api.model
    def _late_of_my_clients(self):
        return self._of_my_clients() & self._late()

    @api.model
    def _clocks_aside(self):
        return Domain("stopped_at", "=", False) & Domain("failures", ">", 0)

    @api.model
    def _gaps(self):
        """Return for how many items and kinds of clients no policy says anything."""
        rows = self.env["sla.policy"]._coverage_rows(self.env.companies)
        return sum(state == "gap" for _company, _client, _path, state, _found in rows)

    @api.model
    def _open_gaps(self):
        action = self.env["sla.policy"].action_check_coverage()
        return {**action, "domain": [("state", "=", "gap")], "context": {}}
