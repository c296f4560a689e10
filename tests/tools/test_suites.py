"""How ``./vip test`` runs the suites."""

import os
import sys

import pytest

from tools import suites
from tools.paths import ROOT
from tools.side_by_side import Ended, SideBySide


def python(code):
    return [sys.executable, "-c", code]


def test_each_command_is_answered_with_its_own_output_and_end(capsys):
    with SideBySide(2) as beside:
        beside.add("test-good", python("print('fine')"), dict(os.environ))
        beside.add("test-bad", python("print('oh'); exit(3)"), dict(os.environ))
        ended = {each.title: each for each in beside.ended()}
    assert ended["test-good"] == Ended("test-good", 0, "fine\n")
    assert ended["test-bad"] == Ended("test-bad", 3, "oh\n")
    shown = capsys.readouterr().out
    assert "fine" in shown and "oh" in shown


def test_leaving_early_ends_what_runs_and_drops_the_rest(tmp_path):
    waits = f"import time; time.sleep(600); open({str(tmp_path / 'late')!r}, 'w')"
    never = f"open({str(tmp_path / 'never')!r}, 'w')"
    with pytest.raises(KeyError), SideBySide(1) as beside:
        beside.add("test-waits", python(waits), dict(os.environ))
        beside.add("test-never", python(never), dict(os.environ))
        raise KeyError
    assert not list(tmp_path.iterdir())


def test_every_suite_is_there_and_the_rest_leaves_it_out():
    named = [path for name in suites.SUITES for path in suites.SUITES[name]]
    assert all((ROOT / path).exists() for path in named)
    for name, paths in suites.SUITES.items():
        ignored = [f"--ignore={path}" for path in paths]
        chosen = suites._chosen(suites.REST)
        assert all((arg in chosen) == (name != suites.REST) for arg in ignored)


def test_a_suite_that_ends_badly_without_a_count_has_failed():
    assert suites._counts(Ended("test-unknown", 4, ""))["failed"] == 1
    lint = "ruff (Python)....Passed\nprettier (all)....Failed\n"
    counts = suites._counts(Ended(suites.LINT, 1, lint))
    assert (counts["passed"], counts["failed"]) == (1, 1)
