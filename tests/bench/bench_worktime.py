"""A holiday entered while promises run in the calendar: they are judged anew.

Beside it the same among many more running promises, and none of those.
"""

import functools
from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import at_context

from . import world
from .bench import Line, side_by_side

#: Running promises of the calendar, and of all.
CLOCKS = {"small": (2_000, 20_000), "full": (10_000, 1_000_000)}
CLIENTS = 1000
ROUNDS = {"small": 3, "full": 5}


def bench_holiday(env, scale):
    concerned, total = CLOCKS[scale]
    with world.world("many") as many, world.world("few") as few:
        ours = _ground(many, total, concerned)
        alone = _ground(few, concerned, concerned)
        baseline, seconds = side_by_side(alone, ours, ROUNDS[scale])
        work = f"a holiday with {concerned:,} running promises in its calendar"
        yield Line(f"{work}: judged anew", baseline, None, 5.0)
        yield Line(f"{work}, among {total:,}; beside no others", seconds, baseline, 1.5)


def _ground(env, total, concerned):
    """Fill a database; return the work that is measured there."""
    calendar = env["resource.calendar"].create({"name": "Bench", "tz": "Asia/Shanghai"})
    first_client = world.clients(env, CLIENTS)
    category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
    policy = world.promise(
        env,
        category,
        1,
        calendar_mode="given",
        calendar_id=calendar.id,
        escalation_id=world.plan(env).id,
    )
    now = SQL("%s::timestamp", world.NOW)
    first = world.tickets(
        env,
        total,
        opened=SQL("%s - (i %% 100000) * interval '1 second'", now),
        partner=SQL("%s + i %% %s", first_client, CLIENTS),
        team=world.team(env),
        category=category,
        stage=env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress"),
    )
    calendar._worktime(env.company, world.NOW, world.NOW)
    env.cr.flush()  # it has its first version now
    version = calendar._worktime_version(env.company)
    due_at = SQL("%s + (100000 + i %% 500000) * interval '1 second'", now)
    ours = SQL("i %% %s = 0", total // concerned)
    world.clocks(
        env,
        first,
        "first_response",
        policy,
        state=SQL("'running'"),
        due_at=due_at,
        warn_at=due_at,
        next_event_at=due_at,
        calendar_id=SQL("CASE WHEN %s THEN %s END", ours, calendar.id),
        version_id=SQL("CASE WHEN %s THEN %s END", ours, version),
    )
    world.analyze(env)
    return world.undone(env, functools.partial(_close, env, calendar, concerned))


def _close(env, calendar, concerned):
    """Enter a holiday, and do what the request leaves to the job."""
    day = world.NOW + timedelta(days=1)
    env = env(context={**env.context, **at_context(world.NOW)})
    env["resource.calendar.leaves"].create(
        {
            "name": "Holiday",
            "calendar_id": calendar.id,
            "company_id": env.company.id,
            "date_from": day,
            "date_to": day + timedelta(days=1),
        }
    )
    env.cr.flush()
    done, clocks = 0, env["sla.clock"]
    while batch := clocks._recount_batch(world.NOW):
        done += batch
    if done not in (0, concerned):
        raise AssertionError(f"{done} tickets were judged anew, not {concerned}")
