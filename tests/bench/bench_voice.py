"""Who is asked after a service: 100,000 closings that are looked at together.

Beside it the bare insertion of as many questions, which judges nothing.
"""

from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import at_context

from . import world
from .bench import Line, peak_memory, side_by_side

COUNT = {"small": 5_000, "full": 100_000}
#: So many of the clients are asked not again, as they were asked before.
CLIENTS_OF_ALL, ASKED_OF_ALL = 2, 5
AT = world.NOW


def bench_closings(env, scale):
    count = COUNT[scale]
    with world.world("voice") as own:
        own = own(context={**own.context, **at_context(AT)})
        _world(own, count)
        questions = own["vip.question"]
        told = []

        def plan():
            own.company.vip_planned_until = False
            told.append(questions._plan_closings(own.company, AT))

        ours = world.undone(own, plan)
        bare = world.undone(own, lambda: _bare(own))
        baseline, seconds = side_by_side(bare, ours, rounds=3)
        asked, dropped = told[0]
        assert asked and dropped and asked + dropped == count
        yield Line(f"{count:,} closings planned, beside bare rows", seconds, baseline)
        idle = peak_memory(lambda: None)
        grown = peak_memory(ours) - idle
        yield Line(f"{count:,} closings planned, memory", grown, None, 50, "MiB")


def _world(env, count):
    """Requests that were closed in the last hours, and a plan that asks about them."""
    clients = count // CLIENTS_OF_ALL
    partner = world.clients(env, clients)
    env.cr.execute(
        SQL(
            "UPDATE res_partner SET email_normalized = email WHERE id >= %s",
            partner,
        )
    )
    world.tickets(
        env,
        count,
        partner=SQL("%s + i %% %s", partner, clients),
        team=world.team(env, 20),
        category=env["helpdesk.ticket.category"].create({"name": "Benchmark"}),
        opened=SQL("%s::timestamp - make_interval(secs => 60 + i)", AT),
        stage=env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done"),
    )
    plan = env.ref("vip_voice.plan_closing")
    plan.write({"active": True, "date_from": AT - timedelta(days=6)})
    env.flush_all()
    env.cr.execute(
        SQL(
            """
            INSERT INTO vip_question (purpose, partner_id, asked_partner_id, company_id,
                   closed_at, recorded_at, expires_at, state, asked_at, tries, mails)
            SELECT 'closing', %s + i, %s + i, %s, %s, %s, %s, 'asked', %s, 0, 1
              FROM generate_series(0, %s - 1) i WHERE i %% %s = 0
            """,
            *(partner, partner, env.company.id),
            *[AT - timedelta(days=30)] * 4,
            clients,
            ASKED_OF_ALL,
        )
    )
    world.analyze(env)


def _bare(env):
    env.cr.execute(
        SQL(
            """
            INSERT INTO vip_question (purpose, ticket_id, partner_id, asked_partner_id,
                   company_id, closed_at, recorded_at, expires_at, state, tries, mails)
            SELECT 'closing', s.ticket_id, t.partner_id, t.partner_id, t.company_id,
                   s.start, %(at)s, %(at)s, 'waiting', 0, 0
              FROM sla_span s JOIN helpdesk_ticket t ON t.id = s.ticket_id
             WHERE s.solved AND s.start > %(since)s
            """,
            at=AT,
            since=AT - timedelta(days=7),
        )
    )
