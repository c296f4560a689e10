"""All that CI runs, a few suites at a time; each in a database of its own."""

import json
import os
import sys
from collections import Counter

from . import databases
from .lint import RESULT
from .paths import ROOT, STATE
from .runner import INSTALLED, Runner
from .side_by_side import Ended, SideBySide

#: What pytest leaves for us (see ``conftest.py``).
RESULTS = "VIP_RESULTS"
LINT = "lint"
REST = "rest"
PROMISE = "promise"
#: What runs beside each other, the longest first; "rest" is all that no other names.
SUITES = {
    PROMISE: [
        f"addons/{addon}"
        for addon in ("vip_base", "vip_service", "resource_worktime", "sla_promise")
    ],
    REST: ["addons", "tests"],
    "apart": [
        *("tests/host", "tests/glue", "tests/matrix", "tests/walk"),
        *("tests/upgrade", "tests/test_bench.py"),
    ],
    "kill": ["tests/kill"],
    "replay": ["tests/replay"],
}
#: What is installed for a suite whose database has not all of our addons.
MODULES = {PROMISE: ["sla_promise"]}


def run(runner: Runner) -> Counter:
    """Run lint and all suites; return how many passed, failed and were skipped."""
    counts = Counter()
    with SideBySide(os.cpu_count() or 1) as beside:
        beside.add(LINT, [sys.executable, str(ROOT / "vip"), LINT], dict(os.environ))
        runner.environment["VIP_HOST_TEMPLATE"] = runner.host_template()
        runner.installed()
        for name in SUITES:
            _add(beside, runner, name)
        for ended in beside.ended():
            counts.update(_counts(ended))
    return counts


def _add(beside: SideBySide, runner: Runner, name: str):
    database = f"vip_test_{name}"
    if name in MODULES:
        runner.new_database(database, MODULES[name])
    else:
        databases.copy(INSTALLED, database)
    _results(name).unlink(missing_ok=True)
    command = runner.pytest(database, "--durations=10", *_chosen(name))
    environment = {**runner.environment, RESULTS: str(_results(name))}
    beside.add(name, command, environment)


def _chosen(name: str) -> list[str]:
    others = [
        f"--ignore={path}"
        for other, paths in SUITES.items()
        for path in paths
        if name == REST != other
    ]
    return [*SUITES[name], *others]


def _results(name: str):
    return STATE / f"test-{name}.json"


def _counts(ended: Ended) -> Counter:
    """Return how many passed and so on; what ended badly has at least one failure."""
    if ended.title == LINT:
        found = Counter(result.lower() for _, result in RESULT.findall(ended.output))
    else:
        path = _results(ended.title)
        found = Counter(json.loads(path.read_text()) if path.exists() else {})
    if ended.code and not found["failed"]:
        found["failed"] = 1
    return found
