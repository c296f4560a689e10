"""Scorecards of a month and the KPI board, over a year of tickets."""

import statistics
from datetime import date, datetime

from odoo.tools import SQL

from odoo.addons.vip_base.tools import frozen_rows
from odoo.addons.vip_base.tools.times import at_context

from . import world
from .bench import Line, timed

COUNT = {"small": 20_000, "full": 1_000_000}
#: The last of the twelve months of tickets, and the instant of the board.
MONTH, AT = date(2024, 4, 1), datetime(2024, 4, 30, 12)


def bench_cards(env, scale):
    count = COUNT[scale]
    with world.world("score") as own:
        _world(own, count)
        cards = own["score.card"]
        seconds = timed(lambda: cards._refresh(own.company, MONTH))
        found = cards.search_count([("month", "=", MONTH)])
        assert found
        yield Line(f"{found} scorecards of a month among {count:,} tickets", seconds)
        kpis = own["score.kpi"].with_context(**at_context(AT))
        board = kpis.kpi_board("company")
        counts = {kpi["key"]: kpi["count"] for kpi in board["kpis"]}
        assert counts["response"] and counts["solving"]
        for kpi in kpis.search([]):
            seconds = timed(lambda kpi=kpi: kpi._series(own.company, "company", AT))
            yield Line(f"{kpi.name}, twelve months of {count:,} tickets", seconds)
        months = own["vip.figure.month"]
        to_keep = months._to_keep(own.company, AT)
        seconds = [timed(lambda m=m: months._keep(own.company, m)) for m in to_keep]
        work = f"a month's KPIs kept, {count:,} tickets"
        yield Line(work, statistics.median(seconds))
        seconds = timed(lambda: kpis.kpi_board("company"))
        yield Line(f"KPI board with kept months, {count:,} tickets", seconds)
        seconds = timed(lambda: kpis.kpi_detail("company", str(MONTH)))
        yield Line(f"details of the KPI board, {count:,} tickets", seconds)
        wall = own["sla.wall"].create({"name": "Benchmark", "lang": "en_US"})
        seconds = timed(lambda: wall._count(AT))
        yield Line(f"the wall counted anew, {count:,} tickets", seconds)


def _world(env, count):
    """Tickets of a year answered in an hour, nearly all of them solved after a day."""
    team = world.team(env, 40)
    category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
    policy = world.promise(env, category)
    partner = world.clients(env, 1000)
    opened = SQL(
        "%s::timestamp - make_interval(secs => i * %s)", AT, 31_000_000 / count
    )
    common = {"partner": SQL("%s + i %% 1000", partner), "team": team}
    common |= {"category": category, "opened": opened}
    stages = [
        env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress"),
        env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done"),
    ]
    for stage, of_all in zip(stages, (20, 1), strict=True):
        first = world.tickets(env, count // of_all, stage=stage, **common)
        history = SQL(
            "UPDATE helpdesk_ticket SET first_response_at = opened_at + interval '1 hour',"
            " closed_date = CASE WHEN stage_id = %s THEN opened_at + interval '1 day' END"
            " WHERE id >= %s",
            stages[1].id,
            first,
        )
        env.cr.execute(history)
        world.clocks(
            env,
            first,
            "first_response",
            policy,
            state=SQL("'met'"),
            due_at=SQL("t.opened_at + interval '2 hours'"),
            stopped_at=SQL("t.opened_at + interval '1 hour'"),
        )
    frozen_rows.thaw(env.cr, "sla_span")
    env.cr.execute(
        SQL(
            """
            UPDATE sla_span SET start = start + interval '1 day' WHERE solved;
            INSERT INTO sla_span (ticket_id, start, user_id, stage_id, team_id,
                   category_id, partner_id, priority, active, solved, closed, cancels)
            SELECT ticket_id, start - interval '1 day', user_id, %s, team_id,
                   category_id, partner_id, priority, TRUE, FALSE, FALSE, FALSE
              FROM sla_span WHERE solved
            """,
            stages[0].id,
        )
    )
    world.analyze(env)
