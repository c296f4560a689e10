"""What runs without Odoo, and that the examples in docstrings run at all."""

import subprocess
import sys

import pytest

from tools import commands, plain
from tools.paths import ADDONS, ROOT


@pytest.fixture(scope="module")
def collected():
    """The ids of all that ``./vip test --engine`` runs."""
    done = subprocess.run(
        [*commands.engine_tests(sys.executable), "--collect-only", "-q"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_examples_of_each_engine_run_without_odoo(collected):
    files = {line.split("::")[0] for line in collected}
    engines = [
        str(path.relative_to(ROOT))
        for path in ADDONS.glob("*/engine/**/*.py")
        if plain.has_examples(path)
    ]
    assert engines and set(engines) <= files
    assert any("/tests/test_engine" in name for name in files)


def test_examples_run_once_with_all_other_tests(request):
    assert request.config.pluginmanager.hasplugin("tools.doctests")
    assert not request.config.getoption("doctestmodules")
    folders = (ADDONS, ROOT / "tests")
    named = [path for each in folders for path in each.rglob("test_*doctests*.py")]
    assert not named, "these would run them a second time"


def test_a_false_example_fails(tmp_path):
    module = tmp_path / "arithmetic.py"
    module.write_text('"""Sums.\n\n>>> 1 + 1\n3\n"""\n')
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--noconftest", "-p", "tools.doctests"]
        + ["-p", "no:odoo", "-p", "no:cacheprovider", "--rootdir", tmp_path, module],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout


def test_whatever_an_engine_imports_is_plain():
    engines = [*ADDONS.glob("*/engine/**/*.py")]
    assert engines
    assert not [path for path in engines if plain.needs_odoo(path)]


def test_needing_odoo_is_seen_through_what_is_imported(tmp_path):
    assert plain.needs_odoo(ADDONS / "vip_service/models/__init__.py")
    assert plain.needs_odoo(ADDONS / "sla_promise/tests/test_worktime_published.py")
    own = tmp_path / "own.py"
    for text, needs in (
        ("from odoo.tests import BaseCase, tagged\n", False),
        ("from odoo.tests import TransactionCase\n", True),
        ("from odoo.addons.sla_promise.engine import states\n", False),
        ("from odoo.addons.sla_promise.models.clock import sla_clock\n", True),
        ("def later():\n    import odoo\n", True),
        ("from datetime import date\n", False),
    ):
        own.write_text(text)
        plain._imports.cache_clear()
        assert plain.needs_odoo(own) == needs, text
