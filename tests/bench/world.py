"""What the benchmarks measure on: databases of their own, filled by SQL.

Rows come from ``generate_series``, so that a million of them take seconds to minutes.
Everything is a function of the row's number: each run measures the same data.
"""

import contextlib
import os
from datetime import datetime

from odoo import SUPERUSER_ID, Command, api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import SQL

from odoo.addons.sla_promise.engine.terms import compiled
from odoo.addons.sla_promise.models.clock.noticing import CURRENT, WATCHED

from tools import databases
from tools.runner import INSTALLED

from .bench import Clock

#: "Now" of the generated data: a Monday at noon.
NOW = datetime(2024, 6, 3, 12, 0)
#: Names a database with only the host in it, set by the command that runs us.
HOST_TEMPLATE = "VIP_HOST_TEMPLATE"


@contextlib.contextmanager
def world(name, source=INSTALLED):
    """Yield an environment on an own copy of ``source``, which is dropped afterwards."""
    database = f"vip_bench_{os.getpid()}_{name}"
    databases.copy(source, database)
    try:
        with on(database) as env:
            yield env
    finally:
        databases.drop(database)


@contextlib.contextmanager
def on(database):
    """Yield an environment on a database and let go of it afterwards."""
    try:
        with Registry(database).cursor() as cursor:
            Clock.follow(cursor)
            yield api.Environment(cursor, SUPERUSER_ID, {})
            cursor.rollback()
    finally:
        Registry.delete(database)
        sql_db.close_db(database)


def host_alone():
    """As :func:`world`, with only the host installed: what our addons are added to."""
    return world("host", os.environ[HOST_TEMPLATE])


def undone(env, work):
    """Return ``work`` so that it ends with all that a commit does but the commit."""

    def done_and_undone():
        work()
        env.cr.flush()
        env.cr.rollback()

    return done_and_undone


def clients(env, count):
    """Insert ``count`` clients; return the id of the first, the others follow it.

    Without our addons they are plain partners.
    """
    ours = "client_type" in env["res.partner"]._fields
    first = _next_id(env, "res_partner", count)
    env.cr.execute(
        SQL(
            """
            INSERT INTO res_partner (
                   id, name, complete_name, active, type, is_company, color,
                   commercial_partner_id, email, create_uid, write_uid,
                   create_date, write_date %s)
            SELECT %s + i, 'Client ' || i, 'Client ' || i, TRUE, 'contact', FALSE, 0,
                   %s + i, 'client' || i || '@example.com', 1, 1, now(), now() %s
              FROM generate_series(0, %s) i
            """,
            SQL(", client_type, client_number") if ours else SQL(),
            first,
            first,
            SQL(", 'end', 'B' || lpad(i::text, 9, '0')") if ours else SQL(),
            count - 1,
        )
    )
    env.invalidate_all()
    return first


def team(env, agents=5):
    """Create a team with a leader and ``agents`` members; return it."""
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Agent {i}",
                    "login": f"bench{i}",
                    "group_ids": [
                        Command.link(
                            env.ref("helpdesk_mgmt.group_helpdesk_user_team").id
                        )
                    ],
                }
                for i in range(agents + 1)
            ]
        )
    )
    return env["helpdesk.ticket.team"].create(
        {
            "name": "Benchmark",
            "user_id": users[0].id,
            "user_ids": [Command.set(users[1:].ids)],
        }
    )


def plan(env):
    """Return an escalation that warns the handler and tells the leader at the limit."""
    warn = {"moment": "percent", "amount": 80, "tell_handler": True}
    limit = {"tell_handler": True, "tell_leader": True}
    return env["sla.escalation"].create(
        {
            "name": "Benchmark",
            "level_ids": [Command.create(warn), Command.create(limit)],
        }
    )


#: What is promised, and within how many hours; the first so many.
PROMISES = (
    ("first_response", 40),
    ("resolution", 80),
    ("feedback", 120),
    ("update", 60),
)


def promise(env, category, count=2, **target):
    """Promise everyone ``count`` things on tickets of a category."""
    return env["sla.policy"].create(
        {
            "name": "Benchmark",
            "category_ids": [Command.link(category.id)],
            "target_ids": [
                Command.create(
                    {"metric": metric, "duration": hours, "unit": "hours", **target}
                )
                for metric, hours in PROMISES[:count]
            ],
        }
    )


