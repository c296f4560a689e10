"""What all test suites share: counts, the list of what did not run."""

import gc
import json
import os
from pathlib import Path

import pytest

from odoo.tests import BaseCase

from tests.proof import said
from tools.paths import ADDONS, glue_addons
from tools.suites import RESULTS

pytest_plugins = ["tools.collected", "tools.doctests"]

# Odoo gives its default tags to tests inside addons only.
BaseCase.test_tags = {"standard", "at_install"}


def pytest_ignore_collect(collection_path):
    """Addons that the database lacks have a run of their own (tests/glue)."""
    if "VIP_GLUE" not in os.environ:
        folders = [ADDONS / name for name in glue_addons()]
        if any(
            folder in (collection_path, *collection_path.parents) for folder in folders
        ):
            return True
    return None


@pytest.fixture(autouse=True)
def a_transaction_of_its_own(request):
    """Let a test find what its class has set up as a request finds what is committed.

    Until then nothing is remembered (``vip_base/tools/sql.py``).
    """
    if registry := getattr(request.cls, "registry", None):
        registry.cache_invalidated.clear()


def pytest_collection_finish():
    """Let the garbage collector pass by what stays to the end: it saves a tenth of CI."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_report_header():
    return said()


def pytest_sessionfinish(session):
    """Leave the counts for ``./vip test``, which adds up those of all suites."""
    if RESULTS not in os.environ:
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    stats = {key: len(reports) for key, reports in reporter.stats.items()}
    known = stats.get("xfailed", 0)
    counts = {
        "passed": stats.get("passed", 0),
        "failed": stats.get("failed", 0) + stats.get("error", 0),
        "skipped": stats.get("skipped", 0) + known,
        # Of the skipped: those that ran and met a known fault (tests/faults).
        "known": known,
    }
    Path(os.environ[RESULTS]).write_text(json.dumps(counts))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI a browser test may not be skipped for want of a browser."""
    report = yield
    if report.skipped and "Chrome" in str(report.longrepr) and os.environ.get("CI"):
        report.outcome = "failed"
    return report
