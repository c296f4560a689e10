from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.tile import (
    ADVISERS,
    AGENTS,
    MANAGERS,
    Part,
    Tile,
    rows_tile,
)
from odoo.addons.vip_base.tools.times import event_time


class VipHome(models.AbstractModel):
    """What a home says of requests, clients and tiers."""

    _inherit = "vip.home"

    @api.model
    def _panels(self):
        return [
            *super()._panels(),
            *self._clients_panels(),
            *self._next_panels(),
        ]

    @api.model
    def _tiles(self):
        return super()._tiles() + self._request_tiles() + self._client_tiles()

    @api.model
    def _request_tiles(self):
        return [
            self._ticket_tile(
                "vip_service/mine",
                self.env._("My open requests"),
                AGENTS,
                self._mine,
                empty=self.env._("take one that nobody has"),
                sequence=30,
            ),
            self._ticket_tile(
                "vip_service/unassigned_mine",
                self.env._("Unassigned in my teams"),
                AGENTS,
                self._unassigned_in_my_teams,
                oldest="opened_at",
                empty=self.env._("they appear here by themselves"),
                sequence=50,
            ),
            self._ticket_tile(
                "vip_service/unassigned",
                self.env._("Taken by nobody"),
                MANAGERS,
                self._unassigned,
                oldest="opened_at",
                empty=self.env._("somebody has each request"),
                sequence=30,
            ),
            self._ticket_tile(
                "vip_service/of_my_clients",
                self.env._("Open requests of my clients"),
                ADVISERS,
                self._of_my_clients,
                oldest="opened_at",
                empty=self.env._("none of your clients waits"),
                sequence=20,
            ),
        ]

    @api.model
    def _client_tiles(self):
        return [
            Tile(
                key="vip_service/falling",
                label=self.env._("My clients who may fall"),
                roles=ADVISERS,
                model="vip.tier.outlook",
                which=self._my_falling_clients,
                counted=self._count_falling,
                later=True,
                action="vip_service.vip_tier_at_risk_action",
                tone="soon",
                empty=self.env._("all have what their tier asks"),
                sequence=30,
            ),
            Tile(
                key="vip_service/rising",
                label=self.env._("My clients close to rising"),
                roles=ADVISERS,
                model="vip.tier.outlook",
                which=self._my_rising_clients,
                counted=self._count_rising,
                later=True,
                action="vip_service.vip_tier_close_action",
                empty=self.env._("none is near the next tier"),
                sequence=40,
            ),
            Tile(
                key="vip_service/contacts_due",
                label=self.env._("Contacts due"),
                roles=ADVISERS,
                model="mail.activity",
                which=self._contacts_due,
                action="vip_service.contacts_due_action",
                parts=(Part(self._say_overdue, self._overdue, tone="soon"),),
                empty=self.env._("plan one on a client's page"),
                sequence=50,
            ),
            rows_tile(
                "vip_service/tier_changes",
                self.env._("Tier changes to approve"),
                "vip.tier.change",
                self.env["vip.tier.change"]._awaiting_domain,
                oldest="proposed_at",
                parts=self.env["vip.tier.change"]._decision_parts(),
                empty=self.env._("none is proposed"),
                sequence=40,
            ),
        ]

    @api.model
    def _ticket_tile(self, key, label, roles, which, **terms):
        """Return a tile that counts open requests, all of them by one query."""
        return Tile(
            key=key,
            label=label,
            roles=roles,
            model="helpdesk.ticket",
            which=which,
            among=self._open_requests,
            action=self._requests_window(),
            **terms,
        )

    @api.model
    def _requests_window(self):
        """Return the xmlid of the window in which requests are opened."""
        return "helpdesk_mgmt.helpdesk_ticket_action"

    # Which they are

    @api.model
    def _open_requests(self):
        # By the ids of the stages: an index serves that, and no join.
        stages = self.env["helpdesk.ticket.stage"]._open_ids()
        return Domain("stage_id", "in", list(stages))

    @api.model
    def _mine(self):
        return Domain("user_id", "=", self.env.uid)

    @api.model
    def _unassigned(self):
        return Domain("user_id", "=", False)

    @api.model
    def _unassigned_in_my_teams(self):
        teams = self.env["helpdesk.ticket"]._own_team_ids()
        return self._unassigned() & Domain("team_id", "in", teams)

    @api.model
    def _of_my_clients(self):
        return Domain("commercial_partner_id.adviser_id", "=", self.env.uid)

    @api.model
    def _my_falling_clients(self):
        return Domain("adviser_id", "=", self.env.uid) & Domain("at_risk", "=", True)

    @api.model
    def _my_rising_clients(self):
        return Domain("adviser_id", "=", self.env.uid) & Domain("close", "=", True)

    @api.model
    def _contacts_due(self):
        """Return the domain of what an adviser has planned with clients until today."""
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("res_model", "=", "res.partner")
            & Domain("date_deadline", "<=", self._today())
        )

    @api.model
    def _overdue(self):
        return Domain("date_deadline", "<", self._today())

    @api.model
    def _say_overdue(self, count):
        return self.env._("%s since before today", count)

    @api.model
    def _today(self):
        return fields.Date.context_today(self, event_time(self.env))
