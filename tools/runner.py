"""Odoo on our databases."""

import contextlib
import hashlib
import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import databases
from .cache import lock
from .console import Stop, run_step
from .ground import Ground
from .paths import ADDONS, LOGS, ROOT, STATE, own_addons
from .postgres import Cluster

HOST = ("helpdesk_mgmt", "helpdesk_mgmt_rating")
LANGUAGES = "en_US,zh_CN"
CONFIG = STATE / "odoo.conf"

#: Databases that are only copied from, never worked in.
INSTALLED = "vip_installed"


class Runner:
    """Runs Odoo for one command, with PostgreSQL at hand (see :func:`session`)."""

    def __init__(self, ground: Ground):
        self.ground = ground
        self.environment = ground.environment()

    def odoo(self, *args: str) -> list[str]:
        """The command line for Odoo with our configuration."""
        command, rest = ("server", args)
        if args and not args[0].startswith("-"):
            command, rest = args[0], args[1:]
        return [
            str(self.ground.python),
            "-m",
            "odoo",
            command,
            "-c",
            str(CONFIG),
            *rest,
        ]

    def pytest(self, database: str, *args: str) -> list[str]:
        """The command line for tests in ``database``."""
        return [
            *(str(self.ground.python), "-m", "pytest", f"--odoo-config={CONFIG}"),
            *(f"--odoo-database={database}", "--odoo-http", *args),
        ]

    def call(self, command: list[str], **popen) -> int:
        """Run a command in front of the person, return its exit code."""
        process = subprocess.Popen(command, env=self.environment, **popen)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the command got it too and ends in its own way

    def install(
        self,
        database: str,
        modules: Sequence[str],
        title: str,
        update: bool = False,
        options: Sequence[str] = (),
    ):
        """Install (or update) modules, creating the database where needed."""
        run_step(
            title,
            self.odoo(
                *("-d", database, "-u" if update else "-i", ",".join(modules)),
                f"--load-language={LANGUAGES}",
                *options,
                *("--stop-after-init", "--no-http", "--max-cron-threads=0"),
            ),
            env=self.environment,
            hint="An addon could not be installed, see the log above.",
        )

    def host_template(self) -> str:
        """Name of a database with only the host installed, made if need be."""
        return self.template(HOST)

    def template(self, modules: Sequence[str], demo: bool = False) -> str:
        """Name of a database with only these modules of others, made if need be.

        It has never heard of our addons: it outlives their names.
        """
        titled = f"{' and '.join(modules)}{' and demo data' * demo}"
        options = [f"--addons-path={self.ground.host_path}", *["--with-demo"] * demo]
        key = f"{self.ground.odoo.package} {LANGUAGES} {titled} {options}"
        name = f"vip_host_{hashlib.sha256(key.encode()).hexdigest()[:8]}"
        with lock(STATE / "host.lock"):
            if not databases.exists(name):
                fresh = f"{name}_new"
                databases.drop(fresh)
                title = f"Database with {titled}"
                self.install(fresh, modules, title, options=options)
                databases.rename(fresh, name)
        return name

    def new_database(self, name: str, modules: list[str]):
        """A database with the host and ``modules``, from the template."""
        databases.copy(self.host_template(), name)
        if modules:
            self.install(name, modules, f"Installing {', '.join(modules)} in {name}")

    def installed(self, keep: bool = False) -> str:
        """Name of the database with all our addons, installed from nothing.

        With ``keep`` an existing one is updated instead, when the addons changed.
        """
        state = addons_state()
        with lock(STATE / "installed.lock"):
            present = keep and databases.exists(INSTALLED)
            if present and databases.comment(INSTALLED) == state:
                return INSTALLED
            if present:
                copies = f"{INSTALLED}_new"
                databases.copy(INSTALLED, copies)
                self.install(copies, own_addons(), "Updating our addons", update=True)
            else:
                copies = f"{INSTALLED}_new"
                self.new_database(copies, own_addons())
            databases.rename(copies, INSTALLED)
            databases.set_comment(INSTALLED, state)
        return INSTALLED


@contextlib.contextmanager
def session(ground: Ground, name: str):
    """A :class:`Runner` on the cluster ``name`` ("demo" or "test").

    Sets the ``PG*`` variables of this process, for ``databases``.
    """
    _write_config(ground)
    if ground.postgres is None:
        _check_server()
        yield Runner(ground)
        return
    cluster = Cluster(name, ground.postgres, fast=name == "test")
    with cluster.running():
        os.environ.update(cluster.environment())
        yield Runner(ground)


def addons_state() -> str:
    """A fingerprint of all files of our addons."""
    digest = hashlib.sha256()
    for path in sorted(ADDONS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _check_server():
    if os.environ.get("PGUSER") == "postgres":
        raise Stop(
            "Odoo refuses to work as the database user postgres.",
            "Create another role that may create databases and set PGUSER to it.",
        )
    try:
        databases.names()
    except databases.psycopg2.OperationalError as error:
        raise Stop(
            f"The PostgreSQL server named by the PG* variables says: {error}",
            "Mend PGHOST, PGPORT, PGUSER, PGPASSWORD, or unset them all to use an "
            "embedded server.",
        ) from error


def _write_config(ground: Ground):
    LOGS.mkdir(parents=True, exist_ok=True)
    settings = {
        "addons_path": ground.addons_path,
        "data_dir": databases.DATA,
        "http_interface": "127.0.0.1",
        "workers": 0,
        "max_cron_threads": 1,
        "without_demo": True,
    }
    text = "".join(f"{key} = {value}\n" for key, value in settings.items())
    fresh = Path(f"{CONFIG}.{os.getpid()}")
    fresh.write_text(f"[options]\n{text}")
    fresh.replace(CONFIG)
