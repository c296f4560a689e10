"""Creating and moving tickets: with our addons beside the host alone.

The host alone is a second database without our addons, in the same process: the same
calls by turns on both. A call is measured up to the commit (flush and what runs before
a commit, such as tracking), then rolled back.
"""

import contextlib
from datetime import datetime, timedelta

from odoo import fields

from . import world
from .bench import Line, side_by_side

CLIENTS = 200
COUNT = {"small": 50, "full": 2000}
#: Moves are short and vary more.
ROUNDS = {"small": 3, "full": 3}
MOVES = {"small": 3, "full": 9}
#: (tracking off, what the line says, budgets of create, pausing and other moves)
TRACKING = (
    (True, "tracking off", 1.20, 2.5, 1.5),
    (False, "tracking on", 1.08, 1.2, 1.05),
)


def bench_create(env, scale):
    count = COUNT[scale]
    with _both() as (host, ours):
        for off, text, budget, *_others in TRACKING:
            seconds = side_by_side(
                *(_creation(side, count, off) for side in (host, ours)), ROUNDS[scale]
            )
            work = f"create {count:,} tickets with {ours.clocks} clocks each, {text}"
            yield Line(work, seconds[1], seconds[0], budget)
        seconds = side_by_side(
            _creation(host, count, True),
            _creation(ours, count, True, spread=True),
            ROUNDS[scale],
        )
        work = f"create {count:,} tickets opened at as many times, tracking off"
        yield Line(work, seconds[1], seconds[0])


def bench_move(env, scale):
    count = COUNT[scale]
    with _both() as (host, ours):
        for side in (host, ours):
            side.make_tickets(count)
        for off, text, _create, pausing, other in TRACKING:
            for stage, what, budget in (
                ("awaiting", "a pausing stage", pausing),
                ("in_progress", "a stage that pauses nothing", other),
            ):
                seconds = side_by_side(
                    *(_move(side, stage, off) for side in (host, ours)), MOVES[scale]
                )
                work = f"move {count:,} tickets into {what}, {text}"
                yield Line(work, seconds[1], seconds[0], budget)


@contextlib.contextmanager
def _both():
    with world.host_alone() as host, world.world("ours") as ours:
        yield _Side(host), _Side(ours)


class _Side:
    """One of the two databases, with a team, a category and clients."""

    def __init__(self, env):
        self.env = env
        self.ours = "sla.clock" in env
        self.team = world.team(env)
        self.category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
        self.first_client = world.clients(env, CLIENTS)
        if self.ours:
            world.promise(env, self.category, count=4)
        self.tickets = env["helpdesk.ticket"]
        world.analyze(env)
        if self.ours:
            self.clocks = self._count_clocks()

    def _count_clocks(self):
        ticket = self.tickets.create(self.values(1))
        count = len(ticket.clock_ids)
        self.env.cr.rollback()
        return count

    def values(self, count, spread=False):
        # Nobody is assigned: the host mails assignees, which would flatter the ratio.
        values = [
            {
                "name": f"Request {i}",
                "description": "<p>Please</p>",
                "partner_id": self.first_client + i % CLIENTS,
                "team_id": self.team.id,
                "category_id": self.category.id,
                "priority": str(i % 4),
            }
            for i in range(count)
        ]
        if spread:
            now = datetime.now().replace(microsecond=0)
            for i, vals in enumerate(values):
                vals["opened_at"] = fields.Datetime.to_string(
                    now - timedelta(minutes=i)
                )
        return values

    def make_tickets(self, count):
        model = self.tickets.with_context(tracking_disable=True)
        self.tickets = model.create(self.values(count, spread=self.ours))
        self.tickets = self.tickets.with_context(tracking_disable=False)
        world.analyze(self.env)


def _creation(side, count, tracking_off, spread=False):
    model = side.tickets.browse().with_context(tracking_disable=tracking_off)
    return world.undone(side.env, lambda: model.create(side.values(count, spread)))


def _move(side, stage, tracking_off):
    tickets = side.tickets.with_context(tracking_disable=tracking_off)
    stage_id = side.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{stage}").id
    return world.undone(side.env, lambda: tickets.write({"stage_id": stage_id}))
