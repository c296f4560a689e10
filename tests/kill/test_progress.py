"""Two real processes: the job imports, somebody at another worker watches and cancels."""

import os
import subprocess
import sys

from tests.kill import ground
from tests.kill.harness import DONE, READY, rows, run
from tools import databases
from tools.paths import ROOT
from tools.runner import INSTALLED


def start(database, job):
    command = [sys.executable, "-m", "tests.kill.harness", database]
    command.append(f"{ground.__name__}:{job}")
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline().strip() == READY
    return process


def test_the_progress_of_a_running_import_is_seen_and_its_end_is_heard():
    database = f"vip_kill_{os.getpid()}_progress"
    databases.copy(INSTALLED, database)
    facts = "SELECT count(*) FROM vip_activity"
    try:
        run(database, f"{ground.__name__}:prepare")
        run(database, f"{ground.__name__}:prepare_long_import")
        before = rows(database, facts)
        watcher = start(database, "watch")
        job = start(database, "long_import")
        for process in watcher, job:
            output, errors = process.communicate(timeout=300)
            assert DONE in output.split(), output + errors
        state = f"SELECT state FROM vip_activity_import WHERE name = '{ground.LONG}'"
        assert rows(database, state) == [{"state": "draft"}]
        assert rows(database, facts) == before
        left = (
            "SELECT 1 FROM vip_import_progress WHERE res_model = 'vip.activity.import'"
        )
        assert rows(database, left) == []
    finally:
        databases.drop(database)
