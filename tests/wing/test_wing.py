"""The wing proof: an addon adds itself to every face, and nothing else is changed.

The sample addon names what doors give, and no file of ours names it. It is installed
where people have all of our addons, its faces are looked at, and it is taken away again.
"""

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tools import databases
from tools.paths import ADDONS, ROOT
from tools.runner import CONFIG, INSTALLED

WING = "vip_sample_wing"
ABOVE = Path(__file__).parent / "addons"
DATABASE = "vip_wing"


def run(*command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-6000:]
    return output


@pytest.fixture
def config(tmp_path):
    """Our configuration, by which Odoo finds the wing, too."""
    known = configparser.ConfigParser(interpolation=None)
    known.read(CONFIG)
    known["options"]["addons_path"] += f",{ABOVE}"
    path = tmp_path / "odoo.conf"
    with path.open("w") as file:
        known.write(file)
    return path


def test_a_wing_is_seen_on_every_face(config):
    """The client's page, the ticket, home, portal, promises and figures."""
    databases.copy(INSTALLED, DATABASE)
    odoo = ("odoo", "server", "-c", str(config), "-d", DATABASE)
    try:
        run(*odoo, "-i", WING, "--stop-after-init", "--no-http")
        output = run(
            *("pytest", f"--odoo-config={config}", f"--odoo-database={DATABASE}"),
            *("--odoo-http", "-p", "no:cacheprovider", "--tb=short"),
            *("tests/wing/inside_wing.py", "tests/wing/inside_faces.py"),
        )
    finally:
        databases.drop(DATABASE)
    assert " passed" in output


def test_nothing_of_ours_names_the_wing():
    named = [
        path
        for path in ADDONS.rglob("*")
        if path.suffix in {".py", ".xml", ".js", ".csv", ".scss", ".po", ".pot"}
        and (WING in (text := path.read_text()) or "vip.sample" in text)
    ]
    assert not named


def test_the_wing_comes_in_by_doors_only():
    """It inherits no view but the two places, and patches nothing."""
    for path in (ABOVE / WING).rglob("*"):
        if path.suffix not in {".py", ".xml", ".js"}:
            continue
        text = path.read_text()
        assert "patch(" not in text and "t-inherit" not in text, path
        if path.suffix == ".xml":
            inherited = {
                line.split('ref="')[1].split('"')[0]
                for line in text.splitlines()
                if "inherit_id" in line
            }
            assert inherited <= {
                "vip_service.ticket_view_form",
                "vip_service.ticket_view_form_page",
            }
