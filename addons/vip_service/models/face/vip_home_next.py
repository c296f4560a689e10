from functools import partial

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.vip_base.tools.links import record_link
from odoo.addons.vip_base.tools.panel import TOP, Panel
from odoo.addons.vip_base.tools.tile import ADVISERS, AGENTS, MANAGERS

from ...tools.next_action import DECIDE, REMIND, next_action

#: So many requests are looked at for what to do next, what is to be done first first.
LOOKED_AT = 8


class VipHome(models.AbstractModel):
    """What to do next, above all else on a home, once."""

    _inherit = "vip.home"

    @api.model
    def _next_panels(self):
        finders = {
            AGENTS: self._next_of_agent,
            ADVISERS: self._next_of_adviser,
            MANAGERS: self._next_of_manager,
        }
        return [
            *(
                Panel(
                    key=f"vip_service/next_action_{roles[0]}",
                    label=self.env._("Next action"),
                    roles=roles,
                    component="vip_service/next_action",
                    load=partial(self._next_shown, find),
                    place=TOP,
                    # Where nothing is to be answered it judges all clients.
                    later=roles == ADVISERS,
                    model="helpdesk.ticket",
                    sequence=10,
                )
                for roles, find in finders.items()
            ),
        ]

    @api.model
    def _buttons(self, role):
        buttons = super()._buttons(role)
        if role == "agent" and self.env["helpdesk.ticket"].has_access("create"):
            buttons.append((self.env._("New ticket"), "helpdesk.ticket"))
        return buttons

    @api.model
    def _next_shown(self, find):
        """Return what is to be done next, and what the user does later; or None."""
        found = find() or {"action": False, "face": False}
        put_off = self._put_off_told()
        return {**found, "put_off": put_off} if found["action"] or put_off else None

    # Of whom

    @api.model
    def _next_of_agent(self):
        """Return what an agent does next: with own requests, or with one of nobody."""
        return self._next_with(self._to_do_of_agent())

    @api.model
    def _next_of_adviser(self):
        """Return what is to be done for an adviser's clients next."""
        return self._next_with(self._to_do_of_adviser()) or self._next_keep_client()

    @api.model
    def _next_of_manager(self):
        """Return what a manager does next: what waits for a decision longest."""
        return self._next_decision()

    # Requests in the order in which something is to be done with them; hooks

    @api.model
    def _to_do_of_agent(self):
        """Return ids of requests that an agent holds or may take, first ones first."""
        return self._oldest(self._mine()) + self._oldest(
            self._unassigned_in_my_teams(), 1
        )

    @api.model
    def _to_do_of_adviser(self):
        """Return ids of requests of an adviser's clients, first ones first."""
        return self._oldest(self._of_my_clients())

    @api.model
    def _oldest(self, domain, limit=LOOKED_AT):
        tickets = self.env["helpdesk.ticket"]
        domain = Domain(domain) & self._open_requests()
        return tickets.search(domain, order="opened_at, id", limit=limit).ids

    # What is said of it

    @api.model
    def _next_with(self, ticket_ids):
        """Return the first action that the reader may do with one of these requests."""
        if not ticket_ids:
            return None
        tickets = self.env["helpdesk.ticket"]
        found = tickets._next_actions_among(ticket_ids)
        for ticket_id in ticket_ids:
            for action in found.get(ticket_id, ())[:1]:
                if action["mine"] and not self._is_put_off(action):
                    # What has no button of its own is done on the request.
                    button = action["button"] or self.env._("Open the request")
                    return {
                        "action": {**action, "button": button},
                        "face": self._face_of(ticket_id, ticket_ids),
                        "side": self._next_side(ticket_id, action),
                    }
        return None

    @api.model
    def _face_of(self, ticket_id, among):
        """Return what is shown of a request; ``among``: those that may be looked at."""
        return self.env["helpdesk.ticket"]._faces([ticket_id])[ticket_id]

    @api.model
    def _next_side(self, ticket_id, action):
        """Return what stands beside the next action: a component and its data; a hook.

        :param action: of the ticket
        :return: {"component": key in the registry ``vip_home_panels``, "data"} or False
        """
        return False

    @api.model
    def _next_keep_client(self):
        """Return that an adviser speaks to the client who is nearest to a fall."""
        for row in self._outlook()["falling"]:
            client, tier = row["client"], row["tier"]
            action = next_action(
                ("res.partner", client["id"]),
                "keep",
                self.env._("Speak to the client before the next review"),
                rank=REMIND,
                by=False,
                mine=True,
                link=record_link("res.partner", client["id"]),
                button=self.env._("Open the client"),
                note=self.env._("Below what %s asks to stay", tier["name"]),
            )
            if not self._is_put_off(action):
                return {"action": action, "face": {"client": client, "tier": tier}}
        return None

    @api.model
    def _next_decision(self):
        """Return that what has waited for a decision longest is decided."""
        told = self._counted()
        tiles = {tile.key: tile for tile in self._decision_tiles()}
        waiting = sorted(
            (told[key]["oldest"] or "9", key)
            for key in tiles
            if key in told and told[key]["count"]
        )
        for since, key in waiting:
            count = told[key]["count"]
            action = next_action(
                (tiles[key].model, 0),
                "decide",
                self.env._(
                    "Decide on %(count)s: %(what)s", what=tiles[key].label, count=count
                ),
                rank=DECIDE,
                by=False,
                mine=True,
                link=False,
                button=self.env._("Decide"),
            ) | {"tile": key, "since": since if since != "9" else False}
            if not self._is_put_off(action):
                return {"action": action, "face": False}
        return None