def tickets(env, count, *, opened, partner, team, category, stage, **columns):
    """Insert ``count`` tickets with an open span each; return the id of the first.

    :param opened: SQL of the opening of ticket number i, a naive UTC timestamp
    :param partner: SQL of its client's id
    :param columns: SQL of more columns
    """
    first = _next_id(env, "helpdesk_ticket", count)
    users = team.user_ids.ids
    env.cr.execute(
        SQL(
            """
            INSERT INTO helpdesk_ticket (
                   id, number, name, description, company_id, partner_id,
                   commercial_partner_id, team_id, user_id, stage_id, category_id,
                   priority, sequence, active, rating_status, unattended, opened_at,
                   create_uid, write_uid, create_date, write_date %(names)s)
            SELECT %(first)s + i, 'B' || lpad(i::text, 9, '0'), 'Request ' || i,
                   '<p>Request</p>', %(company)s, %(partner)s, %(partner)s, %(team)s,
                   (%(users)s::int[])[1 + i %% %(user_count)s], %(stage)s, %(category)s,
                   (i %% 4)::text, 10, TRUE, 'stage', FALSE, %(opened)s,
                   1, 1, %(opened)s, %(opened)s %(values)s
              FROM generate_series(0, %(last)s) i
            """,
            first=first,
            last=count - 1,
            company=env.company.id,
            partner=partner,
            team=team.id,
            users=users,
            user_count=len(users),
            stage=stage.id,
            category=category.id,
            opened=opened,
            names=SQL("").join(SQL(", %s", SQL.identifier(name)) for name in columns),
            values=SQL("").join(SQL(", %s", value) for value in columns.values()),
        )
    )
    env.cr.execute(
        SQL(
            """
            INSERT INTO sla_span (ticket_id, start, %s)
            SELECT t.id, t.opened_at, %s
              FROM helpdesk_ticket t
              JOIN helpdesk_ticket_stage g ON g.id = t.stage_id
              LEFT JOIN sla_span s ON FALSE
             WHERE t.id >= %s
            """,
            SQL(", ".join(WATCHED)),
            SQL(", ".join(CURRENT[name] for name in WATCHED)),
            first,
        )
    )
    env.invalidate_all()
    return first


def clocks(env, first, metric, policy, **columns):
    """Insert a clock of ``metric`` on each ticket from the id ``first`` on.

    :param columns: SQL of the columns that differ, of ticket t with number i; at least
        ``state``
    """
    target = policy.target_ids.filtered(lambda target: target.metric == metric)
    seconds = target.duration * 3600
    levels, offsets = compiled(target.escalation_id._compiled(), seconds)
    if "warn_at" in columns:
        columns["level_at"] = _level_at(columns, offsets, seconds)
    env.cr.execute(
        SQL(
            """
            INSERT INTO sla_clock (
                   ticket_id, company_id, policy_id, target_id, metric, round, partner_id,
                   seconds, pause_on_client, pause_on_third_party, item_limit,
                   key_client, level_ids, level_offsets, started_at %(names)s)
            SELECT t.id, t.company_id, %(policy)s, %(target)s, %(metric)s, 1, t.partner_id,
                   %(seconds)s, TRUE, FALSE, TRUE, TRUE, %(levels)s::bigint[],
                   %(offsets)s::bigint[], t.opened_at %(values)s
              FROM (SELECT t.*, t.id - %(first)s AS i FROM helpdesk_ticket t
                     WHERE t.id >= %(first)s) t
            """,
            policy=policy.id,
            target=target.id,
            metric=metric,
            seconds=seconds,
            levels=list(levels),
            offsets=list(offsets),
            first=first,
            names=SQL("").join(SQL(", %s", SQL.identifier(name)) for name in columns),
            values=SQL("").join(SQL(", %s", value) for value in columns.values()),
        )
    )


def _level_at(columns, offsets, seconds):
    """Return the SQL of the levels: the warning, then those at and after the limit."""
    return SQL(
        "ARRAY[%s]::bigint[]",
        SQL(", ").join(
            SQL(
                "EXTRACT(EPOCH FROM %s)::bigint + %s",
                columns["warn_at" if offset < seconds else "due_at"],
                max(0, offset - seconds),
            )
            for offset in offsets
        ),
    )


def analyze(env):
    """Commit, and let the planner know what has been inserted."""
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()


def _next_id(env, table, count):
    """Reserve ``count`` ids of a table; return the first."""
    sequence = f"{table}_id_seq"
    [[first]] = env.execute_query(SQL("SELECT nextval(%s)", sequence))
    env.cr.execute(SQL("SELECT setval(%s, %s)", sequence, first + count))
    return first


@contextlib.contextmanager
def without_keys(env, table):
    """Fill a table in the block without its unique indexes and foreign keys.

    They are made again at the end, which is much faster for many rows.
    """
    keys = env.execute_query(
        SQL(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'f'",
            table,
        )
    )
    indexes = env.execute_query(
        SQL(
            "SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i"
            "  JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = %s::regclass AND NOT i.indisprimary",
            table,
        )
    )
    name = SQL.identifier(table)
    for key, _definition in keys:
        env.cr.execute(
            SQL("ALTER TABLE %s DROP CONSTRAINT %s", name, SQL.identifier(key))
        )
    for index, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
    yield
    for _index, definition in indexes:
        env.cr.execute(SQL(definition.replace("%", "%%")))
    for key, definition in keys:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD CONSTRAINT %s %s",
                name,
                SQL.identifier(key),
                SQL(definition.replace("%", "%%")),
            )
        )
