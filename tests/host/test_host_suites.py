"""The host's own suites pass with our addons installed.

A test that fails with our addons is tried again on a database without them. When it
fails there too it is the host's own failure: listed as skipped, with both outputs
kept as proof. Any other failure is ours.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from tools import databases
from tools.paths import LOGS, ROOT
from tools.runner import CONFIG, HOST, INSTALLED


def host_folder(addon):
    from odoo.modules import get_module_path

    return get_module_path(addon)


def run_suite(addon, source, label, only=()):
    """Run the addon's tests on a copy of ``source``; return ``{test: passed}``.

    ``only`` narrows them down to tests of these names.
    """
    database = f"vip_host_suite_{label}"
    report = LOGS / f"host-{addon}-{label}.xml"
    databases.copy(source, database)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "--odoo-http", f"--odoo-config={CONFIG}"]
            + [f"--odoo-database={database}", f"--junitxml={report}", "--tb=short"]
            + [
                "-p",
                "no:cacheprovider",
                "-p",
                "tools.collected",
                f"{host_folder(addon)}/tests",
            ]
            + (["-k", " or ".join(sorted(only))] if only else []),
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
    finally:
        databases.drop(database)
    report.with_suffix(".log").write_text(done.stdout + done.stderr)
    assert done.returncode in (0, 1), done.stdout[-3000:] + done.stderr[-3000:]
    return {
        f"{case.get('classname')}.{case.get('name')}": not (
            case.findall("failure") or case.findall("error")
        )
        for case in ElementTree.parse(report).iter("testcase")
    }


def failed(results):
    return {test for test, passed in results.items() if not passed}


@pytest.mark.parametrize("addon", HOST)
def test_host_suite_with_our_addons(addon):
    ours = run_suite(addon, INSTALLED, "with")
    assert ours, "the host's suite has no tests"
    if not failed(ours):
        return
    names = {test.rpartition(".")[2] for test in failed(ours)}
    alone = run_suite(addon, os.environ["VIP_HOST_TEMPLATE"], "without", names)
    assert failed(ours) <= failed(alone), (
        f"fails only with our addons: {sorted(failed(ours) - failed(alone))}, "
        f"see {LOGS}/host-{addon}-with.log"
    )
    pytest.skip(
        f"{addon} fails also without our addons: {', '.join(sorted(failed(ours)))}; "
        f"proof in {LOGS}/host-{addon}-without.log"
    )
