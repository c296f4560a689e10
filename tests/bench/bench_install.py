"""Installing our addons on a database full of tickets.

Installed in a process of its own, as a person would; beside it the same on a database
without tickets. What is written to the tickets is told by their versions.
"""

import os
import subprocess
import sys

from odoo.tools import SQL

from tools import databases
from tools.paths import ROOT, own_addons
from tools.runner import CONFIG

from . import world
from .bench import Line, timed

COUNT = {"small": 1000, "full": 100_000}


def bench_install(env, scale):
    count = COUNT[scale]
    # A small run only shows that it works: one installation is enough.
    empty = None if scale == "small" else _install("none", 0)[0]
    full, written = _install("many", count)
    yield Line(f"install on {count:,} tickets, beside none", full, empty, 1.25)
    yield Line(f"tickets written by it, of {count:,}", written, None, 0, "rows")


def _install(name, count):
    """Return (seconds of the installation, rows of tickets that it wrote)."""
    database = f"vip_bench_{os.getpid()}_{name}"
    databases.copy(os.environ[world.HOST_TEMPLATE], database)
    try:
        with world.on(database) as env:
            if count:
                _make_tickets(env, count)
            newest = _newest(env)
        seconds = timed(lambda: _odoo_install(database))
        with world.on(database) as env:
            return seconds, _written(env, newest)
    finally:
        databases.drop(database)


def _odoo_install(database):
    subprocess.run(
        [sys.executable, "-m", "odoo", "server", "-c", str(CONFIG), "-d", database]
        + ["-i", ",".join(own_addons()), "--stop-after-init", "--no-http"]
        + ["--max-cron-threads=0", "--log-level=error"],
        cwd=ROOT,
        check=True,
    )


def _make_tickets(env, count):
    """Insert tickets as the host has them, a tenth of them open, and commit."""
    partner = world.clients(env, 1000)
    stages = {
        name: env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}").id
        for name in ("new", "done")
    }
    env.cr.execute(
        SQL(
            """
            INSERT INTO helpdesk_ticket (
                   number, name, description, partner_id, commercial_partner_id,
                   company_id, stage_id, priority, active, sequence, rating_status,
                   create_uid, write_uid, create_date, write_date)
            SELECT 'B' || i, 'Request ' || i, '<p>Please</p>', %(partner)s + i %% 1000,
                   %(partner)s + i %% 1000, %(company)s,
                   CASE WHEN i %% 10 = 0 THEN %(new)s ELSE %(done)s END, '1', TRUE, 10, 'no_rating',
                   1, 1, now() - make_interval(mins => i), now()
              FROM generate_series(1, %(count)s) i
            """,
            partner=partner,
            company=env.company.id,
            count=count,
            **stages,
        )
    )
    env.cr.commit()
    world.analyze(env)
    env.cr.commit()


def _newest(env):
    """Return the number of the transaction that wrote a ticket last."""
    query = SQL("SELECT COALESCE(max(xmin::text::bigint), 0) FROM helpdesk_ticket")
    return env.execute_query(query)[0][0]


def _written(env, since):
    """Return how many tickets have a version that was written after ``since``."""
    query = SQL(
        "SELECT count(*) FROM helpdesk_ticket WHERE xmin::text::bigint > %s", since
    )
    return env.execute_query(query)[0][0]
