"""What everything stands on: Odoo 19, its libraries, OCA addons, PostgreSQL.

What the machine already has is used first; the rest is downloaded once into the
cache. A second call only looks at a few stamp files.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import apt, printing
from .cache import build, complete
from .console import Stop, run_step
from .paths import ADDONS, CACHE, REQUIREMENTS

SERIES = "19"
# The package ships relative links into these; Font Awesome moved its files after
# Debian 12.
DEBIAN_PACKAGES = {
    "unstable": [
        "odoo-19",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
        "fonts-roboto-unhinted",
        "fonts-montserrat",
        "fonts-inconsolata",
        "fonts-ocr-b",
        "fonts-glyphicons-halflings",
    ],
    "bookworm": ["fonts-font-awesome"],
}
# Named in the web client's assets but left out of the package, as not free enough.
# An empty file in its place keeps the assets whole; only blurring the background of
# a video call goes without.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """One installation of Odoo 19: its ``odoo`` package and its other addons."""

    package: Path
    importable: bool  # by the Python that runs this, with its libraries

    @property
    def addons(self) -> list[Path]:
        """A checkout splits the addons in two; a package has them all in one."""
        inner, outer = self.package / "addons", self.package.parent / "addons"
        return [inner] if (inner / "web").is_dir() else [inner, outer]


@dataclass(frozen=True)
class Ground:
    """Everything needed to run Odoo."""

    odoo: Odoo
    venv: Path
    oca: Path
    others: Path  # addons of OCA that we can work with, installed for tests only
    postgres: Path | None  # folder of the server's programs; None: PG* names a server
    printing: Path | None  # folder of wkhtmltopdf; None: the machine's own, or none

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def addons_path(self) -> str:
        return f"{self.host_path},{ADDONS}"

    @property
    def host_path(self) -> str:
        """What is not ours of ``addons_path``."""
        oca = [folder / "odoo/addons" for folder in (self.oca, self.others)]
        folders = dict.fromkeys([*self.odoo.addons, *oca])
        return ",".join(str(folder) for folder in folders if folder.is_dir())

    def environment(self) -> dict[str, str]:
        """The process environment in which ``python -m odoo`` works."""
        env = dict(os.environ)
        if not self.odoo.importable:
            inherited = env.get("PYTHONPATH")
            home = str(self.odoo.package.parent)
            env["PYTHONPATH"] = f"{home}:{inherited}" if inherited else home
        programs = [self.venv / "bin", self.postgres, self.printing]
        env["PATH"] = ":".join([*(str(p) for p in programs if p), env["PATH"]])
        # Odoo would take these for its own options.
        for name in ("PGDATABASE", "ODOO_RC"):
            env.pop(name, None)
        return env


def ensure() -> Ground:
    """Set up what is missing; quick when nothing is."""
    odoo = _find_odoo() or _debian_odoo()
    libraries = [] if odoo.importable else ["odoo.txt"]
    wanted = [*libraries, "needed.txt", "optional.txt", "dev.txt"]
    venv = _venv(wanted, libraries_of_system=odoo.importable)
    return Ground(
        odoo=odoo,
        venv=venv,
        oca=_wheels("oca.txt", "OCA addons", venv),
        others=_wheels("oca_other.txt", "Other OCA addons, for tests", venv),
        postgres=None if server_is_given() else _postgres(venv),
        printing=printing.programs(),
    )


def server_is_given() -> bool:
    """Whether the standard variables name a PostgreSQL server to use."""
    return any(os.environ.get(name) for name in ("PGHOST", "PGPORT", "PGSERVICE"))


def lint_venv() -> Path:
    """An environment of its own: the checkers pin other versions than Odoo."""
    return _venv(["lint.txt"], libraries_of_system=False)


def _find_odoo() -> Odoo | None:
    home = os.environ.get("ODOO_HOME")
    if home:
        found = Odoo(Path(home).resolve() / "odoo", importable=False)
        if _series(found) != SERIES:
            raise Stop(
                f"ODOO_HOME={home} is not a checkout of Odoo {SERIES}.",
                "Point it to the folder that holds odoo/ and addons/, or unset it.",
            )
        return found
    spec = importlib.util.find_spec("odoo")
    for folder in spec.submodule_search_locations or () if spec else ():
        found = Odoo(Path(folder), importable=True)
        if _series(found) == SERIES:
            return found
    return None


def _series(odoo: Odoo) -> str | None:
    release = odoo.package / "release.py"
    if not release.is_file():
        return None
    match = re.search(r"version_info\s*=\s*\((\d+)", release.read_text())
    return match and match.group(1)


def _debian_odoo() -> Odoo:
    packages = Path("usr/lib/python3/dist-packages")

    def make(folder: Path):
        apt.fetch(DEBIAN_PACKAGES, "Odoo 19 (125 MB)", folder)
        left_out = folder / packages / LEFT_OUT
        left_out.parent.mkdir(parents=True, exist_ok=True)
        left_out.touch()

    recipe = _key(f"{DEBIAN_PACKAGES}{LEFT_OUT}".encode())
    folder = build(f"odoo-{SERIES}.0-debian-{recipe}", make)
    return Odoo(folder / packages / "odoo", importable=False)


def _venv(requirements: list[str], libraries_of_system: bool) -> Path:
    files = [REQUIREMENTS / name for name in requirements]
    key = _key(*(file.read_bytes() for file in files), sys.base_prefix.encode())
    kind = "-".join(file.stem for file in files)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"venv-{kind}-py{version}-{key}"
    if not complete(CACHE / name):
        _require_venv()

    def make(folder: Path):
        options = ["--system-site-packages"] if libraries_of_system else []
        run_step(
            f"Python environment ({kind})",
            [_base_python(), "-m", "venv", *options, folder],
        )
        wanted = [part for file in files for part in ("-r", file)]
        run_step(
            f"Python packages ({kind})",
            [folder / "bin/python", "-m", "pip", "install", *wanted],
            hint="Python 3.11 is the version these packages were seen to work on.",
        )

    return build(name, make)


def _base_python() -> str:
    return getattr(sys, "_base_executable", None) or sys.executable


def _require_venv():
    probe = [_base_python(), "-c", "import venv, ensurepip"]
    if subprocess.run(probe, capture_output=True).returncode:
        apt.install(["python3-venv"], "Making a Python environment")


def _wheels(requirements: str, what: str, venv: Path) -> Path:
    """Unpack wheels into one folder, without what they depend on."""
    file = REQUIREMENTS / requirements

    def make(folder: Path):
        run_step(
            f"{what} ({', '.join(file.read_text().split())})",
            [venv / "bin/python", "-m", "pip", "install", "--no-deps"]
            + ["--target", folder, "-r", file],
        )

    return build(f"{file.stem}-{_key(file.read_bytes())}", make)


def _postgres(venv: Path) -> Path:
    folder = _wheels("postgres.txt", "PostgreSQL", venv)
    return next(folder.glob("*/pginstall/bin"))


def _key(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:10]
