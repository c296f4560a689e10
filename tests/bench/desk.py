"""A desk in two databases: our addons, and the host alone; each is served by itself."""

import contextlib
from datetime import datetime, timedelta

from odoo import Command

from tests.served import served

from . import world

PEOPLE, TICKETS, CLIENTS = 20, 160, 40
STAGE = "helpdesk_mgmt.helpdesk_ticket_stage_"
GROUPS = ("helpdesk_mgmt.group_helpdesk_user_team", "base.group_partner_manager")


class Desk:
    """What is known of one of the two, and how it is reached.

    ``login``: of a person by number; the password is the login. ``ours``: whether our
    addons are in it. ``base``: the address, while it is served.
    """

    def __init__(self, env):
        self.ours = "sla.clock" in env
        self.database = env.cr.dbname
        self.team, self.category = self._team(env)
        first = world.clients(env, CLIENTS)
        self.clients = list(range(first, first + CLIENTS))
        users = self.team.user_ids.sorted("login")
        self.user_ids = users.ids
        if self.ours:
            world.promise(env, self.category, count=4, calendar_mode="always")
            self._hold_tier(env)
        self.tickets = self._tickets(env, users)
        self.team, self.category = self.team.id, self.category.id
        self.stages = {
            name: env.ref(STAGE + name).id for name in ("in_progress", "awaiting")
        }
        window = env.ref(
            "sla_promise.sla_ticket_action"
            if self.ours
            else "helpdesk_mgmt.helpdesk_ticket_action"
        )
        #: The view of each kind that its list of tickets opens with.
        self.views = {kind: view_id for view_id, kind in window.views}
        world.analyze(env)
        env.cr.commit()

    @staticmethod
    def login(number):
        return f"desk{number:02}"

    def _team(self, env):
        groups = [Command.link(env.ref(group).id) for group in GROUPS]
        users = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Person {i}",
                        "login": self.login(i),
                        "password": self.login(i),
                        "group_ids": groups,
                    }
                    for i in range(PEOPLE)
                ]
            )
        )
        team = env["helpdesk.ticket.team"].create(
            {"name": "Desk", "user_ids": [Command.set(users.ids)]}
        )
        return team, env["helpdesk.ticket.category"].create({"name": "Desk"})

    def _hold_tier(self, env):
        tier = env["vip.tier"]._ladder(env.company)[1]
        env["vip.tier.membership"].create(
            [
                {
                    "company_id": env.company.id,
                    "partner_id": client,
                    "tier_id": tier.id,
                    "date_from": "2024-01-01",
                }
                for client in self.clients
            ]
        )

    def _tickets(self, env, users):
        """Give each person as many, opened within the last day."""
        model = env["helpdesk.ticket"].with_context(tracking_disable=True)
        values = [self.values(i) for i in range(TICKETS)]
        for i, vals in enumerate(values):
            vals["user_id"] = users[i % PEOPLE].id
            if self.ours:
                vals["opened_at"] = datetime.now().replace(microsecond=0) - timedelta(
                    minutes=9 * i
                )
        return model.create(values).ids

    def values(self, number):
        return {
            "name": f"Request {number}",
            "description": "<p>Please</p>",
            "partner_id": self.clients[number % CLIENTS],
            "team_id": getattr(self.team, "id", self.team),
            "category_id": getattr(self.category, "id", self.category),
        }

    def of(self, number):
        """Return the ids of the tickets of a person."""
        return self.tickets[number::PEOPLE]


@contextlib.contextmanager
def desks(workers=0):
    """Yield the desk of the host alone and ours, both served."""
    with contextlib.ExitStack() as stack:
        found = []
        for side in (world.host_alone(), world.world("desk")):
            env = stack.enter_context(side)
            desk = Desk(env)
            # The copy is dropped later; nobody is connected but its server.
            env.cr.commit()
            desk.base = stack.enter_context(served(desk.database, workers))
            found.append(desk)
        yield found
