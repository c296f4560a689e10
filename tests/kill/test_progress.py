"""Two real processes: the job imports, somebody at another worker watches and cancels."""

import os

from tests.kill import ground
from tests.kill.harness import READY, Worker, rows, run
from tools import databases
from tools.runner import INSTALLED


def test_the_progress_of_a_running_import_is_seen_and_its_end_is_heard():
    database = f"vip_kill_{os.getpid()}_progress"
    databases.copy(INSTALLED, database)
    facts = "SELECT count(*) FROM vip_activity"
    try:
        run(database, f"{ground.__name__}:prepare")
        run(database, f"{ground.__name__}:prepare_long_import")
        before = rows(database, facts)
        both = []
        for job in "watch", "long_import":
            both.append(Worker(database, f"{ground.__name__}:{job}"))
            assert both[-1].has_said(READY)
        for worker in both:
            worker.end(timeout=300)
        state = f"SELECT state FROM vip_activity_import WHERE name = '{ground.LONG}'"
        assert rows(database, state) == [{"state": "draft"}]
        assert rows(database, facts) == before
        left = "SELECT 1 FROM vip_job_progress WHERE res_model = 'vip.activity.import'"
        assert rows(database, left) == []
    finally:
        databases.drop(database)
