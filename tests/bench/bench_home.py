"""The home of each role beside many tickets: queries and time."""

import statistics
from datetime import timedelta

from odoo import Command
from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months, at_context

from . import world
from .bench import Line, Rounds, timed

MANY = {"small": 2000, "full": 1_000_000}
OPEN = {"small": 100, "full": 10_000}
ROUNDS = {"small": 3, "full": 15}
QUERIES, SECONDS = 10, 0.15
GROUPS = {
    "agent": "helpdesk_mgmt.group_helpdesk_user_team",
    "adviser": "vip_base.group_vip_adviser",
    "manager": "vip_base.group_vip_manager",
    "auditor": "vip_base.group_vip_auditor",
    "admin": "vip_base.group_vip_admin",
}


def bench_roles(env, scale):
    """Count what a role is shown, as a request does that finds nothing in memory."""
    with world.world("home") as own:
        team = _tickets(own, MANY[scale], OPEN[scale])
        _keep_figures(own)
        for role, group in GROUPS.items():
            user = _person(own, role, group)
            team.user_ids = [Command.link(user.id)]
            own.cr.commit()
            # As the web client asks: it says zone, language and companies.
            said = {"tz": "UTC", "lang": "en_US", **at_context(world.NOW)}
            said["allowed_company_ids"] = own.company.ids
            home = own["vip.home"].with_user(user).with_context(**said)
            _ask(home, role)
            before = own.cr.sql_log_count
            page = _ask(home, role)
            work = f"home of the {role}, {MANY[scale]:,} tickets"
            shown = [
                *page["tiles"],
                *(line for c in page["cards"] for line in c["lines"]),
            ]
            assert not any(tile["failed"] for tile in shown)
            queries = own.cr.sql_log_count - before
            yield Line(work, queries, None, QUERIES, "queries")
            rounds = range(Rounds.of(ROUNDS[scale]))
            seconds = statistics.median(
                timed(lambda home=home, role=role: _ask(home, role)) for _ in rounds
            )
            yield Line(work, seconds, None, SECONDS)
            if any(part["later"] for part in (*page["tiles"], *page["panels"])):
                seconds = statistics.median(
                    timed(lambda home=home, role=role: home.later(role)) for _ in rounds
                )
                # Its line has no budget: it comes once the page is there.
                yield Line(f"{work}, what comes later", seconds)


def _ask(home, role):
    home.env.invalidate_all()
    home.env.cr.cache.clear()
    return home.page(role)


def _keep_figures(env):
    """Keep what the job of each night keeps."""
    env["vip.figure.day"]._keep(env.company, world.NOW)
    year_ago = add_months(env.company._vip_month(world.NOW), -12)
    env["vip.figure.month"]._keep(env.company, year_ago)


def _person(env, role, group):
    users = env["res.users"].with_context(no_reset_password=True)
    return users.create(
        {
            "name": f"Home {role}",
            "login": f"home.{role}",
            "group_ids": [Command.link(env.ref(group).id)],
        }
    )


def _tickets(env, many, still_open):
    """Fill a database: most tickets are closed and kept, the others have two clocks."""
    category = env["helpdesk.ticket.category"].create({"name": "Benchmark"})
    policy = world.promise(env, category, calendar_mode="always")
    team = world.team(env)
    client = world.clients(env, 1000)
    stages = "helpdesk_mgmt.helpdesk_ticket_stage_"
    now = SQL("%s::timestamp", world.NOW)
    for count, stage in ((many - still_open, "done"), (still_open, "in_progress")):
        first = world.tickets(
            env,
            count,
            opened=SQL("%s - i * interval '1 minute'", now),
            partner=SQL("%s + i %% 1000", client),
            team=team,
            category=category,
            stage=env.ref(stages + stage),
        )
        done = stage == "done"
        due = world.NOW + timedelta(hours=-1)
        for metric in ("first_response", "resolution"):
            world.clocks(
                env,
                first,
                metric,
                policy,
                state=SQL("'met'" if done else "'running'"),
                due_at=SQL("%s + (i %% 500) * interval '1 minute'", due),
                stopped_at=SQL("t.opened_at") if done else SQL("NULL::timestamp"),
            )
    world.analyze(env)
    return team
