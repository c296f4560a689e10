from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import (
    ADVISERS,
    AGENTS,
    CARETAKERS,
    MANAGERS,
    Part,
    Tile,
    rows_tile,
)
from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_service.engine.ladder import DARK


class VipHome(models.AbstractModel):
    """What a home says of promises: late, soon, waiting, gaps."""

    _inherit = "vip.home"

    @api.model
    def _panels(self):
        return [
            *super()._panels(),
            *self._day_panels(),
            *self._idle_panels(),
            *self._kept_panels(),
            *self._late_panels(),
            *self._load_panels(),
            *self._queue_panels(),
        ]

    @api.model
    def _tiles(self):
        return super()._tiles() + self._promise_tiles() + self._care_tiles()

    @api.model
    def _promise_tiles(self):
        nothing_late = self.env._("nothing is late")
        nothing_soon = self.env._("nothing is due soon")
        parts = self._top_tier_parts()
        late = {"oldest": "sla_due_at", "tone": "late", "empty": nothing_late}
        soon = {"tone": "soon", "empty": nothing_soon, "parts": parts, "sequence": 20}
        return [
            *self._section_tiles(),
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
                parts=parts,
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
    def _top_tier_parts(self):
        """Return how many are of clients of the highest tier."""
        return (Part(self._say_top_tier, self._of_top_tier),)

    @api.model
    def _top_tier_ids(self):
        shades = self.env["vip.tier"]._shades()
        return [tier_id for tier_id, shade in shades.items() if shade == DARK]

    @api.model
    def _of_top_tier(self):
        return Domain("vip_tier_id", "in", self._top_tier_ids())

    @api.model
    def _say_top_tier(self, count):
        # As superuser: the ladder is no secret in the service.
        tier = self.env["vip.tier"].sudo().browse(self._top_tier_ids()[:1])
        return f"{count} {tier.name}"

    @api.model
    def _section_tiles(self):
        """Return the sections of an agent's own queue, counted by one look at them."""
        return [
            self._section_tile(
                "act",
                self._count_act,
                label=self.env._("Act now"),
                empty=self.env._("nothing is late or soon"),
                sequence=10,
            ),
            self._section_tile(
                "due",
                self._count_due,
                label=self.env._("Due today"),
                empty=self.env._("nothing more is due today"),
                sequence=20,
            ),
            self._section_tile(
                "on_client",
                self._count_on_client,
                label=self.env._("Waiting for the client"),
                empty=self.env._("nobody keeps you waiting"),
                sequence=30,
            ),
        ]

    @api.model
    def _section_tile(self, section, count, **terms):
        return Tile(
            key=f"sla_promise/{section}_mine",
            roles=AGENTS,
            model="helpdesk.ticket",
            counted=count,
            which=partial(self._section_domain, section),
            action=self._requests_window(),
            **terms,
        )

    @api.model
    def _request_tiles(self):
        """The sections of the queue say more of own requests than their number."""
        tiles = super()._request_tiles()
        return [tile for tile in tiles if tile.key != "vip_service/mine"]

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
                # Looks at every item and kind of client.
                later=True,
                opened=self._open_gaps,
                tone="soon",
                empty=self.env._("a policy speaks of every item and client"),
                sequence=20,
            ),
            rows_tile(
                "sla_promise/aside",
                self.env._("Clocks put aside"),
                "sla.clock",
                self._clocks_aside,
                roles=roles,
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
