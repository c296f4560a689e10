"""Both roads are walked, and neither has become longer than it is today."""

import json
import subprocess
import sys

import pytest

from tests.walk.__main__ import FIRST, WALKS
from tests.walk.goals import GOALS
from tools import databases
from tools.paths import ROOT
from tools.runner import INSTALLED

DATABASE = "vip_walk_test"


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """What the command prints and reports."""
    path = tmp_path_factory.mktemp("walk") / "walk.json"
    databases.copy(INSTALLED, DATABASE)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.walk", DATABASE, f"--report={path}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    finally:
        databases.drop(DATABASE)
    assert path.exists(), done.stdout[-2000:] + done.stderr[-4000:]
    return done, json.loads(path.read_text())


@pytest.mark.parametrize("road", GOALS)
def test_a_road_is_not_longer_than_today(walked, road):
    _done, report = walked
    files = report[FIRST][road]["files"]
    assert len(files) <= GOALS[road].today, "\n".join(files)


def test_the_first_line_says_the_goals(walked):
    done, _report = walked
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == (
        "Goals for the files entered: ≤ 20 from file row to badge, "
        "≤ 40 from creation to posted entry."
    )


def test_every_stretch_of_both_walks_leads_through_our_files(walked):
    _done, report = walked
    for name in WALKS:
        for road in GOALS:
            stretches = report[name][road]["stretches"]
            assert len(stretches) >= 4
            assert all(stretch["files"] for stretch in stretches)
            met = {file for stretch in stretches for file in stretch["files"]}
            assert met == set(report[name][road]["files"])
