"""The monthly review of all clients, beside the bare aggregate of their facts.

Both without parallel workers and with the same ``work_mem``. The ladder looks twelve
months back, so that every fact counts.
"""

import functools
import statistics
from datetime import date, datetime

from odoo.tools import SQL

from . import world
from .bench import Line, peak_memory, timed

CLIENTS = {"small": 20_000, "full": 1_000_000}
MONTHS = 12
FIRST_MONTH, MONTH = date(2023, 6, 1), date(2024, 5, 1)
AT = datetime(2024, 6, 2, 3, 0)
#: Of a hundred clients so many rise.
RISING = 6
ROUNDS = 3

AGGREGATE = """
    SELECT count(deposit), count(volume)
      FROM (SELECT partner_id,
                   sum(value_company) FILTER (WHERE metric_id = %(deposit)s) AS deposit,
                   sum(value_company) FILTER (WHERE metric_id = %(volume)s) AS volume
              FROM vip_activity
             WHERE company_id = %(company)s AND superseded_at IS NULL
               AND month BETWEEN %(first)s AND %(last)s
             GROUP BY partner_id) a
"""


def bench_review(env, scale):
    count = CLIENTS[scale]
    with world.world("review") as own:
        metrics = _fill(own, count)
        own.cr.execute("SET max_parallel_workers_per_gather = 0")
        review = own["vip.tier.review"].create({"month": MONTH})
        own.cr.commit()
        work = f"review of {count:,} clients, {MONTHS} months, {len(metrics)} metrics"
        aggregate = world.undone(own, lambda: _aggregate(own, metrics))
        for qualify, percent, budget in ((1e12, 0, 2.0), (2000, RISING, 4.0)):
            _ladder(own, metrics, qualify)
            changes = count * percent // 100
            seconds = _side_by_side(own, aggregate, review, count, changes)
            yield Line(f"{work}, {changes:,} proposals", seconds[1], seconds[0], budget)
        yield Line(f"{work}: memory of Python", _peak(own, review), None, 300, "MiB")


def _side_by_side(env, aggregate, review, clients, changes):
    """Median seconds of both by turns; what a review committed is undone between them."""
    judge = functools.partial(_run, review, clients, changes)
    seconds = {aggregate: [], judge: []}
    for turn in range(1 + ROUNDS):
        for work, taken in seconds.items():
            spent = timed(work)
            if turn:
                taken.append(spent)
        _undo(env, review)
    return [statistics.median(taken) for taken in seconds.values()]


def _undo(env, review):
    """Take back a review with its verdicts and proposals, which it has committed."""
    env.cr.execute("TRUNCATE vip_tier_verdict, vip_tier_change CASCADE")
    env.cr.execute(
        "UPDATE vip_tier_review SET state = 'draft', proposed_up_to = NULL WHERE id = %s",
        [review.id],
    )
    env.invalidate_all()
    env.cr.commit()


def _run(review, clients, changes):
    review._run(AT)
    review.env.cr.commit()
    found = review.client_count, review.promotion_count + review.demotion_count
    if found != (clients, changes):
        raise AssertionError(f"The review saw {found}, not {(clients, changes)}")


def _aggregate(env, metrics):
    deposit, volume = metrics.ids
    env.cr.execute(
        AGGREGATE,
        {
            "deposit": deposit,
            "volume": volume,
            "company": env.company.id,
            "first": FIRST_MONTH,
            "last": MONTH,
        },
    )


def _peak(env, review):
    """Return the most memory (MiB) that this process has during a review."""

    def judge():
        review._run(AT)
        env.cr.commit()

    return peak_memory(judge)


def _ladder(env, metrics, qualify):
    """Let the shipped tiers ask for ``qualify`` of both metrics in twelve months."""
    criteria = env["vip.tier"]._setting_up().search([]).criterion_ids
    criteria.write({"window_months": MONTHS, "retain": 0})
    for criterion in criteria:
        far = criterion.tier_id.rank > 2
        value = 1e12 if far else qualify
        criterion.write({"qualify": value, "retain": value})
    world.analyze(env)


def _fill(env, count):
    """Give each client a fact per metric and month; return the metrics."""
    metrics = env["vip.metric"].search([("code", "in", ("deposit", "volume"))])
    metrics = metrics.sorted("code")
    first = world.clients(env, count)
    with world.without_keys(env, "vip_activity"):
        env.cr.execute(
            SQL(
                """
                INSERT INTO vip_activity (
                       company_id, partner_id, metric_id, month, value, currency_id,
                       rate, value_company, version, recorded_at, recorded_by_id)
                SELECT %(company)s, %(first)s + i, m.id, o::date, v.value,
                       CASE WHEN m.unit = 'money' THEN %(currency)s END,
                       1, v.value, 1, o, 1
                  FROM generate_series(%(from)s::timestamp, %(to)s, '1 month') o
                 CROSS JOIN generate_series(0, %(count)s - 1) i
                 CROSS JOIN (SELECT id, unit FROM vip_metric
                              WHERE id = ANY(%(metrics)s)) m
                 CROSS JOIN LATERAL (SELECT (i %% 97 + 0.25)
                       * CASE WHEN i %% 100 < %(rising)s THEN 0 ELSE 1 END
                       + CASE WHEN i %% 100 < %(rising)s THEN 500 ELSE 0 END) v(value)
                """,
                company=env.company.id,
                first=first,
                count=count,
                metrics=metrics.ids,
                currency=env.company.currency_id.id,
                rising=RISING,
                **{"from": FIRST_MONTH, "to": MONTH},
            )
        )
    world.analyze(env)
    return metrics
