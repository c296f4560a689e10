"""Addons of ours that need an addon which a main installation does not have.

Each is installed with what it needs on a copy of the installed database, by Odoo's own
``auto_install``, and its tests run there.
"""

import ast
import os
import subprocess
import sys

import pytest

from tools import databases
from tools.paths import ADDONS, ROOT, glue_addons, other_addons
from tools.runner import CONFIG, INSTALLED


def run(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "VIP_GLUE": "1"},
        capture_output=True,
        text=True,
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    return output


@pytest.mark.parametrize("addon", glue_addons())
def test_suite_of_glue_addon(addon):
    manifest = ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text())
    others = other_addons().intersection(manifest["depends"])
    database = f"vip_glue_{addon}"[:60]
    databases.copy(INSTALLED, database)
    try:
        run(
            *("odoo", "server", "-c", str(CONFIG), "-d", database),
            *("-i", ",".join(others), "--stop-after-init", "--no-http"),
        )
        output = run(
            *("pytest", f"--odoo-config={CONFIG}", f"--odoo-database={database}"),
            *("-p", "no:cacheprovider", "--tb=short", f"addons/{addon}"),
            "tests/glue/inside_i18n.py",
        )
    finally:
        databases.drop(database)
    assert " passed" in output
