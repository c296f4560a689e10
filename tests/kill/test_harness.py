"""The harness itself: it kills, it sees a difference, and it sees none."""

import time

from tests.kill.harness import killed, rows, run, table
from tools import databases
from tools.runner import INSTALLED

STEPS = 20
# The colour of a new tag is drawn at random.
WORDS = table("res_partner_category", exclude=["parent_path", "color"])


def careful_job(env):
    """Commits in steps and goes on where it was."""
    tags = env["res.partner.category"]
    for step in range(STEPS):
        if not tags.search_count([("name", "=", f"step {step}")]):
            tags.create({"name": f"step {step}"})
        time.sleep(0.02)
        env.cr.commit()


def careless_job(env):
    """Commits in steps and begins anew each time."""
    for step in range(STEPS):
        env["res.partner.category"].create({"name": f"step {step}"})
        env.cr.commit()


def test_a_job_that_goes_on_ends_the_same():
    with killed(INSTALLED, f"{__name__}:careful_job", seed=1, kills=2) as (whole, cut):
        assert len(rows(whole, WORDS)) >= STEPS
        assert rows(cut, WORDS) == rows(whole, WORDS)


def test_a_job_that_begins_anew_is_found_out():
    name = "vip_kill_twice"
    databases.copy(INSTALLED, name)
    try:
        run(name, f"{__name__}:careless_job")
        once = rows(name, WORDS)
        run(name, f"{__name__}:careless_job")
        assert rows(name, WORDS) != once
    finally:
        databases.drop(name)


def test_a_killed_job_stops_where_it_is():
    name = "vip_kill_now"
    databases.copy(INSTALLED, name)
    try:
        before = len(rows(name, WORDS))
        run(name, f"{__name__}:careful_job", kill_after=0)
        assert len(rows(name, WORDS)) < before + STEPS
    finally:
        databases.drop(name)
