"""Two and four workers share the due clocks while agents work; one is killed.

Each run must end as one worker ends who was alone: nothing lost, nothing twice.
"""

import concurrent.futures
import os
import random

import pytest

from tests.kill import workers
from tests.kill.harness import rows, run, table
from tools import databases
from tools.runner import INSTALLED

JOB = workers.__name__
WHAT = (
    table("sla_clock", exclude=["replaced_by_id"]),
    table("sla_breach", exclude=["scored_at"]),
    table("sla_notice"),
    table("sla_span"),
)


@pytest.fixture(scope="module")
def source():
    name = f"vip_kill_{os.getpid()}_shared"
    databases.copy(INSTALLED, name)
    try:
        run(name, f"{JOB}:prepare")
        yield name
    finally:
        databases.drop(name)


@pytest.fixture(scope="module")
def expected(source):
    name = f"{source}_alone"
    databases.copy(source, name)
    try:
        run(name, f"{JOB}:alone")
        return [rows(name, what) for what in WHAT]
    finally:
        databases.drop(name)


def differences(ours, theirs):
    """Return what each side has that the other has not, a few rows of each."""
    ours, theirs = ({repr(row) for row in side} for side in (ours, theirs))
    return [*sorted(ours - theirs)[:3], *sorted(theirs - ours)[:3]]


def killed_and_again(database, job, seconds):
    run(database, job, kill_after=seconds)
    run(database, job)


@pytest.mark.parametrize(("count", "kill"), [(2, False), (4, False), (4, True)])
def test_workers_share_without_loss_or_doubling(
    source, expected, monkeypatch, count, kill
):
    name = f"{source}_{count}"
    databases.copy(source, name)
    try:
        monkeypatch.setenv("VIP_WORKERS", str(count))
        run(name, f"{JOB}:share")
        with concurrent.futures.ThreadPoolExecutor(count + 1) as pool:
            running = [pool.submit(run, name, f"{JOB}:agents")]
            for number in range(count):
                job = f"{JOB}:worker_{number}"
                if kill and number == 1:
                    moment = random.Random(17).uniform(0.1, 0.6)
                    running.append(pool.submit(killed_and_again, name, job, moment))
                else:
                    running.append(pool.submit(run, name, job))
            for each in running:
                each.result()
        found = [rows(name, what) for what in WHAT]
    finally:
        databases.drop(name)
    clocks, breaches, notices, spans = found
    assert {clock["state"] for clock in clocks} >= {"running", "met", "missed"}
    assert len({breach["clock_id"] for breach in breaches}) == len(breaches)
    assert {notice["kind"] for notice in notices} == {"warning", "breach"}
    assert len(spans) > workers.TICKETS
    for what, ours, theirs in zip(WHAT, found, expected, strict=True):
        assert differences(ours, theirs) == [], what[0]
