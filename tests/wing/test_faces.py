"""The faces beside the client's page and the ticket: a wing comes in by doors only.

The sample addon is installed where people have all of our addons, and looked at.
"""

import configparser
import subprocess
import sys
from pathlib import Path

from tools import databases
from tools.paths import ROOT
from tools.runner import CONFIG, INSTALLED

WING = "vip_sample_wing"
ABOVE = Path(__file__).parent / "addons"
DATABASE = "vip_wing_faces"


def run(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    return output


def test_a_wing_is_seen_on_home_portal_and_promises(tmp_path):
    known = configparser.ConfigParser(interpolation=None)
    known.read(CONFIG)
    known["options"]["addons_path"] += f",{ABOVE}"
    config = tmp_path / "odoo.conf"
    with config.open("w") as file:
        known.write(file)
    databases.copy(INSTALLED, DATABASE)
    odoo = ("odoo", "server", "-c", str(config), "-d", DATABASE)
    try:
        run(*odoo, "-i", WING, "--stop-after-init", "--no-http")
        output = run(
            *("pytest", f"--odoo-config={config}", f"--odoo-database={DATABASE}"),
            *("--odoo-http", "-p", "no:cacheprovider", "--tb=short"),
            "tests/wing/inside_faces.py",
        )
    finally:
        databases.drop(DATABASE)
    assert " passed" in output
