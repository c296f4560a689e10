"""The net for what nobody noticed, among many tickets of which few are open.

Beside it: the same number of open tickets among twice as many. Nothing has changed, which
is what the net finds nearly always.
"""

from odoo.tools import SQL

from . import world
from .bench import Line, side_by_side, timed

TICKETS = {"small": 20_000, "full": 1_000_000}
OPEN_SHARE = 100  # one of so many tickets is open
CLIENTS = 1000
ROUNDS = {"small": 3, "full": 5}


def bench_net(env, scale):
    total = TICKETS[scale]
    few_open = total // OPEN_SHARE
    with world.world("many") as many, world.world("few") as few:
        _fill(many, total, few_open)
        _fill(few, 2 * few_open, few_open)
        baseline, seconds = side_by_side(
            lambda: _hourly(few), lambda: _hourly(many), ROUNDS[scale]
        )
        work = f"hourly net, {total:,} tickets, {few_open:,} open"
        yield Line(f"{work}; beside {2 * few_open:,}", seconds, baseline, 1.5)
        seconds = timed(lambda: many["sla.clock"]._cron_all_unnoticed())
        yield Line(f"daily net, {total:,} tickets", seconds)


def _hourly(env):
    env["sla.clock"]._cron_unnoticed()


def _fill(env, total, few_open):
    """Make closed tickets, then open ones with a running promise."""
    first_client = world.clients(env, CLIENTS)
    category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
    policy = world.promise(env, category, calendar_mode="always")
    common = {
        "opened": SQL("%s - (1 + i) * interval '1 second'", world.NOW),
        "partner": SQL("%s + i %% %s", first_client, CLIENTS),
        "team": world.team(env),
        "category": category,
    }
    stage = "helpdesk_mgmt.helpdesk_ticket_stage_"
    world.tickets(env, total - few_open, stage=env.ref(f"{stage}done"), **common)
    first = world.tickets(env, few_open, stage=env.ref(f"{stage}in_progress"), **common)
    due = SQL("t.opened_at + interval '80 hours'")
    running = {"state": SQL("'running'"), "due_at": due, "next_event_at": due}
    world.clocks(env, first, "resolution", policy, **running)
    world.analyze(env)
    if env["sla.clock"]._unnoticed_tickets():
        raise AssertionError("something differs from its timeline")
