"""Debian packages, fetched and unpacked without root and without installing.

The mirror is the one the machine already uses, asked of apt itself; only the suite
changes. Lists and downloads go to private folders, the Debian keyring verifies.
"""

import os
import re
import subprocess
from pathlib import Path

from .console import Stop, run_step

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
BASE_SUITES = {
    "bookworm",
    "trixie",
    "stable",
    "oldstable",
    "testing",
    "sid",
    "unstable",
}


def mirror() -> str:
    """Address of the Debian mirror that this machine's apt is set up with."""
    try:
        printed = subprocess.run(
            ["apt-get", "update", "--print-uris", "-o", "Debug::NoLocking=1"],
            capture_output=True,
            text=True,
        ).stdout
    except FileNotFoundError:
        printed = ""
    for address, suite in re.findall(r"^'(\S+)/dists/(\S+)/InRelease'", printed, re.M):
        if suite in BASE_SUITES and not address.startswith("cdrom:"):
            return address
    raise Stop(
        "apt on this machine has no Debian mirror to fetch Odoo 19 from.",
        "Run on Debian 12 or later, or set ODOO_HOME to a checkout of Odoo 19.",
    )


def fetch(wanted: dict[str, list[str]], title: str, folder: Path):
    """Download packages, ``{suite: [names]}``, and unpack them all into ``folder``."""
    private, options = _private(folder, list(wanted))
    names = [f"{name}/{suite}" for suite in wanted for name in wanted[suite]]
    run_step(
        title,
        ["apt-get", *options, "-q=0", "download", *names],
        cwd=private / "debs",
        hint="The package may have moved: set ODOO_HOME to a checkout of Odoo 19.",
    )
    _unpack(private, private / "debs", folder)


def fetch_whole(names: list[str], suite: str, title: str, folder: Path, without=()):
    """Download packages with all that they need, and unpack them into ``folder``.

    :param without: packages that are not unpacked, because every machine has its own
    """
    private, options = _private(folder, [suite])
    # As if nothing were installed: what the machine has may be too new for them.
    (private / "status").touch()
    options += [f"-oDir::State::status={private / 'status'}", "-oDebug::NoLocking=1"]
    run_step(
        title,
        ["apt-get", *options, "-q=0", "-y", "--no-install-recommends"]
        + ["--download-only", "install", *names],
    )
    debs = private / "cache" / "archives"
    for name in without:
        for deb in debs.glob(f"{name}_*.deb"):
            deb.unlink()
    _unpack(private, debs, folder)


def _private(folder: Path, suites: list[str]) -> tuple[Path, list[str]]:
    """Return a folder of our own in ``folder`` and the options by which apt uses it."""
    private = folder / "apt"
    for sub in ("sources", "lists/partial", "cache/archives/partial", "debs"):
        (private / sub).mkdir(parents=True)
    _write_sources(private / "sources" / "debian.sources", suites)
    options = _options(private)
    run_step(
        f"Package lists of Debian {' and '.join(suites)}",
        ["apt-get", *options, "update", "--error-on=any"],
    )
    return private, options


def _unpack(private: Path, where: Path, folder: Path):
    debs = sorted(where.glob("*.deb"))
    run_step(
        "Unpacking",
        ["sh", "-ec", 'for deb; do dpkg-deb -x "$deb" "$0"; echo "$deb"; done']
        + [folder, *debs],
    )
    (folder / "packages.txt").write_text("".join(f"{deb.name}\n" for deb in debs))
    subprocess.run(["rm", "-rf", str(private)], check=True)


def _write_sources(path: Path, suites: list[str]):
    path.write_text(
        f"Types: deb\nURIs: {mirror()}\nSuites: {' '.join(suites)}\n"
        f"Components: main\nSigned-By: {KEYRING}\n"
    )


def _options(private: Path) -> list[str]:
    settings = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": private / "sources",
        "Dir::State::Lists": private / "lists",
        "Dir::Cache": private / "cache",
        "Acquire::Languages": "none",
        "Acquire::Retries": 3,
        # As root apt would drop to a user who may not enter the private folders.
        "APT::Sandbox::User": "root",
    }
    return [f"-o{key}={value}" for key, value in settings.items()]


def install(packages: list[str], purpose: str):
    """Install packages on this machine; Stop with the exact command unless root."""
    command = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0:
        raise Stop(f"{purpose} needs a package.", f"Run: sudo {command}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run_step("Package lists of this machine", ["apt-get", "update"], env=environment)
    run_step(f"Installing {' '.join(packages)}", command.split(), env=environment)
