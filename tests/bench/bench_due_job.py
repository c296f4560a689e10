"""The due job among many clocks of which few are due.

Beside it: bare SQL that makes the same writes (clocks, breaches, and what is told to
whom), and the same number of due clocks among twice as many. Of the due clocks half are
to be warned about and half are missed.
"""

import functools
import statistics

from odoo.tools import SQL

from . import world
from .bench import Line, side_by_side, timed

CLOCKS = {"small": 20_000, "full": 1_000_000}
DUE_SHARE = 100  # one of so many clocks is due
CLIENTS = 1000
ROUNDS = {"small": 3, "full": 5}

WARN = """
    WITH warned AS (
        UPDATE sla_clock SET levels_fired = 1, next_event_at = due_at
         WHERE next_event_at < %(now)s AND due_at >= %(now)s AND state = 'running'
        RETURNING id, ticket_id, level_ids, warn_at)
    INSERT INTO sla_notice (
           clock_id, ticket_id, level_id, kind, action, user_id, created_at, at_once,
           state)
    SELECT c.id, t.id, c.level_ids[1], 'warning', 'notify', t.user_id, c.warn_at, FALSE,
           'waiting'
      FROM warned c JOIN helpdesk_ticket t ON t.id = c.ticket_id
"""
MISS = """
    WITH missed AS (
        UPDATE sla_clock SET state = 'missed', warn_at = NULL, levels_fired = 2,
               next_event_at = NULL
         WHERE next_event_at < %(now)s AND due_at < %(now)s AND state = 'running'
        RETURNING *
    ), breach AS (
        INSERT INTO sla_breach (
               clock_id, ticket_id, ticket_number, company_id, partner_id, metric,
               policy_id, target_id, tier_id, key_client, item_limit, category_id,
               breached_at, user_id, team_id, state, gross, net,
               create_uid, create_date, write_uid, write_date)
        SELECT c.id, t.id, t.number, c.company_id, c.partner_id, c.metric,
               c.policy_id, c.target_id, c.tier_id, c.key_client, c.item_limit,
               t.category_id, c.due_at, t.user_id, t.team_id, 'open', 1, 1,
               1, %(now)s, 1, %(now)s
          FROM missed c JOIN helpdesk_ticket t ON t.id = c.ticket_id
        RETURNING clock_id, ticket_id, user_id, team_id, breached_at)
    INSERT INTO sla_notice (
           clock_id, ticket_id, level_id, kind, action, user_id, created_at, at_once,
           state)
    SELECT b.clock_id, b.ticket_id, c.level_ids[2], 'breach', 'notify', u.id,
           b.breached_at, FALSE, 'waiting'
      FROM breach b JOIN helpdesk_ticket_team m ON m.id = b.team_id
      JOIN missed c ON c.id = b.clock_id
     CROSS JOIN LATERAL (VALUES (b.user_id), (m.user_id)) u(id)
"""
WRITTEN = """
    SELECT (SELECT count(*) FROM sla_clock WHERE state = 'running' AND levels_fired = 1),
           (SELECT count(*) FROM sla_clock WHERE state = 'missed' AND levels_fired = 2),
           (SELECT count(*) FROM sla_breach),
           (SELECT count(*) FROM sla_notice)
"""


def bench_due(env, scale):
    total = CLOCKS[scale]
    due = total // DUE_SHARE
    rounds = ROUNDS[scale]
    with world.world("many") as many, world.world("few") as few:
        _fill(many, total, due)
        _fill(few, 2 * due, due)
        _check_same_writes(many, due)
        ours = functools.partial(_process, many)
        baseline, seconds = side_by_side(
            world.undone(many, lambda: _bare(many)), world.undone(many, ours), rounds
        )
        work = f"due job, {total:,} running clocks, {due:,} due"
        yield Line(f"{work}; beside bare SQL", seconds, baseline, 2.0)
        baseline, seconds = side_by_side(
            world.undone(few, lambda: _process(few)), world.undone(many, ours), rounds
        )
        yield Line(f"{work}; beside {due:,} of {2 * due:,}", seconds, baseline, 1.5)
        _process(many)
        many.cr.commit()
        idle = world.undone(many, ours)
        seconds = statistics.median(timed(idle) for _round in range(20))
        yield Line(f"due job, {total:,} clocks, none due", seconds, None, 0.005)


def _process(env):
    """Do what the job does, in its batches, without the commits between them."""
    done = 0
    while batch := env["sla.clock"]._process_due(world.NOW):
        done += batch
    return done


def _bare(env):
    for statement in (MISS, WARN):
        env.cr.execute(statement, {"now": world.NOW})


def _check_same_writes(env, due):
    """Make sure that both sides write the same."""
    counts = []
    for work in (_bare, _process):
        work(env)
        env.cr.execute(WRITTEN)
        counts.append(env.cr.fetchone())
        env.cr.rollback()
    expected = (due // 2, due // 2, due // 2, due // 2 * 3)
    if counts != [expected, expected]:
        raise AssertionError(f"bare SQL and the job wrote {counts}, not {expected}")


def _fill(env, total, due):
    """Make two running clocks per ticket; of every so many responses one is due."""
    first_client = world.clients(env, CLIENTS)
    category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
    policy = world.promise(
        env, category, calendar_mode="always", escalation_id=world.plan(env).id
    )
    now = SQL("%s::timestamp", world.NOW)
    first = world.tickets(
        env,
        total // 2,
        opened=SQL("%s - (2000000 + i %% 10000) * interval '1 second'", now),
        partner=SQL("%s + i %% %s", first_client, CLIENTS),
        team=world.team(env),
        category=category,
        stage=env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress"),
    )
    every = total // 2 // due
    later = SQL("(1 + i %% 500000) * interval '1 second'")
    due_at = SQL(
        "CASE (i %% %s) WHEN 0 THEN %s - %s ELSE %s + 2 * %s END",
        2 * every,
        now,
        later,
        now,
        later,
    )
    event = SQL(
        "CASE WHEN i %% %s = 0 THEN %s - %s ELSE %s + %s END",
        every,
        now,
        later,
        now,
        later,
    )
    running = SQL("'running'")
    after = SQL("%s + 2 * %s", now, later)
    world.clocks(
        env,
        first,
        "first_response",
        policy,
        state=running,
        due_at=due_at,
        warn_at=event,
        levels_fired=SQL("CASE i %% %s WHEN 0 THEN 1 ELSE 0 END", 2 * every),
        next_event_at=event,
    )
    world.clocks(
        env,
        first,
        "resolution",
        policy,
        state=running,
        due_at=after,
        warn_at=SQL("%s + %s", now, later),
        next_event_at=SQL("%s + %s", now, later),
    )
    world.analyze(env)
