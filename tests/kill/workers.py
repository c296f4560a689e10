"""The due job shared by several workers, while agents work on the same tickets.

What the agents do is chosen so that it does not matter who comes first: what the
clocks are at the end must not depend on it either.
"""

import os
import random

from odoo.service.model import retrying
from odoo.tools import SQL

from odoo.addons.sla_promise.models.clock import sla_clock_due
from odoo.addons.vip_base.tools.times import at_context

from tests.bench import world

TICKETS = 2000
#: Small batches, so that the workers and the agents meet.
BATCH = 100
#: So many tickets are changed in one transaction of an agent.
TOGETHER = 8


def prepare(env):
    """Fill the database: opened 20 to 60 hours ago, due after 40; committed."""
    first_client = world.clients(env, 500)
    category = env["helpdesk.ticket.category"].create({"name": "Shared"})
    policy = world.promise(
        env, category, calendar_mode="always", escalation_id=world.plan(env).id
    )
    first = world.tickets(
        env,
        TICKETS,
        opened=SQL(
            "%s::timestamp - interval '20 hours' - i %% 2400 * interval '1 minute'",
            world.NOW,
        ),
        partner=SQL("%s + i %% 500", first_client),
        team=world.team(env),
        category=category,
        stage=env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress"),
    )
    for metric, due_hours, warn_hours in (
        ("first_response", 40, 32),
        ("resolution", 80, 64),
    ):
        warn = SQL("t.opened_at + %s * interval '1 hour'", warn_hours)
        world.clocks(
            env,
            first,
            metric,
            policy,
            state=SQL("'running'"),
            due_at=SQL("t.opened_at + %s * interval '1 hour'", due_hours),
            warn_at=warn,
            levels_fired=SQL("0"),
            next_event_at=warn,
        )
    world.analyze(env)


def share(env):
    """Let as many workers share the due clocks as the environment says."""
    env["res.config.settings"].create(
        {"sla_due_workers": int(os.environ["VIP_WORKERS"])}
    ).execute()
    env.cr.commit()


def _worker(number):
    def work(env):
        sla_clock_due.BATCH = BATCH
        clocks = env["sla.clock"].with_context(**at_context(world.NOW))
        # As the scheduler does: again and again, until nothing is due.
        while env.execute_query(
            SQL("SELECT 1 FROM sla_clock WHERE next_event_at < %s LIMIT 1", world.NOW)
        ):
            env.cr.rollback()
            clocks._cron_due(number)
            env.cr.commit()
            if clocks._due_workers() > 1 and not _mine(env, number):
                break

    return work


def _mine(env, number):
    shard = (number, env["sla.clock"]._due_workers())
    return env.execute_query(
        SQL(
            "SELECT 1 FROM sla_clock WHERE next_event_at < %s AND %s LIMIT 1",
            world.NOW,
            env["sla.clock"]._in_shard(shard),
        )
    )


worker_0, worker_1, worker_2, worker_3 = map(_worker, range(4))


def agents(env):
    """Hand on and solve late tickets, move others about, in small transactions."""
    late, others = (
        [
            row[0]
            for row in env.execute_query(
                SQL(
                    "SELECT id FROM helpdesk_ticket WHERE number LIKE 'B%%'"
                    " AND opened_at %s %s - interval '40 hours' ORDER BY id",
                    SQL(side),
                    world.NOW,
                )
            )
        ]
        for side in ("<", ">")
    )
    env.cr.rollback()
    stage = {
        name: env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}").id
        for name in ("new", "awaiting")
    }
    solved = env.ref("sla_promise.stage_solved").id
    user = env["res.users"].search([("login", "=", "bench3")]).id
    work = [
        *((ids, {"stage_id": stage["new"]}) for ids in _together(others)),
        *((ids, {"stage_id": stage["awaiting"]}) for ids in _together(late[::3])),
        *((ids, {"user_id": user}) for ids in _together(late[1::3])),
        *((ids, {"stage_id": solved}) for ids in _together(late[2::3])),
    ]
    random.Random(1).shuffle(work)
    tickets = env["helpdesk.ticket"].with_context(
        tracking_disable=True, **at_context(world.NOW)
    )
    for ids, values in work:
        retrying(lambda ids=ids, values=values: tickets.browse(ids).write(values), env)
        env.cr.commit()


def _together(ids):
    return [ids[first : first + TOGETHER] for first in range(0, len(ids), TOGETHER)]


def alone(env):
    """One worker, then the agents, with nobody else."""
    worker_0(env)
    agents(env)
