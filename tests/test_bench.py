"""Every benchmark runs, at a small scale; its figures are not judged here."""

import json
import subprocess
import sys

from tests.bench.__main__ import discover
from tools import databases
from tools.paths import ROOT
from tools.runner import INSTALLED

DATABASE = "vip_bench_smoke"


def test_every_benchmark_runs_and_reports(tmp_path):
    databases.copy(INSTALLED, DATABASE)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench", DATABASE, "--scale=small", "--once"]
            + [f"--report={tmp_path / 'bench.json'}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    finally:
        databases.drop(DATABASE)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    report = json.loads((tmp_path / "bench.json").read_text())
    assert {line["bench"] for line in report["lines"]} == set(discover())
    assert "work (median)" in done.stdout
