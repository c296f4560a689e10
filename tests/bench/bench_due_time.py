"""A due time: the working time's value object beside ``resource.calendar.plan_hours``."""

import random
from datetime import datetime, timedelta

from odoo import Command

from odoo.addons.resource_worktime.engine.worktime import to_datetime, to_epoch
from odoo.addons.resource_worktime.models.resource_calendar import KNOWN_WORKTIMES
from odoo.addons.resource_worktime.models.resource_worktime_version import (
    KNOWN_SCHEDULES,
)

from .bench import Line, side_by_side, timed

YEAR = 2024
HOUR = 3600
#: Our side is so short that it repeats the same questions to be measured at all.
REPEAT = 100


def bench_one(env, scale):
    """The same questions to both: the promises of a working day to a working week."""
    calendar = _calendar(env)
    company = env.company
    questions = _questions({"small": 10, "full": 50}[scale])
    domain = [("time_type", "=", "leave"), ("company_id", "in", [False, company.id])]
    year = (datetime(YEAR, 1, 1), datetime(YEAR + 1, 1, 1))
    env.flush_all()
    env.cr.commit()
    work = calendar._worktime(company, *year)
    asked = [(to_epoch(start), hours * HOUR) for start, hours in questions] * REPEAT

    def by_odoo():
        return [
            calendar.plan_hours(hours, start, compute_leaves=True, domain=domain)
            for start, hours in questions
        ]

    def by_value():
        return [work.add(start, seconds) for start, seconds in asked]

    def by_calendar():
        return [
            calendar._worktime(company, start, start).add(start, seconds)
            for start, seconds in asked
        ]

    for odoo, ours in zip(by_odoo(), by_value(), strict=False):
        near = abs(odoo - to_datetime(ours)) < timedelta(seconds=1)
        if not near and work.between(*sorted((to_epoch(odoo), ours))) > 1:
            raise AssertionError(f"Odoo says {odoo}, we say {to_datetime(ours)}")

    baseline, ours = side_by_side(by_odoo, by_value)
    baseline, ours = baseline / len(questions), ours / len(asked)
    yield Line("one due time, warm calendar", ours, baseline, budget=1 / 1000)
    baseline, ours = side_by_side(by_odoo, by_calendar)
    baseline, ours = baseline / len(questions), ours / len(asked)
    yield Line("one due time, the calendar asked for it each time", ours, baseline)


def bench_calendar(env, scale):
    """What it costs to make a calendar warm, and to see that it still is."""
    calendar = _calendar(env)
    year = (datetime(YEAR, 1, 1), datetime(YEAR + 1, 1, 1))
    env.flush_all()
    env.cr.commit()

    def ask():
        env.cr.precommit.clear()  # what a transaction remembers
        calendar._worktime(env.company, *year)

    def ask_cold():
        KNOWN_WORKTIMES.clear()
        KNOWN_SCHEDULES.clear()
        ask()

    ask()
    env.cr.commit()  # its first version is kept
    rounds = {"small": 3, "full": 9}[scale]
    yield Line("three years of a calendar, built", _median(ask_cold, rounds))
    yield Line("known calendar in a new transaction", _median(ask, rounds))


def _median(work, rounds):
    return sorted(timed(work) for _round in range(rounds))[rounds // 2]


def _calendar(env):
    """Create office hours with a lunch break and a year's public holidays."""
    calendar = env["resource.calendar"].create(
        {
            "name": "Benchmark",
            "tz": "Asia/Shanghai",
            "attendance_ids": [
                Command.create(
                    {
                        "name": period,
                        "dayofweek": str(day),
                        "hour_from": hour_from,
                        "hour_to": hour_to,
                        "day_period": period,
                    }
                )
                for day in range(5)
                for hour_from, hour_to, period in (
                    (9, 12, "morning"),
                    (12, 13, "lunch"),
                    (13, 18, "afternoon"),
                )
            ],
        }
    )
    env["resource.calendar.leaves"].create(
        [
            {
                "name": "Public holiday",
                "calendar_id": calendar.id,
                "date_from": datetime(YEAR, month, 10) - timedelta(hours=8),
                "date_to": datetime(YEAR, month, 11) - timedelta(hours=8, seconds=1),
            }
            for month in range(1, 13)
        ]
    )
    return calendar


def _questions(count):
    """Return ``(start, hours)`` pairs spread over the year."""
    dice = random.Random(11)
    return [
        (
            datetime(YEAR, 1, 1) + timedelta(minutes=dice.randrange(300 * 1440)),
            dice.choice([0.5, 4, 8, 16, 40]),
        )
        for _question in range(count)
    ]
