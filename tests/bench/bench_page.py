"""The client's page: how many queries, and how its time depends on the history."""

import statistics

from odoo.tools import SQL

from . import world
from .bench import Line, side_by_side, timed

FEW = 10
MANY = {"small": 1000, "full": 10_000}
ROUNDS = {"small": 5, "full": 21}
FIRST_CALL, SECTION = 15, 4


def bench_page(env, scale):
    many = MANY[scale]
    with world.world("page") as own:
        first = world.clients(own, 2)
        _history(own, first, many)
        manager = own.ref("base.user_admin")
        pages = own["res.partner"].with_user(manager)
        small, large = pages.browse(first + 1), pages.browse(first)
        _open(small)
        for client, count in ((small, FEW), (large, many)):
            work = f"client's page, {count:,} tickets"
            yield Line(work, _queries(client), None, FIRST_CALL, "queries")
        for section in _lazy(large):
            queries = _queries(large, section)
            yield Line(f"its section {section}", queries, None, SECTION, "queries")
        baseline, seconds = side_by_side(
            lambda: _open(small), lambda: _open(large), ROUNDS[scale]
        )
        work = f"client's page, {many:,} tickets; beside {FEW} tickets"
        yield Line(work, seconds, baseline, 2.0)
        yield Line("client's page, all lazy sections", _lazy_time(large, ROUNDS[scale]))


def _open(client, section=None):
    """Read the page as a new request does; return it."""
    client.env.invalidate_all()
    client.env.cr.cache.clear()
    if section:
        return client.client_360_section(section)
    return client.client_360()


def _queries(client, section=None):
    _open(client, section)
    client.env.invalidate_all()
    before = client.env.cr.sql_log_count
    _open(client, section)
    return client.env.cr.sql_log_count - before


def _lazy(client):
    return [part["key"] for part in _open(client)["sections"] if part["lazy"]]


def _lazy_time(client, rounds):
    sections = _lazy(client)

    def read():
        for section in sections:
            _open(client, section)

    return statistics.median(timed(read) for _round in range(rounds))


def _history(env, busy, many):
    """Give the client ``busy`` many tickets, the next one few; one of ten is open.

    Each has clocks; of the closed ones every fifth was late.
    """
    category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
    policy = world.promise(env, category, calendar_mode="always")
    team = world.team(env)
    now = SQL("%s::timestamp", world.NOW)
    stages = "helpdesk_mgmt.helpdesk_ticket_stage_"
    for count, stage, state in (
        (9, "done", "CASE WHEN i %% 5 = 0 THEN 'missed' ELSE 'met' END"),
        (1, "in_progress", "'running'"),
    ):
        for client, tickets in ((busy, many), (busy + 1, FEW)):
            first = world.tickets(
                env,
                tickets * count // 10,
                opened=SQL("%s - (1 + i) * interval '1 hour'", now),
                partner=SQL("%s", client),
                team=team,
                category=category,
                stage=env.ref(stages + stage),
            )
            for metric in ("first_response", "resolution"):
                world.clocks(
                    env,
                    first,
                    metric,
                    policy,
                    state=SQL(state),
                    due_at=SQL("t.opened_at + interval '30 minutes'"),
                    stopped_at=SQL("t.opened_at + interval '40 minutes'")
                    if stage == "done"
                    else SQL("NULL::timestamp"),
                    overrun_seconds=SQL("600"),
                )
    env.cr.execute("SELECT id FROM sla_clock WHERE state = 'missed'")
    env["sla.breach"]._record([row[0] for row in env.cr.fetchall()])
    world.analyze(env)
