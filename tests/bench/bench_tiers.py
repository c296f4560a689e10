"""What reads or judges tiers besides the review, at a million clients.

The facts are those of the review's own benchmark; the ladder looks one month back, as
shipped. Each figure beside the bare aggregate of the facts that it reads.
"""

from datetime import timedelta

from odoo.tools import SQL

from odoo.addons.vip_base.tools.times import add_months, at_context

from . import world
from .bench import Line, side_by_side, timed
from .bench_review import AT, CLIENTS, FIRST_MONTH, MONTH, MONTHS, _aggregate, _fill

ROUNDS = 3
#: A list shows so many, and counts no further than this.
PAGE, COUNTED = 80, 10_000
#: Of a hundred clients so many hold a tier by membership.
HOLDING = 10
#: Of a hundred clients so many are members of a group, three to a group.
GROUPED = 3
QUALIFY, RETAIN = 115, 20
#: Of a hundred clients so many end their business some months before.
ENDING = 2


def bench_tiers(env, scale):
    count = CLIENTS[scale]
    with world.world("tiers") as own:
        metrics = _fill(own, count)
        own.cr.execute("SET max_parallel_workers_per_gather = 0")
        own = own(context={**own.context, **at_context(AT)})
        first = _hold(own, count)
        _thresholds(own)
        yield from _outlooks(own, count)
        yield from _tiers_on_a_day(own, count, first)
        yield from _groups(own, count, first)
        yield from _lifecycle(own, count)
        yield from _constraints(own, count)
        yield from _backtest(own, count, metrics)


def _hold(env, count):
    """Give some clients a membership from long ago; return the first client's id."""
    [[first]] = env.execute_query(
        SQL("SELECT min(id) FROM res_partner WHERE client_number = 'B000000000'")
    )
    tier = env["vip.tier"]._ladder(env.company)[1]
    env.cr.execute(
        SQL(
            """
            INSERT INTO vip_tier_membership (company_id, partner_id, tier_id, date_from)
            SELECT %s, %s + i, %s, '2023-01-01'
              FROM generate_series(0, %s - 1) i WHERE i %% 100 < %s
            """,
            env.company.id,
            first,
            tier.id,
            count,
            HOLDING,
        )
    )
    world.analyze(env)
    return first


def _thresholds(env):
    """Let some of a hundred clients rise, some fall, some be close to the next tier."""
    for tier in env["vip.tier"]._ladder(env.company)[1:]:
        far = tier.rank > 2
        for criterion in tier._setting_up().criterion_ids:
            criterion.write(
                {
                    "window_months": 1,
                    "qualify": 1e12 if far else QUALIFY,
                    "retain": 1e12 if far else RETAIN,
                }
            )
    world.analyze(env)


def _bare(env):
    """The aggregate of one month per client, which every judgement needs."""
    env.cr.execute(
        SQL(
            """
            SELECT count(*) FROM (
                SELECT partner_id, sum(value_company) FILTER (WHERE metric_id = 1),
                       sum(value_company) FILTER (WHERE metric_id = 2)
                  FROM vip_activity
                 WHERE company_id = %s AND superseded_at IS NULL AND month = %s
                 GROUP BY partner_id) a
            """,
            env.company.id,
            MONTH,
        )
    )


def _outlooks(env, count):
    for name, label in (("at_risk", "at risk"), ("close", "close to the next tier")):
        baseline, seconds = side_by_side(
            world.undone(env, lambda: _bare(env)),
            world.undone(env, lambda name=name: _page(env, name)),
            ROUNDS,
        )
        work = f"list of who is {label}, first page, {count:,} clients"
        yield Line(f"{work}; beside the bare aggregate of a month", seconds, baseline)


def _page(env, name):
    """What the web client asks for a list."""
    Outlook = env["vip.tier.outlook"]
    Outlook.invalidate_model()
    found = Outlook.web_search_read(
        [(name, "=", True)],
        {"partner_id": {}, "percent": {}},
        limit=PAGE,
        count_limit=COUNTED + 1,
    )
    if not found["records"]:
        raise AssertionError(f"nobody is {name}")


def _tiers_on_a_day(env, count, first):
    partners = env["res.partner"].browse(range(first, first + count))
    day = MONTH - timedelta(days=1)

    def ask():
        tiers = partners._tier_at(day, env.company)
        if len(tiers) != count:
            raise AssertionError(len(tiers))

    seconds = timed(ask)
    yield Line(f"tier on a day of {count:,} clients, by one query", seconds)


