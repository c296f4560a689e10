"""The what-if: replaying the tickets of past months under draft policies."""

import resource

from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows

from . import world
from .bench import Line, timed

COUNT = {"small": 2000, "full": 100_000}


def bench_replay(env, scale):
    count = COUNT[scale]
    with world.world("whatif") as own:
        whatif = _world(own, count)
        whatif._begin()
        assert whatif.ticket_count == count
        before = _memory()
        seconds = timed(lambda: _run(own, whatif))
        spans = own["sla.span"].search_count([])
        work = f"what-if over {count:,} tickets with {spans:,} spans"
        yield Line(f"{work} and {whatif.promise_count:,} promises", seconds)
        yield Line("memory that it adds at most", _memory() - before, None, 100, "MiB")


def _run(env, whatif):
    """Run all batches, each in a transaction, as the job does."""
    while whatif._run_batch():
        env.cr.commit()
        env.invalidate_all()
    env.cr.commit()


def _world(env, count):
    """Tickets that were opened, waited for the client, went on and were solved."""
    team = world.team(env)
    category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
    policy = world.promise(env, category)
    first = world.clients(env, 1000)
    stage = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    opened = SQL(
        "%s::timestamp - make_interval(mins => 10000 + i)", world.NOW.isoformat()
    )
    world.tickets(
        env,
        count,
        opened=opened,
        partner=SQL("%s + i %% 1000", first),
        team=team,
        category=category,
        stage=stage,
        first_response_at=SQL("%s + interval '2 hours'", opened),
    )
    frozen_rows.thaw(env.cr, "sla_span")
    env.cr.execute("UPDATE sla_span SET start = start + interval '6 days'")
    env.cr.execute(
        SQL(
            """
            INSERT INTO sla_span (ticket_id, start, user_id, stage_id, team_id,
                   category_id, partner_id, priority, active, solved, closed, cancels,
                   waiting_on)
            SELECT s.ticket_id, s.start - w.before, s.user_id, NULL,
                   s.team_id, s.category_id, s.partner_id, s.priority, TRUE, FALSE, FALSE,
                   FALSE, w.waiting
              FROM sla_span s
             CROSS JOIN (VALUES (interval '6 days', NULL),
                                (interval '5 days', 'client'),
                                (interval '4 days', NULL)) w (before, waiting)
            """
        )
    )
    world.analyze(env)
    draft = policy.copy({"is_draft": True, "root_id": policy.id})
    draft.target_ids.duration = 20
    now = env["helpdesk.ticket"]._at(world.NOW).env.context
    whatif = env["sla.whatif"].with_context(now)
    return whatif.create({"months": 36, "draft_ids": [(6, 0, draft.ids)]})


def _memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