def _groups(env, count, first):
    """The judgement of a trial with and without a few in a hundred in groups."""
    members = count * GROUPED // 100 // 3 * 3

    def trial():
        review = env["vip.tier.review"].create({"month": MONTH, "trial": True})
        review._run(AT)

    alone = timed(world.undone(env, trial))
    groups = env["vip.client.group"].create({"name": "Bench"})
    env.cr.execute(
        SQL(
            """
            WITH own AS (
                INSERT INTO vip_client_group (name, company_id, active)
                SELECT 'Group ' || i, %(company)s, TRUE
                  FROM generate_series(1, %(groups)s) i
                RETURNING id)
            INSERT INTO vip_client_group_member (
                   group_id, company_id, partner_id, consented_by, consented_on,
                   evidence, date_from, recorded_at, recorded_by_id)
            SELECT %(group)s + 1 + i / 3, %(company)s, %(first)s + i, 'x', '2023-01-01',
                   'x', '2023-01-01', '2023-01-01', 1
              FROM generate_series(0, %(members)s - 1) i
            """,
            company=env.company.id,
            groups=members // 3,
            group=groups.id,
            first=first,
            members=members,
        )
    )
    world.analyze(env)
    alone, together = side_by_side(
        world.undone(env, lambda: _without_groups(env, trial)),
        world.undone(env, trial),
        ROUNDS,
    )
    work = f"review of {count:,} clients with {members:,} in groups of three"
    yield Line(f"{work}; beside the same without groups", together, alone)


def _without_groups(env, trial):
    env.cr.execute("UPDATE vip_client_group_member SET company_id = NULL")
    trial()


def _lifecycle(env, count):
    """The first judgement, which gives everybody a state, and the one of a month later.

    Then few change: whose business ended some months ago.
    """
    lifecycle = env["vip.lifecycle"]
    # As if it had been booked so.
    env.cr.execute("DROP TRIGGER vip_activity_kept ON vip_activity")
    env.cr.execute(
        SQL(
            "UPDATE vip_activity SET value = 0"
            " WHERE company_id = %s AND month > %s AND partner_id %% 100 < %s",
            env.company.id,
            add_months(MONTH, -env.company.vip_active_months),
            ENDING,
        )
    )
    world.analyze(env)
    # Many changes are committed in batches, so that there is nothing to undo.
    first = timed(lambda: lifecycle._judge(env.company, add_months(MONTH, -1)))
    world.analyze(env)

    def judge():
        changed = lifecycle._judge(env.company, MONTH)
        if changed != count * ENDING // 100:
            raise AssertionError(f"{changed} states changed")

    baseline, seconds = side_by_side(
        world.undone(env, lambda: _bare_year(env)), world.undone(env, judge), 1
    )
    work = f"life cycle of {count:,} clients"
    yield Line(f"{work}, the first month, in committed batches", first)
    work = f"{work}, a month, {count * ENDING // 100:,} change"
    yield Line(f"{work}; beside the bare aggregate of twelve", seconds, baseline, 3.0)


def _bare_year(env):
    metrics = env["vip.metric"].search([("code", "in", ("deposit", "volume"))])
    _aggregate(env, metrics.sorted("code"))


def _constraints(env, count):
    """Memberships under the exclusion constraint, beside a chain of keys.

    The chain: each row names the end of the one before, unique and as a foreign key, so
    that periods follow each other without overlapping.
    """
    rows = count // 10
    env.cr.execute("DROP TABLE IF EXISTS bench_excluded, bench_chained")
    env.cr.execute(
        """
        CREATE TABLE bench_excluded (
            company_id int, partner_id int, date_from date, date_to date,
            EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH =,
                                int4range(partner_id, partner_id, '[]') WITH =,
                                daterange(date_from, date_to) WITH &&));
        CREATE TABLE bench_chained (
            company_id int, partner_id int, date_from date, date_to date,
            previous_to date,
            UNIQUE (company_id, partner_id, date_to),
            UNIQUE (company_id, partner_id, previous_to),
            CHECK (previous_to <= date_from), CHECK (date_to > date_from),
            FOREIGN KEY (company_id, partner_id, previous_to)
                REFERENCES bench_chained (company_id, partner_id, date_to))
        """
    )
    env.cr.commit()

    def fill(table, columns, values):
        env.cr.execute(
            SQL(
                "INSERT INTO %s (company_id, partner_id, date_from, date_to %s)"
                " SELECT 1, i, d.start, d.stop %s FROM generate_series(1, %s) i"
                " CROSS JOIN (VALUES ('2023-01-01'::date, '2024-01-01'::date, NULL),"
                " ('2024-01-01', '2025-01-01', '2024-01-01'::date))"
                " d(start, stop, previous)",
                SQL.identifier(table),
                SQL(columns),
                SQL(values),
                rows // 2,
            )
        )

    chained, excluded = side_by_side(
        world.undone(
            env, lambda: fill("bench_chained", ", previous_to", ", d.previous")
        ),
        world.undone(env, lambda: fill("bench_excluded", "", "")),
        ROUNDS,
    )
    work = f"{rows:,} periods that may not overlap: exclusion constraint"
    yield Line(f"{work}; beside chained unique and foreign keys", excluded, chained)


def _backtest(env, count, metrics):
    def run():
        backtest = env["vip.tier.backtest"].create(
            {"month_from": FIRST_MONTH, "months": MONTHS}
        )
        backtest._run()
        if not backtest.mover_count:
            raise AssertionError("nobody moved")

    def bare():
        for _month in range(MONTHS):
            _bare(env)

    baseline, seconds = side_by_side(world.undone(env, bare), world.undone(env, run), 1)
    work = f"back-test of {MONTHS} months, {count:,} clients, {len(metrics)} metrics"
    yield Line(f"{work}; beside the bare aggregates", seconds, baseline)
